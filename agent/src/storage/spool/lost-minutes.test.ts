import { expect, test } from '@jest/globals';
import { MINUTE } from '../../core/clock.ts';
import { hpaOf, scanOf } from './fake-database.fixture.ts';
import { withLostMinutes } from './lost-minutes.ts';

test.each([
  ['has all that came before', 4, []],
  ['is further, since another agent collected meanwhile', 9, []],
  ['lost the last minute', 3, [{ hpaId: 1, from: 4 * MINUTE, to: 4 * MINUTE }]],
  ['lost several', 1, [{ hpaId: 1, from: 2 * MINUTE, to: 4 * MINUTE }]],
  ['lost all since the enrolment', null, [{ hpaId: 1, from: 0, to: 4 * MINUTE }]],
])('a database that %s', (_, minute, gaps) => {
  const stored = [hpaOf(1, 'eu', minute === null ? null : minute * MINUTE)];
  const { openGaps = [], ...batch } = withLostMinutes({ batch: scanOf(1, 5), after: [[1, 4 * MINUTE]] }, stored);
  expect(openGaps).toEqual(gaps);
  expect(batch).toEqual(scanOf(1, 5));
});

test('of an HPA that is gone nothing was lost, and gaps that were there stay', () => {
  const batch = { ...scanOf(1, 5), openGaps: [{ hpaId: 1, from: 0, to: 0 }] };
  expect(withLostMinutes({ batch, after: [[1, 4 * MINUTE]] }, [])).toEqual(batch);
  const { openGaps } = withLostMinutes({ batch, after: [[1, 4 * MINUTE]] }, [hpaOf(1, 'eu', 3 * MINUTE)]);
  expect(openGaps).toHaveLength(2);
});
