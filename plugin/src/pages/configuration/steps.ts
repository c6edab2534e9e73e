import { t } from '@grafana/i18n';
import type { AccessAnswer, ClusterView } from '@hpa-watch/agent/contract';
import type { AgentProblem } from '../../api/problem';
import type { WriteAccess } from '../../api/write-access';
import { plain } from '../../view/plain';
import { problemText } from '../../view/problem-text';

/** What a step of the test came to: good; good, but less than there could be; failed; not tried, since one before it failed. */
export type StepResult = {
  outcome: 'good' | 'limited' | 'failed' | 'skipped';
  /** What is so. */
  sentence: string;
  /** How to mend it; null where nothing is to be done. */
  mend: string | null;
};

const good = (sentence: string): StepResult => ({ outcome: 'good', sentence, mend: null });

export const skipped = (): StepResult => ({
  outcome: 'skipped',
  sentence: t('configuration.skipped', 'Not tried: the step before has to work first.'),
  mend: null,
});

/** Grafana -> agent. `problem` null: it answered. `url` is the address in the data source, where it is known. */
export function reachStep(problem: AgentProblem | null): StepResult {
  if (problem === null || problem.kind === 'token')
    return good(t('configuration.reach.good', 'Grafana reaches the agent.'));
  const { title, advice } = problemText(problem.kind);
  return {
    outcome: 'failed',
    sentence: `${title} (${problem.message}).`,
    mend:
      problem.kind === 'unreachable'
        ? t(
            'configuration.reach.mend',
            'Start the agent (hpa-watch serve). The address in the data source must be the one that the server of Grafana reaches: inside a container, 127.0.0.1 is the container itself.',
          )
        : advice,
  };
}

/** Both tokens. `read` is the answer of /access, or why there was none. */
export function tokenStep(read: AccessAnswer | AgentProblem, write: WriteAccess): StepResult {
  if (!('version' in read)) {
    const { title, advice } = problemText(read.kind);
    return read.kind === 'token'
      ? {
          outcome: 'failed',
          sentence: t('configuration.token.unknown', 'The agent does not know the token for reading.'),
          mend: t(
            'configuration.token.mend',
            'Enter it in the settings of the data source: auth.token of the agent’s settings, or the one that the agent made; at its start it prints the file that holds it.',
          ),
        }
      : { outcome: 'failed', sentence: `${title} (${read.message}).`, mend: advice };
  }
  const version = plain({ version: read.version });
  switch (write) {
    case 'granted':
      return good(
        t('configuration.token.good', 'HPA Watch {{version}} knows both tokens: editors can enrol.', version),
      );
    case 'read-only':
      return {
        outcome: 'limited',
        sentence: t(
          'configuration.token.read-only',
          'HPA Watch {{version}} knows the token, but it may only read.',
          version,
        ),
        mend: t(
          'configuration.token.read-only-mend',
          'Pages and panels work. For enrolling and acknowledging enter auth.token of the agent as the token for changes.',
        ),
      };
    case 'unknown-token':
      return {
        outcome: 'failed',
        sentence: t(
          'configuration.token.write-unknown',
          'Reading works, but the agent does not know the token for changes.',
        ),
        mend: t(
          'configuration.token.write-mend',
          'Enter it again in the settings of the data source. Until then nobody can enrol.',
        ),
      };
    case 'not-asked':
      return good(t('configuration.token.read', 'HPA Watch {{version}} knows the token for reading.', version));
  }
}

type Reached = Pick<ClusterView, 'name' | 'forward'>;

/** Agent -> clusters. */
export function clustersStep(answer: readonly Reached[] | AgentProblem): StepResult {
  if (answer instanceof Error) {
    const { title, advice } = problemText(answer.kind);
    return { outcome: 'failed', sentence: `${title} (${answer.message}).`, mend: advice };
  }
  if (answer.length === 0)
    return {
      outcome: 'limited',
      sentence: t('configuration.clusters.none', 'The agent watches no cluster yet.'),
      mend: t('configuration.clusters.none-mend', 'Add one on the page Enrol.'),
    };
  const down = answer.filter(({ forward }) => forward === null || forward.status !== 'active');
  const values = { up: answer.length - down.length, total: answer.length };
  if (down.length === 0)
    return good(t('configuration.clusters.good', 'The agent reaches {{up}} of {{total}} clusters.', values));
  return {
    outcome: down.length === answer.length ? 'failed' : 'limited',
    sentence: [
      t('configuration.clusters.some', 'The agent reaches {{up}} of {{total}} clusters.', values),
      ...down.map(downText),
    ].join(' '),
    mend: t('configuration.clusters.mend', 'The agent goes on trying. The page Schedule shows each of them.'),
  };
}

function downText({ name, forward }: Reached): string {
  const cause = forward?.last_error?.message.replace(/\.$/, '');
  return cause === undefined
    ? t('configuration.clusters.starting', '{{name}} is still starting.', plain({ name }))
    : t('configuration.clusters.down', '{{name}}: {{cause}}.', plain({ name, cause }));
}
