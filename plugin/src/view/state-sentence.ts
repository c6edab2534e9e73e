import { t } from '@grafana/i18n';
import type { AnomalyView, HpaItem } from '@hpa-watch/agent/contract';
import { formatAge, formatPercent, formatReplicas } from './format';
import { hpaState } from './hpa-state';
import { plain } from './plain';

/** How an HPA is and since when not, in one sentence. */
export function stateSentence(item: HpaItem, now: number): string {
  const { baseline, anomalies, worst_anomaly: worst, gone_since } = item;
  const state = hpaState(item);
  if (state === 'paused') return t('state-sentence.paused', 'Paused: not scanned and not judged.');
  if (state === 'gone') {
    return t(
      'state-sentence.gone',
      'The cluster has not shown it for {{age}}. Its history is kept.',
      plain({ age: formatAge(gone_since, now) }),
    );
  }
  if (worst !== null) return withOthers(worst.sentence, anomalies.firing - 1);
  if (baseline.state === 'queued') return t('state-sentence.queued', 'Its history waits to be collected.');
  if (baseline.state === 'running') {
    return t('state-sentence.running', 'Its history is collected: {{progress}}. Then it is known what is usual.', {
      progress: formatPercent(Math.floor(baseline.progress)),
    });
  }
  if (baseline.state !== 'ready') {
    const reason = baseline.reason ?? t('state-sentence.no-reason', 'the reason is not known');
    return baseline.state === 'failed'
      ? t('state-sentence.failed', 'Its history could not be collected: {{reason}}', plain({ reason }))
      : t('state-sentence.partial', 'Only a part of its history could be collected: {{reason}}', plain({ reason }));
  }
  return usualSentence(item);
}

const withOthers = (sentence: string, others: number): string =>
  others < 1
    ? sentence
    : t('state-sentence.others', '{{sentence}} Besides that: {{count}} more.', plain({ sentence, count: others }));

function usualSentence({ latest }: HpaItem): string {
  const replicas = formatReplicas(latest?.replicas_current);
  if (latest === null || latest.cpu_current === null) {
    return t('state-sentence.usual-replicas', 'All is as usual: {{replicas}} replicas.', { replicas });
  }
  const cpu = formatPercent(latest.cpu_current);
  return latest.cpu_target === null
    ? t('state-sentence.usual-cpu', 'All is as usual: {{replicas}} replicas, CPU {{cpu}}.', { replicas, cpu })
    : t('state-sentence.usual', 'All is as usual: {{replicas}} replicas, CPU {{cpu}} of a target of {{target}}.', {
        replicas,
        cpu,
        target: formatPercent(latest.cpu_target),
      });
}

/**
 * Of those that fire, the worst first, the first that belongs to no other of them: it is the cause, a child only says the same in other words.
 */
export const rootOf = <T extends Pick<AnomalyView, 'id' | 'parent_id'>>(open: readonly T[]): T | null =>
  open.find(({ parent_id }) => !open.some(({ id }) => id === parent_id)) ?? null;
