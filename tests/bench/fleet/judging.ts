import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLearningThread } from '../../../agent/src/collect/learning-thread.ts';
import { MINUTE, systemClock, type Clock } from '../../../agent/src/core/clock.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store, StoredHpa } from '../../../agent/src/storage/store.ts';
import { detectionOver } from '../../rig/watching-rig.ts';
import { costOf, type Cost } from '../process-time.ts';
import { clusterNames, type Fleet } from './prepare.ts';

const MINUTES = 5;
/** The first loads what is known of every HPA and compiles the code, the second makes up for the minutes before. */
const WARM_UP = 2;
/** Learning takes a tenth of a second an HPA. */
const REFRESHED_CLUSTERS = 2;
const MOST_TURNS = 30;

type Watched = { cluster: string; hpas: StoredHpa[]; last: Map<number, Sample> };

/** Judging the whole fleet minute after minute, and learning some of it anew, on a copy of what the agent left of it. */
export async function judgingRows(fleet: Fleet, dataDir: string): Promise<object[]> {
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-bench-'));
  const path = join(dir, 'monitoring.db');
  copyFileSync(join(dataDir, 'monitoring.db'), path);
  const store = await openSqliteStore({ path, now: Date.now });
  const learning = createLearningThread();
  try {
    const watched = await Promise.all(clusterNames(fleet).map((cluster) => watchedIn(store, cluster)));
    let now = MINUTE + Math.max(...watched.flatMap(({ hpas }) => hpas.map((hpa) => hpa.scannedUntil ?? 0)));
    const clock: Clock = { ...systemClock, now: () => now };
    const detection = detectionOver({ store, clock, learn: learning.learn });
    const judge = async () => {
      for (const { cluster } of watched) await detection.afterScan(cluster);
    };
    const judged: Cost[] = [];
    for (let minute = 0; minute < WARM_UP + MINUTES; minute++, now += MINUTE) {
      for (const cluster of watched) await writeMinute(store, cluster, now);
      const cost = await costOf(judge);
      if (minute >= WARM_UP) judged.push(cost);
    }

    const some = watched.slice(0, REFRESHED_CLUSTERS);
    for (const hpa of some.flatMap(({ hpas }) => hpas)) detection.relearn(hpa);
    const refreshing = await costOf(async () => {
      // A turn of learning is cut off after some seconds; what is due is learned after the next scans.
      for (let turn = 0; turn < MOST_TURNS; turn++) for (const { cluster } of some) await detection.afterScan(cluster);
    });
    for (const { cluster } of some) await assertLearnedAt(store, cluster, now);
    return [
      {
        row: 'judging',
        hpas: fleet.hpas,
        minutes: MINUTES,
        cpu_ms_a_minute: judged.map(({ cpuMs }) => Math.round(cpuMs)),
        ms_a_minute: judged.map(({ ms }) => Math.round(ms)),
        longest_stall_ms: Math.round(Math.max(...judged.map(({ longestStallMs }) => longestStallMs))),
        wanted_cpu_ms: 5_000,
      },
      {
        row: 'profiles refreshed',
        hpas: some.flatMap(({ hpas }) => hpas).length,
        cpu_ms: Math.round(refreshing.cpuMs),
        longest_stall_ms: Math.round(refreshing.longestStallMs),
        wanted_stall_ms: 50,
      },
    ];
  } finally {
    await learning.close();
    await store.close();
    rmSync(dir, { recursive: true });
  }
}

/** @throws Error where a profile is not of this instant */
async function assertLearnedAt(store: Store, cluster: string, now: number): Promise<void> {
  for (const { profile } of await store.detectorStates(cluster))
    if (!profile?.startsWith(`{"learnedAt":${now},`)) throw new Error(`${cluster}: a profile was not learned anew`);
}

async function watchedIn(store: Store, cluster: string): Promise<Watched> {
  const hpas = await store.hpasOfCluster(cluster);
  const last = new Map<number, Sample>();
  for (const { id, scannedUntil } of hpas) {
    const [sample] = await store.readSeries(id, { from: scannedUntil ?? 0, to: scannedUntil ?? 0 });
    if (sample) last.set(id, sample);
  }
  return { cluster, hpas, last };
}

/** As a scan writes it: each HPA goes on as it stood. */
const writeMinute = (store: Store, { hpas, last }: Watched, now: number): Promise<unknown> => {
  const ts = now - (now % MINUTE);
  return store.writeSamples({
    now,
    isBaseline: false,
    samples: hpas.flatMap(({ id }) => {
      const sample = last.get(id);
      return sample ? [{ hpaId: id, samples: [{ ...sample, ts }] }] : [];
    }),
    cursors: hpas.map(({ id }) => ({ hpaId: id, scannedUntil: ts })),
  });
};
