import type { HpaItem } from '../../contract/api.ts';
import type { GrafanaTable } from '../../contract/grafana.ts';
import { hpaState } from './selection.ts';
import { msOf, tableOf, type TableColumn } from './table.ts';

const COLUMNS: readonly TableColumn<HpaItem>[] = [
  ['cluster', 'string', ({ cluster }) => cluster],
  ['namespace', 'string', ({ namespace }) => namespace],
  ['hpa', 'string', ({ hpa }) => hpa],
  ['state', 'string', hpaState],
  ['worst', 'string', ({ worst_anomaly }) => worst_anomaly?.sentence ?? null],
  ['firing', 'number', ({ anomalies }) => anomalies.firing],
  ['replicas', 'number', ({ latest }) => latest?.replicas_current ?? null],
  ['replicas_desired', 'number', ({ latest }) => latest?.replicas_desired ?? null],
  ['replicas_min', 'number', ({ latest }) => latest?.replicas_min ?? null],
  ['replicas_max', 'number', ({ latest }) => latest?.replicas_max ?? null],
  ['cpu', 'number', ({ latest }) => latest?.cpu_current ?? null, 'percent'],
  ['cpu_target', 'number', ({ latest }) => latest?.cpu_target ?? null, 'percent'],
  ['memory', 'number', ({ latest }) => latest?.memory_current ?? null, 'mbytes'],
  ['pressure', 'number', ({ latest }) => latest?.pressure ?? null],
  ['baseline', 'string', ({ baseline }) => baseline.state],
  ['coverage', 'number', ({ baseline }) => baseline.coverage, 'percent'],
  ['progress', 'number', ({ baseline }) => baseline.progress, 'percent'],
  ['last_scan', 'time', ({ last_scan }) => msOf(last_scan)],
  ['muted_until', 'time', ({ muted_until }) => msOf(muted_until)],
];

export const hpaTable = (refId: string, items: readonly HpaItem[]): GrafanaTable => tableOf(refId, COLUMNS, items);
