import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, floorTo, MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { anomaly, draft } from '../../agent/src/storage/anomaly.fixture.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../agent/src/storage/store.ts';

export const NOW = floorTo(Date.UTC(2026, 5, 10, 12), MINUTE);
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** A data directory with something in each of its tables: `hpas` HPAs of two clusters, `minutes` rows each. */
export async function filledDirectory(hpas: number, minutes: number): Promise<{ dir: string; store: Store }> {
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-migrate-'));
  const store = await openSqliteStore({ path: join(dir, 'monitoring.db'), now: () => NOW });
  await store.saveCluster({ name: 'b', definition: { context: 'b-admin' }, lane: 0, place: 1, createdAt: 5 });
  const keys = Array.from({ length: hpas }, (_, i) => ({
    cluster: i % 2 === 0 ? 'b' : 'a',
    namespace: 'n',
    hpa: `h${i}`,
  }));
  const ids = (await store.enrol(keys, NOW - 40 * DAY)).map(({ hpa }) => hpa.id);
  // An id that is given no more.
  const [passing] = await store.enrol([{ cluster: 'z', namespace: 'n', hpa: 'gone' }], NOW);
  await store.removeHpa(passing?.hpa.id ?? 0, { purge: true });
  await store.removeHpa(ids[1] ?? 0, { purge: false });
  await store.patchHpa(ids[2] ?? 0, { timezone: 'Europe/Berlin', mutedUntil: NOW + DAY });
  for (const [i, hpaId] of ids.entries()) {
    await store.writeSamples({
      now: NOW,
      isBaseline: i % 3 === 0,
      samples: [
        { hpaId, samples: Array.from({ length: minutes }, (_, n) => row(NOW - (minutes - n) * MINUTE, n + i)) },
      ],
      revisions: [
        {
          hpaId,
          seen: [
            { at: NOW - 60 * MINUTE, revisions: ['r1'] },
            { at: NOW - 30 * MINUTE, revisions: ['r1', 'r2'] },
          ],
        },
      ],
      cursors: [{ hpaId, scannedUntil: NOW - MINUTE }],
      openGaps: [{ hpaId, from: NOW - 90 * MINUTE, to: NOW - 80 * MINUTE }],
    });
  }
  await scan(store, ids, NOW);
  await store.saveAnomalies({
    anomalies: ids.flatMap((hpaId, i) => [
      anomaly(hpaId, `open${i}`, { sentence: `"${i}" \\ ö \0 {a,b}`, advice: i % 2 === 0 ? null : 'NULL' }),
      anomaly(hpaId, `past${i}`, { kind: 'maxed_out', state: 'resolved', endedAt: NOW - i, excluded: i % 5 === 0 }),
    ]),
    notifications: ids.map((_, i) => draft('hook', { subject: `open${i}`, cluster: i % 2 === 0 ? 'b' : 'a' })),
    states: ids.map((hpaId, i) => ({ hpaId, state: `{"n":${i}}`, profile: i % 2 === 0 ? '{}' : null, updatedAt: NOW })),
  });
  await store.patchAnomaly('open0', { acknowledgedAt: NOW });
  await store.addExclusion(ids[0] ?? 0, NOW - DAY, NOW - DAY + 10 * MINUTE);
  await store.acceptNewNormal(ids[0] ?? 0, NOW - DAY);
  const due = (await store.dueNotifications('hook', NOW, 3)).items;
  await store.settleNotification(due[0]?.id ?? 0, { kind: 'sent' });
  await store.settleNotification(due[1]?.id ?? 0, { kind: 'given_up', error: 'status 400' });
  await store.settleNotification(due[2]?.id ?? 0, { kind: 'retry', nextAttemptAt: NOW + 5, error: 'status 500' });
  return { dir, store };
}

/** The next minute of all HPAs. */
export async function scan(store: Store, hpaIds: readonly number[], at: number): Promise<void> {
  await store.writeSamples({
    now: at,
    isBaseline: false,
    samples: hpaIds.map((hpaId) => ({ hpaId, samples: [row(at, 1)] })),
    cursors: hpaIds.map((hpaId) => ({ hpaId, scannedUntil: at })),
  });
}

const row = (ts: number, n: number): Sample => ({
  ...emptySample(ts),
  cpuCurrent: n / 7,
  memoryCurrent: n % 11 === 0 ? null : 100 + Math.sin(n),
  replicasCurrent: n % 9,
  replicasDesired: n % 10,
  pressure: n / 3,
  scalingLimited: n % 2,
  cpuTarget: 50 + Math.floor(n / 500),
  replicasMax: 10,
});

const digestOf = (samples: readonly Sample[]): string =>
  createHash('sha1').update(JSON.stringify(samples)).digest('hex');

/** Everything that a store answers, for a comparison. Ids of HPAs are kept. */
export async function everythingIn(store: Store) {
  const clusters = ['a', 'b', 'z'];
  const { items: hpas } = await store.listHpas({ limit: 10_000 });
  const ids = hpas.map(({ id }) => id);
  const { total, baseline, oldest } = await store.counts();
  const each = <T>(list: readonly (string | number)[], ask: (of: never) => Promise<T>) =>
    Promise.all(list.map(async (of) => [of, await ask(of as never)] as const));
  return {
    clusters: await store.listClusters(),
    hpas,
    // As texts of the same length: to compare a hundred thousand objects takes longer than to copy them.
    series: [...(await store.readSeriesOf(ids, ALL))].map(
      ([id, samples]) => `${id}: ${samples.length} samples, ${digestOf(samples)}`,
    ),
    changes: await each(ids, (id: number) => store.changesOf(id, ALL)),
    gaps: await each(clusters, (cluster: string) => store.openGaps(cluster)),
    exclusions: await each(ids, (id: number) => store.exclusionsOf(id)),
    states: await each(clusters, (cluster: string) => store.detectorStates(cluster)),
    anomalies: await store.listAnomalies({ limit: 10_000 }),
    marks: await each(clusters, (cluster: string) => store.notificationMarks(cluster, 0)),
    queue: await store.dueNotifications('hook', NOW, 1_000),
    counts: { total, baseline, oldest },
  };
}
