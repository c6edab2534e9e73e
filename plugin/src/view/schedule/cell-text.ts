import { t } from '@grafana/i18n';
import type { ClusterSchedule } from '@hpa-watch/agent/contract';
import { formatAgo, formatDuration, formatNumber } from '../format';
import { plain } from '../plain';

/** A scan's length: `412 ms`, `2.2 s`. */
export function scanTime(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${formatNumber(ms)}\u00a0ms`;
  return ms < 60_000 ? `${formatNumber(ms / 1_000, 1)}\u00a0s` : formatDuration(ms);
}

/** When the last scan was, and how long it took. */
export const scanText = ({ last_scan: scan }: ClusterSchedule, now: number): string =>
  scan === null
    ? t('schedule.not-scanned', 'not scanned yet')
    : t(
        'schedule.scanned',
        'scanned {{ago}} in {{time}}',
        plain({ ago: formatAgo(scan.started_at, now), time: scanTime(scan.duration_ms) }),
      );

/** HPAs, restarts and overruns; what is 0 but the HPAs is left out. */
export function countsText({ hpas, forward, scans }: ClusterSchedule): string {
  const parts = [t('schedule.hpas', '{{count}} HPAs', { count: hpas, defaultValue_one: '{{count}} HPA' })];
  const restarts = forward?.restarts ?? 0;
  if (restarts > 0)
    parts.push(
      t('schedule.restarts', '{{count}} restarts', { count: restarts, defaultValue_one: '{{count}} restart' }),
    );
  if (scans.overruns > 0)
    parts.push(
      t('schedule.overruns', '{{count}} overruns', { count: scans.overruns, defaultValue_one: '{{count}} overrun' }),
    );
  return parts.join(' · ');
}

/** What is wrong now, as a sentence; null where all is well. An error of the past is none. */
export function faultText({ forward, last_scan: scan }: ClusterSchedule): string | null {
  if (forward !== null && forward.status !== 'active' && forward.last_error !== null) return forward.last_error.message;
  if (scan === null || scan.result === 'ok') return null;
  if (scan.error !== null) return scan.error.message;
  return scan.result === 'overrun'
    ? t('schedule.overran', 'The last scan took longer than its slot.')
    : t('schedule.failed', 'The last scan failed.');
}
