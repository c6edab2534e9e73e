import { t } from '@grafana/i18n';
import type { DiscoveredHpaView } from '@hpa-watch/agent/contract';
import { formatDuration, formatNumber, formatPercent, UNKNOWN } from '../format';
import { plain } from '../plain';
import type { RowState } from './rows';

/** `2–10`, `2` where both are the same. */
export function boundsText(found: DiscoveredHpaView | null): string {
  const [min, max] = [found?.replicas_min ?? null, found?.replicas_max ?? null];
  if (min === null && max === null) return UNKNOWN;
  return min === max ? formatNumber(min) : `${formatNumber(min)}–${formatNumber(max)}`;
}

/** `cpu 70 %, memory 80 %, queue_length 30`, with the container where the metric is of one. */
export function metricsText(found: DiscoveredHpaView | null): string {
  const texts = (found?.metrics ?? []).map(({ name, type, container, target }) => {
    const value = type === 'utilization' ? formatPercent(target) : formatNumber(target, 2);
    return `${name}${container === null ? '' : ` (${container})`} ${value}`;
  });
  return texts.length === 0 ? UNKNOWN : texts.join(', ');
}

export const targetText = (found: DiscoveredHpaView | null): string =>
  found?.target ? `${found.target.kind}/${found.target.name}` : UNKNOWN;

/** Beside the progress bar: `42 % · 12 s left`. */
export function progressText({ isQueued, percent, leftMs }: Extract<RowState, { kind: 'collecting' }>): string {
  const how = isQueued ? t('enrolment.queued', 'waits for its turn') : formatPercent(Math.round(percent));
  if (leftMs === null) return how;
  return t('enrolment.left', '{{how}} · {{left}} left', plain({ how, left: formatDuration(Math.max(1_000, leftMs)) }));
}

/** What a person can do about a collection that did not come to its end. */
export const adviceText = (kind: 'partial' | 'failed'): string =>
  kind === 'partial'
    ? t(
        'enrolment.partial-advice',
        'It is scanned and shown; until there is enough history, only rules that need no baseline judge it. Tried again every hour.',
      )
    : t('enrolment.failed-advice', 'Tried again by itself; once the cause is mended, collect it again at once.');
