import { describe, expect, test } from '@jest/globals';
import type { HpaRow } from '../storage/store.ts';
import { hpaRow, sampleAt } from './fake-services.fixture.ts';
import { shelve } from './fleet-shelf.ts';
import { hpaFacts, presentHpa } from './present-hpa.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const learned = {
  ...hpaRow(KEY).baseline,
  state: 'partial',
  progress: 100,
  coverage: 71.26,
  reason: 'gaps',
  readyAt: 5,
};

const ROWS: [string, HpaRow][] = [
  ['enrolled just now', hpaRow(KEY)],
  [
    'with all that may be known',
    hpaRow(KEY, {
      ...{
        id: 7,
        active: false,
        mutedUntil: NOW + 1,
        goneSince: NOW - 5,
        lastScanAt: NOW - 1,
        scannedUntil: NOW - 60_000,
      },
      baseline: learned as HpaRow['baseline'],
      latest: sampleAt(NOW - 60_000, { cpuCurrent: 12.5, scalingLimited: 0, cpuBasis: 'core', approximate: true }),
    }),
  ],
  ['at the beginning of time', hpaRow(KEY, { lastScanAt: 0, goneSince: 0, latest: sampleAt(0, {}) })],
];

const shelfOf = (rows: HpaRow[], number: number, before?: ReturnType<typeof shelve>['shelf']) =>
  shelve({ cluster: 'prod', rows, before, number, now: NOW, lookedAt: NOW });

test.each(ROWS)('an HPA %s is shown from the shelf as from its row', (_, row) => {
  const [hpa] = shelfOf([row], 1).shelf.hpas;
  const facts = hpaFacts([], NOW);
  expect(presentHpa(hpa!, facts)).toEqual(presentHpa(row, facts));
  const { id, enrolledAt, scannedUntil, mutedUntil } = row;
  expect(hpa).toMatchObject({ id, enrolledAt, scannedUntil, mutedUntil });
});

describe('what is a change', () => {
  const row = ROWS[1]![1];
  test.each<[string, Partial<HpaRow>, boolean]>([
    ['nothing', {}, false],
    ['how far it was scanned, which is not shown', { scannedUntil: NOW }, false],
    ['a coverage that is shown by the same decimal', { baseline: { ...row.baseline, coverage: 71.29 } }, false],
    ['a coverage that is shown otherwise', { baseline: { ...row.baseline, coverage: 71.36 } }, true],
    ['another reason', { baseline: { ...row.baseline, reason: 'more gaps' } }, true],
    ['a scan', { lastScanAt: NOW }, true],
    ['a value', { latest: { ...row.latest!, cpuCurrent: 12.6 } }, true],
    ['a value that is missing', { latest: { ...row.latest!, cpuCurrent: null } }, true],
    ['no sample any more', { latest: null }, true],
    ['the end of its mute', { mutedUntil: NOW }, true],
    ['a resumption', { active: true }, true],
  ])('%s', (_, change, isChange) => {
    const { shelf } = shelfOf([row], 1);
    const next = shelfOf([{ ...row, ...change }], 2, shelf);
    expect([next.differs, [...next.shelf.changedIn]]).toEqual([isChange, [isChange ? 2 : 1]]);
  });

  test('one more, and one less; the others keep their number', () => {
    const named = (hpa: string) => hpaRow({ ...KEY, hpa });
    const { shelf } = shelfOf([named('a'), named('b')], 1);
    const next = shelfOf([named('b'), named('c')], 2, shelf);
    expect([...next.shelf.changedIn]).toEqual([1, 2]);
    expect([next.differs, next.gone.map(({ hpa }) => hpa)]).toEqual([true, ['a']]);
    expect(shelfOf([], 3, next.shelf).gone.map(({ hpa }) => hpa)).toEqual(['b', 'c']);
  });
});
