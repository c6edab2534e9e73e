import { expect, test } from '@jest/globals';
import { MINUTE } from '../../../agent/src/core/clock.ts';
import { anomaly } from '../../../agent/src/storage/anomaly.fixture.ts';
import { enrolMany } from './batches.ts';
import { describeStores } from './stores.ts';

describeStores(
  () => 1,
  (withStore) => {
    test('the state of a detector is kept an HPA; a profile that is not given stays', () =>
      withStore(async (store) => {
        const [one = 0, two = 0, gone = 0] = await enrolMany(store, 3);
        await store.removeHpa(gone, { purge: true });
        await store.saveDetectorState([
          { hpaId: one, state: '{"a":1}', profile: '{"p":1}', updatedAt: 5 },
          { hpaId: two, state: '{}', updatedAt: 5 },
          { hpaId: gone, state: '{}', updatedAt: 5 },
        ]);
        await store.saveDetectorState([{ hpaId: one, state: '{"a":2}', updatedAt: 6 }]);
        expect(await store.detectorStates('c')).toEqual([
          { hpaId: one, state: '{"a":2}', profile: '{"p":1}', updatedAt: 6 },
          { hpaId: two, state: '{}', profile: null, updatedAt: 5 },
        ]);
        await store.saveDetectorState([{ hpaId: one, state: '{}', profile: null, updatedAt: 7 }]);
        await store.removeHpa(two, { purge: false });
        expect(await store.detectorStates('c')).toEqual([{ hpaId: one, state: '{}', profile: null, updatedAt: 7 }]);
        expect(await store.detectorStates('d')).toEqual([]);
      }));

    test('exclusions that overlap are one; those of excluded anomalies count while they are excluded', () =>
      withStore(async (store) => {
        const [hpaId = 0, other = 0] = await enrolMany(store, 2);
        await store.addExclusion(hpaId, 10 * MINUTE, 20 * MINUTE);
        await store.addExclusion(hpaId, 15 * MINUTE, 30 * MINUTE);
        await store.addExclusion(hpaId, 60 * MINUTE, 70 * MINUTE);
        const added = [
          { from: 10 * MINUTE, to: 30 * MINUTE },
          { from: 60 * MINUTE, to: 70 * MINUTE },
        ];
        expect(await store.exclusionsOf(hpaId)).toEqual(added);
        const open = { startedAt: 25 * MINUTE, lastSeenAt: 40 * MINUTE };
        await store.saveAnomalies({ anomalies: [anomaly(hpaId, 'a', open)] });
        await store.patchAnomaly('a', { excluded: true });
        expect(await store.exclusionsOf(hpaId)).toEqual([{ from: 10 * MINUTE, to: 40 * MINUTE }, added[1]]);
        await store.saveAnomalies({
          anomalies: [
            anomaly(hpaId, 'a', { ...open, state: 'resolved', lastSeenAt: 45 * MINUTE, endedAt: 50 * MINUTE }),
          ],
        });
        expect(await store.exclusionsOf(hpaId)).toEqual([{ from: 10 * MINUTE, to: 50 * MINUTE }, added[1]]);
        await store.patchAnomaly('a', { excluded: false });
        expect(await store.exclusionsOf(hpaId)).toEqual(added);
        expect(await store.exclusionsOf(other)).toEqual([]);
      }));

    test('a new normal is kept with the HPA and can be taken back', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        expect((await store.hpasOfCluster('c'))[0]).toMatchObject({ normalSince: null });
        await store.acceptNewNormal(hpaId, 123);
        expect((await store.hpasOfCluster('c'))[0]).toMatchObject({ normalSince: 123 });
        await store.acceptNewNormal(hpaId, null);
        expect((await store.hpasOfCluster('c'))[0]).toMatchObject({ normalSince: null });
        await expect(store.acceptNewNormal(99, 1)).rejects.toMatchObject({ code: 'hpa/not-enrolled' });
      }));
  },
);
