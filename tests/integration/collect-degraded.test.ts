import { expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { noDeadline, startCollectRig, type CollectRig } from '../rig/collect-rig.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import type { HandMadeSeries } from '../rig/openmetrics.ts';
import { startPrometheus } from '../rig/prometheus.ts';

const NOW = Date.UTC(2026, 9, 7, 12, 2, 20);
const SPAN = { start: NOW - HOUR - (NOW % MINUTE), end: NOW, stepMs: 30_000 };
const app = (cores: number) => ({ name: 'app', cores, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 });
const api: HandMadeHpa = {
  namespace: 'shop',
  hpa: 'api',
  kind: 'Deployment',
  target: 'api',
  pods: 2,
  containers: [app(0.2)],
};
const gateway: HandMadeHpa = { ...api, hpa: 'api-gateway', target: 'api-gateway', containers: [app(0.4)] };
const db: HandMadeHpa = { ...api, hpa: 'db', kind: 'StatefulSet', target: 'db', containers: [app(0.3)] };
const clone: HandMadeHpa = { ...api, hpa: 'clone', kind: 'CloneSet', target: 'clone' };

async function withCluster(series: HandMadeSeries[], hpas: HandMadeHpa[], run: (rig: CollectRig) => Promise<void>) {
  const prometheus = await startPrometheus({ history: { series, span: SPAN } });
  const rig = await startCollectRig(prometheus.url, NOW, { windowMs: 30 * MINUTE });
  try {
    await rig.enrol(hpas, NOW - 10 * MINUTE);
    await run(rig);
  } finally {
    await rig.close();
    await prometheus.stop();
  }
}

const latest = async (rig: CollectRig, { namespace, hpa }: HandMadeHpa) =>
  (await rig.series(namespace, hpa, NOW - 5 * MINUTE, NOW)).at(-1);

test('without owner metrics pods are found by the shape of their names, never a neighbour, and marked approximate', async () => {
  const full = [api, gateway, db, clone].flatMap(seriesOf);
  const exact: number[] = [];
  await withCluster(full, [api, gateway, db], async (rig) => {
    await rig.collector.scan(rig.session, noDeadline());
    for (const hpa of [api, gateway, db]) exact.push((await latest(rig, hpa))?.cpuCurrent ?? NaN);
    expect((await latest(rig, api))?.approximate).toBe(false);
  });
  const without = ['kube_pod_owner', 'kube_replicaset_owner'];
  const series = [api, gateway, db, clone].flatMap((hpa) => seriesOf({ ...hpa, without }));
  await withCluster(series, [api, gateway, db, clone], async (rig) => {
    const outcome = await rig.collector.scan(rig.session, noDeadline());
    expect(outcome.notes.join('\n')).toMatch(/kube_pod_owner .* marked approximate/);
    for (const [index, hpa] of [api, gateway, db].entries()) {
      const row = await latest(rig, hpa);
      expect(row?.cpuCurrent).toBeCloseTo(exact[index] ?? NaN, 9);
      expect(row).toMatchObject({ approximate: true, cpuBasis: 'request' });
      expect(row?.memoryCurrent).toBeGreaterThan(0);
    }
    // Nobody knows the names that this kind gives its pods.
    expect(await latest(rig, clone)).toMatchObject({ cpuCurrent: null, memoryCurrent: null, replicasCurrent: 2 });
  });
});

test('without the scale target there is no CPU and no memory, but replicas, and a note', async () => {
  const series = seriesOf({ ...api, without: ['kube_horizontalpodautoscaler_info'] });
  await withCluster(series, [api], async (rig) => {
    const outcome = await rig.collector.scan(rig.session, noDeadline());
    expect(outcome.result).toBe('ok');
    expect(outcome.notes).toEqual([
      expect.stringMatching(/^kube_horizontalpodautoscaler_info is missing: .*CPU, memory/),
    ]);
    expect(await latest(rig, api)).toMatchObject({
      cpuCurrent: null,
      memoryCurrent: null,
      replicasCurrent: 2,
      cpuTarget: 70,
    });
    expect((await rig.collector.discover(rig.session)).hpas[0]?.target).toBeNull();
  });
});

test('a scrape without honor_labels yields nothing but a note that says what to set', async () => {
  const series = seriesOf({ ...api, hpa: 'monitoring-api', namespace: 'shop' }).map((one) =>
    one.labels.job === 'kube-state-metrics'
      ? { ...one, labels: { ...one.labels, namespace: 'monitoring', exported_namespace: 'shop' } }
      : one,
  );
  const misread = { ...api, namespace: 'monitoring', hpa: 'monitoring-api' };
  await withCluster(series, [misread], async (rig) => {
    const outcome = await rig.collector.scan(rig.session, noDeadline());
    expect(outcome).toMatchObject({ result: 'ok', rows: 0 });
    expect(outcome.notes).toEqual([expect.stringContaining('honor_labels: true')]);
    expect((await rig.collector.discover(rig.session)).hpas).toEqual([]);
  });
});

test('where only status tells a container, pressure is still current/target', async () => {
  const series = seriesOf(api).map((one) =>
    one.name === 'kube_horizontalpodautoscaler_status_target_metric'
      ? { ...one, labels: { ...one.labels, container: 'app' } }
      : one,
  );
  await withCluster(series, [api], async (rig) => {
    await rig.collector.scan(rig.session, noDeadline());
    const row = await latest(rig, api);
    const status = 50 + 30 * Math.sin(((2 * Math.PI) / 86_400_000) * (row?.ts ?? 0));
    expect(row?.pressure).toBeCloseTo(status / 70, 12);
  });
});

test('the container label that a scrape adds is not taken for a container of the HPA', async () => {
  const series = seriesOf(api).map((one) =>
    one.name.startsWith('kube_horizontal') ? { ...one, labels: { ...one.labels, container: 'kube-rbac-proxy' } } : one,
  );
  await withCluster(series, [api], async (rig) => {
    const { hpas } = await rig.collector.discover(rig.session);
    expect(hpas[0]?.metrics).toEqual([{ name: 'cpu', type: 'utilization', container: null, target: 70 }]);
  });
});

test('an HPA deleted in the cluster is gone after ten minutes, and only while kube-state-metrics answers', async () => {
  const deletedAt = NOW - 30 * MINUTE;
  const series = [
    ...seriesOf({ ...api, exists: (at) => at < deletedAt || at > NOW - 4 * MINUTE }),
    ...seriesOf({ ...db, exists: (at) => at < NOW - 8 * MINUTE || at > NOW - 4 * MINUTE }),
  ];
  await withCluster(series, [], async (rig) => {
    await rig.enrol([api], deletedAt - 5 * MINUTE);
    const goneAt = async (minute: number) => {
      rig.setNow(deletedAt + minute * MINUTE + 20_000);
      await rig.collector.scan(rig.session, noDeadline());
      return (await rig.find('shop', 'api')).goneSince;
    };
    const firstAbsent = deletedAt + 6 * MINUTE - (deletedAt % MINUTE);
    expect(await goneAt(-2)).toBeNull();
    // Without staleness markers Prometheus shows the last sample for five minutes.
    expect(await goneAt(6)).toBeNull();
    expect(await goneAt(15)).toBeNull();
    expect(await goneAt(16)).toBe(firstAbsent);
    expect(await goneAt(25)).toBe(firstAbsent);
    expect(await goneAt(29)).toBeNull();
    const changes = rig.events.flatMap((event) => (event.type === 'hpa' ? [event.change] : []));
    expect(changes).toEqual(['gone', 'back']);
  });
});

test('a scan costs the same number of requests for 1, 50 and 500 HPAs', async () => {
  const many = Array.from({ length: 500 }, (_, index) => {
    const name = `service-${String(index).padStart(3, '0')}`;
    return { ...api, namespace: `team-${index % 8}`, hpa: name, target: name, pods: 1 };
  });
  const prometheus = await startPrometheus({
    history: { series: many.flatMap(seriesOf), span: { ...SPAN, start: SPAN.end - (NOW % MINUTE) - 8 * MINUTE } },
  });
  try {
    const requests: number[] = [];
    for (const count of [1, 50, 500]) {
      const rig = await startCollectRig(prometheus.url, NOW);
      try {
        await rig.enrol(many.slice(0, count), NOW - 2 * MINUTE);
        const outcome = await rig.collector.scan(rig.session, noDeadline());
        expect(outcome).toMatchObject({ result: 'ok', hpas: count, rows: 9 * count, notes: [] });
        const last = await rig.series('team-0', 'service-000', 0, NOW);
        expect(last.at(-1)?.cpuCurrent).toBeGreaterThan(0);
        requests.push(outcome.requests);
      } finally {
        await rig.close();
      }
    }
    // The history begins within the first look, so that CPU in % of a core is asked for too.
    expect(requests).toEqual([11, 11, 11]);
  } finally {
    await prometheus.stop();
  }
}, 60_000);
