import { describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import { answer } from './answerer.ts';
import { createSimulation } from './simulation.ts';

const NOW = Date.UTC(2026, 10, 19, 14, 0, 0);
const END = NOW + HOUR;
const simulation = createSimulation({ seed: 5, liveFrom: NOW, historyMs: 2 * HOUR });

function ask(cluster: string, path: string, parameters: Record<string, string>, now = END) {
  const found = simulation.clusters.find(({ name }) => name === cluster);
  if (found === undefined) throw new Error(`no cluster ${cluster}`);
  const rows = found.grid.rowsUntil(now);
  const series = (from: number, to: number) => found.series(now, from, to);
  const { status, body } = answer(
    path,
    new URLSearchParams(parameters),
    { grid: found.grid, rows, staleMarkers: true, series },
    now,
  );
  return {
    status,
    body: body as { errorType?: string; error?: string; data?: { result: { value: [number, string] }[] } },
  };
}

const seconds = (at: number) => String(at / 1_000);

describe('a live answerer', () => {
  test('loses the series of an HPA while its telemetry is lost, and has them before', () => {
    const label = simulation.labels(NOW, END).find(({ kind }) => kind === 'telemetry_lost');
    if (label === undefined) throw new Error('no such incident');
    const query = `kube_horizontalpodautoscaler_info{namespace="${label.namespace}",horizontalpodautoscaler="${label.hpa}"}`;
    const count = (at: number) =>
      ask(label.cluster, '/api/v1/query', { query, time: seconds(at) }).body.data?.result.length;
    expect([count(label.start - MINUTE), count(label.start + 2 * MINUTE), count(label.end + 2 * MINUTE)]).toEqual([
      1, 0, 1,
    ]);
  });

  test('knows nothing of the future', () => {
    const query = 'kube_horizontalpodautoscaler_info';
    const later = ask('lab', '/api/v1/query', { query, time: seconds(END + 10 * MINUTE) });
    expect(later.body.data?.result).toEqual([]);
    expect(ask('lab', '/api/v1/query', { query }).body.data?.result).toHaveLength(4);
  });
});

describe('a request that cannot be answered', () => {
  const range = { query: 'kube_pod_owner', start: seconds(NOW), end: seconds(END), step: '60' };
  test.each([
    ['no end', '/api/v1/query_range', { ...range, end: '' }, 400, 'end'],
    ['end before start', '/api/v1/query_range', { ...range, end: '5' }, 400, 'must not be before start'],
    ['a step of zero', '/api/v1/query_range', { ...range, step: '0' }, 400, 'step'],
    ['a step that is no duration', '/api/v1/query_range', { ...range, step: 'soon' }, 400, 'valid duration'],
    ['more than 11,000 points', '/api/v1/query_range', { ...range, step: '100ms' }, 400, '11,000 points'],
    ['a subquery', '/api/v1/query', { query: 'max_over_time(rate(x[5m])[1h:5m])' }, 422, 'subquery'],
    ['an unknown aggregation', '/api/v1/query', { query: 'stdvar(kube_pod_owner)' }, 422, 'stdvar'],
    ['a selector of everything', '/api/v1/query', { query: '{a=~".*"}' }, 400, 'non-empty matcher'],
    ['an unknown path', '/api/v1/series', {}, 404, '/api/v1/series'],
  ])('says so: %s', (_, path, parameters, status, text) => {
    const answered = ask('lab', path, parameters);
    expect([answered.status, answered.body.error?.includes(text)]).toEqual([status, true]);
  });
});
