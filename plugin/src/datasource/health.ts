import type { TestDataSourceResponse } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { AccessAnswer, ClusterListAnswer, ClusterView } from '@hpa-watch/agent/contract';
import { toProblem, type AgentProblem } from '../api/problem';
import type { Transport } from '../api/transport';
import { writeAccess, type WriteAccess } from '../api/write-access';
import { plain } from '../view/plain';
import { problemSentence } from './problem-sentence';

/**
 * Save & test: Grafana -> agent, both tokens, agent -> clusters. What is wrong is said in sentences that tell what to do; what only limits
 * what can be done is no error.
 */
export async function checkHealth(send: Transport): Promise<TestDataSourceResponse> {
  try {
    const access = await send<AccessAnswer>('/api/v1/access');
    const [{ clusters }, write] = await Promise.all([send<ClusterListAnswer>('/api/v1/clusters'), writeAccess(send)]);
    return healthOf(access, clusters, write);
  } catch (error) {
    return { status: 'error', message: reachSentence(toProblem(error)) };
  }
}

function reachSentence(problem: AgentProblem): string {
  if (problem.kind === 'token')
    return t(
      'datasource.health.token',
      'The agent answers, but does not know the token. Enter the one from its settings (auth.token), or the one it made for itself: at its start it prints the file that holds it.',
    );
  return problemSentence(problem);
}

/** What was found, in words. */
export function healthOf(
  { version }: Pick<AccessAnswer, 'version'>,
  clusters: readonly Pick<ClusterView, 'name' | 'forward' | 'prometheus_url'>[],
  write: WriteAccess,
): TestDataSourceResponse {
  if (write === 'unknown-token')
    return {
      status: 'error',
      message: t(
        'datasource.health.write-token',
        'Reading works, but the agent does not know the token for changes: enter it again. Until then nobody can enrol or acknowledge.',
      ),
    };
  const down = clusters.filter(({ forward }) => forward !== null && forward.status !== 'active');
  const sentences = [
    t('datasource.health.reached', 'HPA Watch {{version}} answers.', plain({ version })),
    clustersSentence(clusters.length, down),
    ...down.flatMap(downSentence),
    ...(write === 'read-only' ? [readOnlySentence()] : []),
  ];
  const allDown = clusters.length > 0 && down.length === clusters.length;
  return { status: allDown ? 'warning' : 'success', message: sentences.join(' ') };
}

function clustersSentence(total: number, down: readonly unknown[]): string {
  if (total === 0)
    return t('datasource.health.no-clusters', 'It watches no cluster yet: add one on the page Enrol of the app.');
  const values = { total, up: total - down.length };
  if (down.length === 0)
    return t('datasource.health.all-up', 'It reaches its clusters ({{total}} of {{total}}).', values);
  return t('datasource.health.some-down', 'It reaches {{up}} of {{total}} clusters.', values);
}

function downSentence({ name, forward }: Pick<ClusterView, 'name' | 'forward'>): string[] {
  const cause = forward?.last_error?.message;
  if (cause === undefined) return [t('datasource.health.starting', '{{name}} is still starting.', plain({ name }))];
  return [t('datasource.health.down', '{{name}}: {{cause}}.', plain({ name, cause: cause.replace(/\.$/, '') }))];
}

const readOnlySentence = (): string =>
  t(
    'datasource.health.read-only',
    'The token may only read: pages, panels and queries work, enrolling and acknowledging do not.',
  );
