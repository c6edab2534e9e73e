import { AgentError } from '../core/errors.ts';

export const notFound = (name: string, known: readonly string[]): AgentError =>
  new AgentError(
    'cluster/not-found',
    `There is no cluster ${JSON.stringify(name)} here; known: ${known.join(', ') || 'none'}`,
    { details: { field: 'cluster', value: name, allowed: known } },
  );

/** `knownAs`: the name under which its context is watched already. */
export const exists = (name: string, knownAs: string): AgentError =>
  new AgentError('cluster/exists', `The cluster is known already, as ${knownAs}`, {
    details: { field: 'name', value: name, known: knownAs },
  });

export const fromConfig = (name: string): AgentError =>
  new AgentError('cluster/from-config', `${name} stands in the settings file: take it out there and restart the agent`);
