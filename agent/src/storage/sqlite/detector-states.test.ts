import { expect, test } from '@jest/globals';
import { MINUTE } from '../../core/clock.ts';
import { anomaly } from '../anomaly.fixture.ts';
import { enrolMany, withDatabase } from './database.fixture.ts';

test('the state of a detector is kept an HPA; a profile that is not given stays', () =>
  withDatabase((database) => {
    const [one = 0, two = 0, gone = 0] = enrolMany(database, 3);
    database.removeHpa(gone, { purge: true });
    database.saveDetectorState([
      { hpaId: one, state: '{"a":1}', profile: '{"p":1}', updatedAt: 5 },
      { hpaId: two, state: '{}', updatedAt: 5 },
      { hpaId: gone, state: '{}', updatedAt: 5 },
    ]);
    database.saveDetectorState([{ hpaId: one, state: '{"a":2}', updatedAt: 6 }]);
    expect(database.detectorStates('c')).toEqual([
      { hpaId: one, state: '{"a":2}', profile: '{"p":1}', updatedAt: 6 },
      { hpaId: two, state: '{}', profile: null, updatedAt: 5 },
    ]);
    database.saveDetectorState([{ hpaId: one, state: '{}', profile: null, updatedAt: 7 }]);
    database.removeHpa(two, { purge: false });
    expect(database.detectorStates('c')).toEqual([{ hpaId: one, state: '{}', profile: null, updatedAt: 7 }]);
    expect(database.detectorStates('d')).toEqual([]);
  }));

test('exclusions that overlap are one; those of excluded anomalies count while they are excluded', () =>
  withDatabase((database) => {
    const [hpaId = 0, other = 0] = enrolMany(database, 2);
    database.addExclusion(hpaId, 10 * MINUTE, 20 * MINUTE);
    database.addExclusion(hpaId, 15 * MINUTE, 30 * MINUTE);
    database.addExclusion(hpaId, 60 * MINUTE, 70 * MINUTE);
    const added = [
      { from: 10 * MINUTE, to: 30 * MINUTE },
      { from: 60 * MINUTE, to: 70 * MINUTE },
    ];
    expect(database.exclusionsOf(hpaId)).toEqual(added);
    const open = { startedAt: 25 * MINUTE, lastSeenAt: 40 * MINUTE };
    database.saveAnomalies({ anomalies: [anomaly(hpaId, 'a', open)] });
    database.patchAnomaly('a', { excluded: true });
    expect(database.exclusionsOf(hpaId)).toEqual([{ from: 10 * MINUTE, to: 40 * MINUTE }, added[1]]);
    database.saveAnomalies({
      anomalies: [anomaly(hpaId, 'a', { ...open, state: 'resolved', lastSeenAt: 45 * MINUTE, endedAt: 50 * MINUTE })],
    });
    expect(database.exclusionsOf(hpaId)).toEqual([{ from: 10 * MINUTE, to: 50 * MINUTE }, added[1]]);
    database.patchAnomaly('a', { excluded: false });
    expect(database.exclusionsOf(hpaId)).toEqual(added);
    expect(database.exclusionsOf(other)).toEqual([]);
  }));

test('a new normal is kept with the HPA and can be taken back', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    expect(database.hpasOfCluster('c')[0]).toMatchObject({ normalSince: null });
    database.acceptNewNormal(hpaId, 123);
    expect(database.hpasOfCluster('c')[0]).toMatchObject({ normalSince: 123 });
    database.acceptNewNormal(hpaId, null);
    expect(database.hpasOfCluster('c')[0]).toMatchObject({ normalSince: null });
    expect(() => database.acceptNewNormal(99, 1)).toThrow(expect.objectContaining({ code: 'hpa/not-enrolled' }));
  }));
