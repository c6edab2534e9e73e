import { formatDuration } from '../core/duration.ts';
import type { Anomaly, AnomalyKind, Severity } from '../domain/anomaly.ts';
import type { NotificationMessage, RelatedAnomaly } from '../domain/notification.ts';
import { strongestFirst, type Group } from './group.ts';

const RELATED_SHOWN = 20;

export const kindWords = (kind: AnomalyKind): string => kind.replaceAll('_', ' ').replace(/^cpu/, 'CPU');

type Firing = {
  group: Group;
  /** Those of the group that this receiver wants to hear of; not empty. */
  heard: readonly Anomaly[];
  severity: Severity;
  /** What was told of the same subject before. */
  before: NotificationMessage | null;
  replaces: Severity | null;
};

/** What is said when something begins or becomes worse. @throws RangeError where nobody is heard */
export function firingMessage({ group, heard, severity, before, replaces }: Firing): NotificationMessage {
  const [head, ...others] = strongestFirst(group.subject, heard);
  if (head === undefined) throw new RangeError(`nothing to tell of ${group.subject}`);
  const { cluster, namespace, hpa } = head.key;
  const kind = before === null ? head.kind : before.kind;
  const common = {
    subject: group.subject,
    event: 'firing' as const,
    severity,
    replaces,
    cluster,
    metric: head.metric,
    direction: head.direction,
    observed: head.observed,
    band: head.band,
    score: head.score,
    advice: head.advice,
    startedAt: Math.min(...heard.map(({ startedAt }) => startedAt)),
    firedAt: Math.min(...heard.map(({ firedAt, startedAt }) => firedAt ?? startedAt)),
    endedAt: null,
    promql: head.promql,
  };
  if (!group.isClusterEvent) {
    const title = `[${severity}] ${kindWords(kind ?? head.kind)}: ${namespace}/${hpa} (${cluster})`;
    const related = others.slice(0, RELATED_SHOWN).map(toRelated);
    return { ...common, namespace, hpa, kind, title, sentence: head.sentence, related, relatedTotal: others.length };
  }
  const hpas = new Set(heard.map(({ hpaId }) => hpaId)).size;
  const shown = [head, ...others];
  return {
    ...common,
    namespace: null,
    hpa: null,
    kind: null,
    title: `[${severity}] ${hpas} ${hpas === 1 ? 'HPA departs' : 'HPAs depart'} together (${cluster})`,
    sentence: `${hpas} ${hpas === 1 ? 'HPA' : 'HPAs'} of ${cluster} left the usual at about the same time: ${countKinds(heard)}. ${namespace}/${hpa}: ${head.sentence}`,
    related: shown.slice(0, RELATED_SHOWN).map(toRelated),
    relatedTotal: shown.length,
  };
}

/** What is said at the end; `endedAt` is not before the beginning. */
export function resolvedMessage(told: NotificationMessage, endedAt: number): NotificationMessage {
  const end = Math.max(endedAt, told.startedAt);
  return {
    ...told,
    event: 'resolved',
    replaces: null,
    endedAt: end,
    title: told.title.replace(/^\[[a-z]+\]/, '[resolved]'),
    sentence: `Over after ${formatDuration(end - told.startedAt)}. It was: ${told.sentence}`,
  };
}

const toRelated = ({ key, kind, severity, sentence }: Anomaly): RelatedAnomaly => ({
  namespace: key.namespace,
  hpa: key.hpa,
  kind,
  severity,
  sentence,
});

function countKinds(anomalies: readonly Anomaly[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of anomalies) counts.set(kindWords(kind), (counts.get(kindWords(kind)) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([kind, n]) => `${kind} ${n}`)
    .join(', ');
}
