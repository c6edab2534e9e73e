import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE } from '../../core/clock.ts';
import { enrolMany, packed, withDatabase } from './database.fixture.ts';
import { addMinutes, removeMinutes, type Minutes } from '../minutes.ts';

const m = (from: number, to: number): Minutes => ({ from: from * MINUTE, to: to * MINUTE });

test.each<[string, Minutes[], Minutes, Minutes[]]>([
  ['the first gap', [], m(1, 3), [m(1, 3)]],
  ['one that touches another', [m(1, 3)], m(4, 5), [m(1, 5)]],
  ['one that joins two', [m(1, 3), m(6, 8)], m(4, 5), [m(1, 8)]],
  ['one inside another', [m(1, 9)], m(4, 5), [m(1, 9)]],
  ['one apart', [m(8, 9)], m(1, 2), [m(1, 2), m(8, 9)]],
  ['an empty one', [m(8, 9)], m(2, 1), [m(8, 9)]],
])('opening %s', (_, gaps, added, wanted) => expect(addMinutes(gaps, added)).toEqual(wanted));

test.each<[string, Minutes[], Minutes, Minutes[]]>([
  ['splits a gap', [m(1, 9)], m(4, 5), [m(1, 3), m(6, 9)]],
  ['shrinks it', [m(1, 9)], m(1, 5), [m(6, 9)]],
  ['removes what is covered', [m(1, 3), m(5, 6)], m(0, 5), [m(6, 6)]],
  ['leaves others', [m(1, 3)], m(4, 5), [m(1, 3)]],
])('closing %s', (_, gaps, removed, wanted) => expect(removeMinutes(gaps, removed)).toEqual(wanted));

test('the gaps hold exactly the minutes that were opened and not closed, as few gaps as possible', () => {
  const change = fc.record({ open: fc.boolean(), from: fc.nat({ max: 30 }), length: fc.nat({ max: 8 }) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const open = new Set<number>();
      let gaps: Minutes[] = [];
      for (const { open: opens, from, length } of changes) {
        gaps = opens ? addMinutes(gaps, m(from, from + length)) : removeMinutes(gaps, m(from, from + length));
        for (let minute = from; minute <= from + length; minute++) open[opens ? 'add' : 'delete'](minute);
      }
      const minutes = gaps.flatMap(({ from, to }) =>
        Array.from({ length: (to - from) / MINUTE + 1 }, (_, i) => from / MINUTE + i),
      );
      expect(minutes).toEqual([...open].sort((a, b) => a - b));
      for (const [i, { from }] of gaps.entries())
        expect(from).toBeGreaterThan((gaps[i - 1]?.to ?? -2 * MINUTE) + MINUTE);
    }),
  );
});

test('gaps of a cluster come newest first, those of stopped HPAs not', () =>
  withDatabase((database) => {
    const [a = 0, b = 0, stopped = 0] = enrolMany(database, 3);
    const openGaps = [
      { hpaId: a, ...m(1, 3) },
      { hpaId: b, ...m(5, 9) },
      { hpaId: stopped, ...m(7, 8) },
    ];
    database.writeSamples(packed(a, [], { openGaps, closeGaps: [{ hpaId: b, ...m(6, 7) }] }));
    database.removeHpa(stopped, { purge: false });
    expect(database.openGaps('c')).toEqual([
      { hpaId: b, ...m(8, 9) },
      { hpaId: b, ...m(5, 5) },
      { hpaId: a, ...m(1, 3) },
    ]);
    expect(database.openGaps('other')).toEqual([]);
  }));
