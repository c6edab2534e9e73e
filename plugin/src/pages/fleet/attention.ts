import { t } from '@grafana/i18n';
import type { AnomalyView, HpaItem, SeverityName, SummaryAnswer } from '@hpa-watch/agent/contract';
import { APP_URL } from '../../ids';
import { formatDuration } from '../../view/format';
import { hpaState, type HpaState } from '../../view/hpa-state';
import { anomalyUrl, hpaUrl } from '../../view/links';
import { plain } from '../../view/plain';

/** One sentence on what needs a person, and where it leads. */
export type Attention = {
  id: string;
  severity: SeverityName;
  /** namespace/hpa, or what else it is about. */
  about: string;
  cluster: string | null;
  sentence: string;
  /** ISO 8601, or null where that is not known. */
  since: string | null;
  href: string;
  isAcknowledged: boolean;
};

type Told = Pick<SummaryAnswer, 'worst' | 'needs_look' | 'forwards'>;

/**
 * What needs a person now, the worst first: anomalies, clusters that cannot be reached, HPAs that cannot be judged. Notes (info) need nobody.
 * A child is left out where its parent is told of: it says the same. One whose parent is over stands for itself. The summary tells of ten anomalies
 * only; HPAs that it does not reach are told of by the worst anomaly of each.
 */
export function attentionOf({ worst, needs_look, forwards }: Told, items: Iterable<HpaItem> = []): Attention[] {
  const told = new Set(worst.map(({ id }) => id));
  const anomalies = worst
    .filter(({ severity, parent_id }) => severity !== 'info' && (parent_id === null || !told.has(parent_id)))
    .map(ofAnomaly);
  const clusters = forwards.down.map(({ cluster, message }): Attention => ({
    id: `forward ${cluster}`,
    severity: 'warning',
    about: cluster,
    cluster: null,
    sentence: message ?? t('fleet.forward-down', 'The cluster cannot be reached.'),
    since: null,
    href: `${APP_URL}/schedule`,
    isAcknowledged: false,
  }));
  const looks = needs_look.worst.map(({ cluster, namespace, hpa, message, since, reason }): Attention => ({
    id: `${reason} ${cluster}/${namespace}/${hpa}`,
    severity: 'warning',
    about: `${namespace}/${hpa}`,
    cluster,
    sentence: message,
    since,
    href: hpaUrl({ cluster, namespace, hpa }),
    isAcknowledged: false,
  }));
  const about = new Set(worst.map(({ cluster, namespace, hpa }) => `${cluster}/${namespace}/${hpa}`));
  const others = [...items].flatMap((item) => {
    const isTold = about.has(`${item.cluster}/${item.namespace}/${item.hpa}`);
    return isTold || !isUrgent(hpaState(item)) || item.worst_anomaly === null
      ? []
      : [ofAnomaly({ ...item, ...item.worst_anomaly, ended_at: null })];
  });
  return [...anomalies, ...others, ...clusters, ...looks].sort((a, b) => order(a) - order(b));
}

const isUrgent = (state: HpaState): boolean => state === 'critical' || state === 'warning';

type Brief = Pick<
  AnomalyView,
  'id' | 'severity' | 'cluster' | 'namespace' | 'hpa' | 'sentence' | 'started_at' | 'ended_at' | 'acknowledged_at'
>;

const ofAnomaly = (anomaly: Brief): Attention => ({
  id: anomaly.id,
  severity: anomaly.severity,
  about: `${anomaly.namespace}/${anomaly.hpa}`,
  cluster: anomaly.cluster,
  sentence: anomaly.sentence,
  since: anomaly.started_at,
  href: anomalyUrl(anomaly),
  isAcknowledged: anomaly.acknowledged_at !== null,
});

/** What nobody looks after yet comes first; within that the critical. */
const order = ({ severity, isAcknowledged }: Attention): number =>
  (isAcknowledged ? 2 : 0) + (severity === 'critical' ? 0 : 1);

/** How many HPAs that cannot be judged there are besides those the summary tells of. */
export const untold = ({ needs_look }: Pick<Told, 'needs_look'>): number => needs_look.total - needs_look.worst.length;

/** "24 HPAs in 4 clusters, all within their baseline; oldest scan 38 s." */
export function healthySentence(summary: SummaryAnswer, now: number): string {
  const { hpas, clusters, oldest_scan, firing } = summary;
  const learning = hpas.total - hpas.with_baseline;
  const parts = [
    t('fleet.healthy', '{{hpas}} in {{clusters}}', {
      hpas: t('fleet.hpas', '{{count}} HPAs', { count: hpas.total, defaultValue_one: '{{count}} HPA' }),
      clusters: t('fleet.clusters', '{{count}} clusters', {
        count: clusters.total,
        defaultValue_one: '{{count}} cluster',
      }),
    }),
    firing.info === 0
      ? t('fleet.within', 'all that are judged within their baseline')
      : t('fleet.notes', 'nothing urgent, notes: {{count}}', { count: firing.info }),
  ];
  if (learning === 0 && firing.info === 0) parts[1] = t('fleet.all-within', 'all within their baseline');
  if (learning > 0) parts.push(t('fleet.learning', 'still learning: {{count}}', { count: learning }));
  const text = parts.join(', ');
  if (oldest_scan === null) return `${text}.`;
  const age = formatDuration(now - Date.parse(oldest_scan.last_scan));
  return t('fleet.healthy-scan', '{{text}}; oldest scan {{age}}.', plain({ text, age }));
}
