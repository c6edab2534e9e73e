import { t } from '@grafana/i18n';
import type { AnomalyView, ChangeView } from '@hpa-watch/agent/contract';

/** One line of what happened round an anomaly; `at` in epoch ms. */
export type TimelineEntry = { at: number; kind: 'anomaly' | 'config' | 'rollout' | 'person'; text: string };

type Told = Pick<AnomalyView, 'started_at' | 'fired_at' | 'ended_at' | 'acknowledged_at'>;

/** What changed before and during an anomaly, and its own steps, oldest first. */
export function timelineOf(anomaly: Told, changes: readonly ChangeView[]): TimelineEntry[] {
  const steps: [string | null, TimelineEntry['kind'], string][] = [
    [anomaly.started_at, 'anomaly', t('timeline.started', 'First unusual sample')],
    [anomaly.fired_at, 'anomaly', t('timeline.fired', 'Lasted long enough to tell')],
    [anomaly.acknowledged_at, 'person', t('timeline.acknowledged', 'Acknowledged')],
    [anomaly.ended_at, 'anomaly', t('timeline.ended', 'Back to usual')],
  ];
  const own = steps.flatMap(([at, kind, text]) => (at === null ? [] : [{ at: Date.parse(at), kind, text }]));
  const done = changes.map(({ at, kind, sentence }) => ({
    at: Date.parse(at),
    kind,
    text: sentence,
  }));
  return [...done, ...own].sort((a, b) => a.at - b.at);
}

const BEFORE_MS = 2 * 60 * 60_000;

/** Where to look for what changed: two hours before the anomaly up to its end. */
export const timelineSpan = ({ started_at, ended_at }: Pick<Told, 'started_at' | 'ended_at'>, now: number) => ({
  from: new Date(Date.parse(started_at) - BEFORE_MS).toISOString(),
  to: ended_at ?? new Date(now).toISOString(),
});
