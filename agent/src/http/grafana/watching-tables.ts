import type { FleetSummary } from '../present-summary.ts';
import type { ClusterSchedule, ClusterView, ForwardView, SlotView, StatusAnswer } from '../../contract/api.ts';
import type { GrafanaTable } from '../../contract/grafana.ts';
import { msOf, tableOf, type TableColumn } from './table.ts';

/** How the watching itself stands, as tables. */

const FORWARDS: readonly TableColumn<ForwardView>[] = [
  ['cluster', 'string', ({ cluster }) => cluster],
  ['status', 'string', ({ status }) => status],
  ['mode', 'string', ({ mode }) => mode],
  ['address', 'string', ({ address }) => address],
  ['port', 'number', ({ port }) => port],
  ['uptime', 'string', ({ uptime }) => uptime],
  ['restarts', 'number', ({ restarts }) => restarts],
  ['last_error', 'string', ({ last_error }) => last_error?.message ?? null],
  ['retry_at', 'time', ({ retry_at }) => msOf(retry_at)],
  ['note', 'string', ({ note }) => note],
  ['pid', 'number', ({ pid }) => pid],
];

export const forwardTable = (refId: string, forwards: readonly ForwardView[]): GrafanaTable =>
  tableOf(refId, FORWARDS, forwards);

type Place = { slot: SlotView; lane: SlotView['lanes'][number] };

const SLOTS: readonly TableColumn<Place>[] = [
  ['slot', 'number', ({ slot }) => slot.index],
  ['lane', 'number', ({ lane }) => lane.port],
  ['cluster', 'string', ({ lane }) => lane.cluster],
  ['active', 'boolean', ({ slot }) => slot.is_active],
  ['start_offset', 'string', ({ slot }) => slot.start_offset],
  ['duration', 'string', ({ slot }) => slot.duration],
  ['last_executed', 'time', ({ slot }) => msOf(slot.last_executed)],
  ['executing_since', 'time', ({ slot }) => msOf(slot.executing_since)],
  ['result', 'string', ({ lane }) => lane.last_scan?.result ?? null],
  ['scan_ms', 'number', ({ lane }) => lane.last_scan?.duration_ms ?? null, 'ms'],
  ['hpas', 'number', ({ lane }) => lane.last_scan?.hpas ?? null],
  ['error', 'string', ({ lane }) => lane.last_scan?.error?.message ?? null],
];

/** A row a slot and lane. */
export const slotTable = (
  refId: string,
  slots: readonly SlotView[],
  isShown: (cluster: string) => boolean,
): GrafanaTable =>
  tableOf(
    refId,
    SLOTS,
    slots
      .flatMap((slot) => slot.lanes.map((lane) => ({ slot, lane })))
      .filter(({ lane }) => lane.cluster === null || isShown(lane.cluster)),
  );

export type ClusterRow = { view: ClusterView; schedule: ClusterSchedule };

const CLUSTERS: readonly TableColumn<ClusterRow>[] = [
  ['cluster', 'string', ({ view }) => view.name],
  ['context', 'string', ({ view }) => view.context],
  ['prometheus_url', 'string', ({ view }) => view.prometheus_url],
  ['source', 'string', ({ view }) => view.source],
  ['hpas', 'number', ({ view }) => view.hpas],
  ['ready', 'number', ({ view }) => view.ready],
  ['forward', 'string', ({ view }) => view.forward?.status ?? null],
  ['restarts', 'number', ({ view }) => view.forward?.restarts ?? null],
  ['lane', 'number', ({ view }) => view.lane_port],
  ['slot', 'number', ({ schedule }) => schedule.slot_index],
  ['last_scan', 'time', ({ view }) => msOf(view.last_scan?.started_at)],
  ['result', 'string', ({ view }) => view.last_scan?.result ?? null],
  ['scan_ms', 'number', ({ view }) => view.last_scan?.duration_ms ?? null, 'ms'],
  ['mean_ms', 'number', ({ schedule }) => schedule.scans.mean_ms, 'ms'],
  ['max_ms', 'number', ({ schedule }) => schedule.scans.max_ms, 'ms'],
  ['scans', 'number', ({ schedule }) => schedule.scans.total],
  ['failed', 'number', ({ schedule }) => schedule.scans.failed],
  ['overruns', 'number', ({ schedule }) => schedule.scans.overruns],
  ['error', 'string', ({ view }) => view.last_scan?.error?.message ?? view.forward?.last_error?.message ?? null],
];

export const clusterTable = (refId: string, rows: readonly ClusterRow[]): GrafanaTable =>
  tableOf(refId, CLUSTERS, rows);

export type SummaryRow = {
  summary: FleetSummary;
  database: StatusAnswer['database'];
  process: Pick<StatusAnswer['process'], 'memory_mb' | 'event_loop_p99_ms'>;
  cycleMs: number;
  now: number;
};

const SUMMARY: readonly TableColumn<SummaryRow>[] = [
  ['critical', 'number', ({ summary }) => summary.firing.critical],
  ['warning', 'number', ({ summary }) => summary.firing.warning],
  ['info', 'number', ({ summary }) => summary.firing.info],
  ['needs_look', 'number', ({ summary }) => summary.needs_look.total],
  ['clusters', 'number', ({ summary }) => summary.clusters.total],
  ['hpas', 'number', ({ summary }) => summary.hpas.total],
  ['active', 'number', ({ summary }) => summary.hpas.active],
  ['paused', 'number', ({ summary }) => summary.hpas.paused],
  ['gone', 'number', ({ summary }) => summary.hpas.gone],
  ['with_baseline', 'number', ({ summary }) => summary.hpas.with_baseline],
  ['forwards', 'number', ({ summary }) => summary.forwards.total],
  ['forwards_active', 'number', ({ summary }) => summary.forwards.by_status.active],
  ['forwards_down', 'number', ({ summary }) => summary.forwards.down.length],
  ['oldest_scan', 'time', ({ summary }) => msOf(summary.oldest_scan?.last_scan)],
  [
    'oldest_scan_age',
    'number',
    ({ summary, now }) => {
      const at = msOf(summary.oldest_scan?.last_scan);
      return at === null ? null : Math.max(0, Math.round((now - at) / 1_000));
    },
    's',
  ],
  ['cycle', 'number', ({ cycleMs }) => cycleMs, 'ms'],
  ['snapshots', 'number', ({ database }) => database.total_snapshots],
  ['database_size', 'number', ({ database }) => database.size_mb, 'decmbytes'],
  ['memory', 'number', ({ process }) => process.memory_mb, 'decmbytes'],
  ['event_loop_p99', 'number', ({ process }) => process.event_loop_p99_ms, 'ms'],
];

export const summaryTable = (refId: string, row: SummaryRow): GrafanaTable => tableOf(refId, SUMMARY, [row]);
