import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { matchersOf, parsePromql, queriesAbout, shapeOf } from './promql-shape.ts';

const KINDS = ['Deployment', 'StatefulSet', 'Rollout', 'ReplicaSet'];
const name = hostileText.filter((text) => text !== '');
const names = fc.record({
  namespace: name,
  hpa: name,
  target: name,
  kind: fc.oneof(
    fc.constantFrom(...KINDS),
    name.filter((text) => !KINDS.includes(text)),
  ),
});

test('whatever the names hold, a query does what it does for plain names, and asks for exactly these', () => {
  fc.assert(
    fc.property(names, (hostile) => {
      const kind = KINDS.includes(hostile.kind) ? hostile.kind : 'Widget';
      const plain = queriesAbout({ namespace: 'shop', hpa: 'api', target: 'web', kind });
      const built = queriesAbout(hostile);
      expect([...built.keys()]).toEqual([...plain.keys()]);
      for (const [about, query] of built) {
        expect(shapeOf(query)).toEqual(shapeOf(plain.get(about) ?? ''));
        for (const { label, op, test: accepts } of matchersOf(parsePromql(query))) {
          const wanted = { namespace: hostile.namespace, horizontalpodautoscaler: hostile.hpa }[label]?.toWellFormed();
          if (wanted === undefined || op === '!=') continue;
          expect([about, label, accepts(wanted)]).toEqual([about, label, true]);
          for (const other of [`${wanted}x`, `x${wanted}`, 'kube-system', ''])
            if (other !== wanted) expect([about, label, other, accepts(other)]).toEqual([about, label, other, false]);
        }
      }
    }),
    { ...HOSTILE_RUNS, numRuns: 150 },
  );
});
