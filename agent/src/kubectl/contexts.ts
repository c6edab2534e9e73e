import { AgentError } from '../core/errors.ts';

export type ContextRules = {
  /** Contexts of the kubeconfig, see `readContexts`. */
  contexts: readonly string[];
  /** Appended to a name that is no context itself, `-admin` by default. */
  contextSuffix: string;
  /** `config/invalid` for a cluster of the settings, `cluster/unknown` for one that a caller of the API named. */
  code: 'config/invalid' | 'cluster/unknown';
};

/**
 * The kubectl context of a cluster: the one configured, else the context of that very name, else name + suffix.
 * @throws AgentError with `rules.code` that lists the contexts there are (`details.contexts`)
 */
export function resolveContext(cluster: { name: string; context?: string | undefined }, rules: ContextRules): string {
  const { contexts, contextSuffix } = rules;
  const tried = cluster.context === undefined ? [cluster.name, cluster.name + contextSuffix] : [cluster.context];
  const found = tried.find((name) => contexts.includes(name) && !name.startsWith('-'));
  if (found !== undefined) return found;
  const asked = [...new Set(tried)].map((name) => JSON.stringify(name)).join(' or ');
  const message = `Cluster ${JSON.stringify(cluster.name)}: the kubeconfig has no context ${asked}; ${listed(contexts)}`;
  throw new AgentError(rules.code, message, {
    httpStatus: rules.code === 'cluster/unknown' ? 404 : 400,
    details: { cluster: cluster.name, tried, contexts },
  });
}

const SHOWN = 30;

const listed = (contexts: readonly string[]): string => {
  if (contexts.length === 0) return 'it has none at all (check kubectl.kubeconfig and KUBECONFIG)';
  const rest = contexts.length > SHOWN ? ` and ${contexts.length - SHOWN} more` : '';
  return `it has ${contexts.slice(0, SHOWN).join(', ')}${rest}`;
};
