import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import type { Series } from '../prometheus/prometheus.ts';
import type { TrackedHpa } from './assemble.ts';
import { createRevisionFilter, revisionsSeen } from './revisions.ts';

const hpa = (id: number, name: string, kind = 'Deployment'): TrackedHpa => ({
  id,
  namespace: 'shop',
  hpa: name,
  target: { kind, name },
});
const series = (name: string, revision: string, minutes: number[], kind = 'Deployment'): Series => ({
  labels: { namespace: 'shop', owner_kind: kind, owner_name: name, revision },
  times: minutes.map((minute) => minute * MINUTE),
  values: minutes.map(() => 1),
});

test('only the instants at which something changed are kept, for every HPA of the target and for no other', () => {
  const api = hpa(1, 'api');
  const twin = { ...api, id: 2, hpa: 'api-2' };
  const seen = revisionsSeen(
    [api, twin, hpa(3, 'web'), hpa(4, 'api', 'StatefulSet'), { ...api, id: 5, target: null }],
    [series('api', 'api-b', [2, 3, 4]), series('api', 'api-a', [0, 1, 2, 3]), series('db', 'db-a', [0])],
  );
  const points = [
    { at: 0, revisions: ['api-a'] },
    { at: 2 * MINUTE, revisions: ['api-a', 'api-b'] },
    { at: 4 * MINUTE, revisions: ['api-b'] },
  ];
  expect([...seen]).toEqual([
    [1, points],
    [2, points],
  ]);
});

test('what the store was given once is not given again; what was not written is', () => {
  const filter = createRevisionFilter();
  const seen = (...revisions: string[]) => new Map([[1, [{ at: 0, revisions }]]]);
  const first = filter.news(seen('a'));
  expect(first).toHaveLength(1);
  expect(filter.news(seen('a'))).toEqual(first);
  filter.written(first);
  expect(filter.news(seen('a'))).toEqual([]);
  expect(filter.news(seen('a', 'b'))).toHaveLength(1);
});
