import type { GrafanaAnswer, GrafanaSeries, GrafanaTable } from '../../contract/grafana.ts';
import { MINUTE } from '../../core/clock.ts';
import { anomaly } from '../../storage/anomaly.fixture.ts';
import { levelProfile } from '../fake-anomalies.fixture.ts';
import { forwardInfo, hpaRow, sampleAt } from '../fake-services.fixture.ts';
import { READ_TOKEN, startRig, type HttpRig } from '../http-rig.fixture.ts';

export const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';

/** Three HPAs of two clusters with samples, one band and two anomalies. */
export async function startGrafanaRig(): Promise<HttpRig> {
  const rig = await startRig();
  const { world } = rig;
  const now = world.clock.now();
  const keys = [
    { cluster: 'prod', namespace: 'shop', hpa: 'api' },
    { cluster: 'prod', namespace: 'web', hpa: 'front' },
    { cluster: ARN, namespace: 'shop', hpa: 'api' },
  ];
  world.rows.push(
    ...keys.map((key, index) =>
      hpaRow(key, { id: index + 1, latest: sampleAt(now, { cpuCurrent: 60 + index, replicasCurrent: 3 }) }),
    ),
  );
  for (const id of [1, 2, 3])
    world.samplesOf.set(id, [
      sampleAt(now - 2 * MINUTE, { cpuCurrent: 60.12345 + id, memoryCurrent: 100 * id }),
      sampleAt(now - MINUTE, { cpuCurrent: null, memoryCurrent: 100 * id }),
    ]);
  world.profile = { cpu: levelProfile('cpu', 50) };
  const [first, second] = keys;
  world.anomalies = [
    anomaly(1, 'a', {
      key: first!,
      severity: 'critical',
      startedAt: now - 30 * MINUTE,
      lastSeenAt: now,
      advice: 'Look.',
    }),
    anomaly(2, 'b', {
      key: second!,
      kind: 'maxed_out',
      state: 'resolved',
      band: null,
      startedAt: now - 60 * MINUTE,
      lastSeenAt: now - 50 * MINUTE,
      endedAt: now - 50 * MINUTE,
    }),
  ];
  world.forwards = [
    forwardInfo('prod', { state: { kind: 'ready', since: now - 60_000, baseUrl: 'http://127.0.0.1:41553' } }),
    forwardInfo(ARN, { restarts: 3 }),
  ];
  return rig;
}

type Target = { target?: string; refId?: string; payload?: unknown; hide?: boolean; [field: string]: unknown };

/**
 * A request as Grafana 12 makes it with simpod-json-datasource 0.6: the whole DataQueryRequest, range as ISO texts, with everything that is
 * of no interest here.
 */
export const panelRequest = (targets: readonly Target[], rest: Record<string, unknown> = {}) => ({
  app: 'dashboard',
  requestId: 'SQR103',
  timezone: 'browser',
  panelId: 4,
  panelName: 'CPU',
  panelPluginId: 'timeseries',
  dashboardUID: 'hpa-watch-fleet',
  range: {
    from: '2026-01-05T09:00:00.000Z',
    to: '2026-01-05T12:00:00.000Z',
    raw: { from: 'now-3h', to: 'now' },
  },
  interval: '15s',
  intervalMs: 15_000,
  maxDataPoints: 847,
  scopedVars: {
    __sceneObject: { value: {} },
    __interval: { text: '15s', value: '15s' },
    __interval_ms: { text: '15000', value: 15_000 },
  },
  startTime: 1_767_614_400_000,
  rangeRaw: { from: 'now-3h', to: 'now' },
  liveStreaming: false,
  filters: [],
  targets: targets.map((target, index) => ({
    datasource: { type: 'simpod-json-datasource', uid: 'be1xyz' },
    editorMode: 'builder',
    refId: String.fromCharCode(65 + index),
    payload: {},
    ...target,
  })),
  ...rest,
});

export const ask = (rig: HttpRig, path: string, body: unknown) =>
  rig.call('POST', `/grafana/${path}`, { token: READ_TOKEN, body });

export async function query(
  rig: HttpRig,
  targets: readonly Target[],
  rest?: Record<string, unknown>,
): Promise<GrafanaAnswer> {
  const { status, body } = await ask(rig, 'query', panelRequest(targets, rest));
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as unknown as GrafanaAnswer;
}

export const seriesOf = (answer: GrafanaAnswer): GrafanaSeries[] =>
  answer.filter((one): one is GrafanaSeries => 'datapoints' in one);

/** A table as objects, a row each. */
export function rowsOf(answer: GrafanaAnswer, index = 0): Record<string, unknown>[] {
  const { columns, rows } = answer[index] as GrafanaTable;
  return rows.map((row) => Object.fromEntries(columns.map(({ text }, i) => [text, row[i]])));
}
