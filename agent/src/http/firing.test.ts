import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../domain/anomaly.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import { countBySeverity, firingByHpa, worstFirst } from './firing.ts';

const some = fc.array(
  fc
    .record({
      hpaId: fc.integer({ min: 1, max: 4 }),
      severity: fc.constantFrom(...SEVERITIES),
      score: fc.constantFrom(0, 1, 7.5),
      startedAt: fc.constantFrom(0, 60_000),
    })
    .map(({ hpaId, ...values }) => ({ hpaId, values })),
  { maxLength: 12 },
);
const listOf = (drawn: { hpaId: number; values: object }[]) =>
  drawn.map(({ hpaId, values }, i) => anomaly(hpaId, `a${i}`, values));

test('an HPA counts its own, by its highest severity', () => {
  const found = firingByHpa([
    anomaly(1, 'a', { severity: 'info' }),
    anomaly(1, 'b', { severity: 'critical' }),
    anomaly(1, 'c', { severity: 'warning' }),
    anomaly(2, 'd', { severity: 'info' }),
  ]);
  expect(Object.fromEntries(found)).toEqual({
    1: { firing: 3, worst: 'critical' },
    2: { firing: 1, worst: 'info' },
  });
});

test('no anomaly is lost or counted twice, in whatever order they come', () => {
  fc.assert(
    fc.property(some, (drawn) => {
      const firing = listOf(drawn);
      const counts = countBySeverity(firing);
      expect(counts.critical + counts.warning + counts.info).toBe(firing.length);
      const sum = [...firingByHpa(firing).values()].reduce((total, each) => total + each.firing, 0);
      expect(sum).toBe(firing.length);
      expect(firing.toReversed().sort(worstFirst)).toEqual(firing.toSorted(worstFirst));
    }),
  );
});
