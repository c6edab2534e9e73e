import { DAY, floorTo, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { QUEUED_BASELINE } from '../../agent/src/domain/baseline.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { anomaly, draft } from '../../agent/src/storage/anomaly.fixture.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';

/**
 * Everything that an agent writes, as fast as the store takes it, until it is killed: enrolments, mutes, scans with their gaps, histories,
 * anomalies with notifications, deliveries, retention. Prints a line for what was acknowledged: `enrolled NAME`, `muted NAME UNTIL`,
 * `anomaly ID`, `settled ID`.
 */
const [path = '', prefix = ''] = process.argv.slice(2);
const store = await openSqliteStore({ path, now: Date.now, check: 'quick' });
const tell = (line: string) => process.stdout.write(`${line}\n`);
const begun = Date.now();
const now = floorTo(begun, MINUTE);
const known: { id: number; hpa: string }[] = (await store.hpasOfCluster('a')).map(({ id, hpa }) => ({ id, hpa }));
const some = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];
const row = (ts: number, n: number): Sample => ({
  ...emptySample(ts),
  cpuCurrent: n / 7,
  replicasCurrent: n % 9,
  cpuTarget: n % 5,
});

async function enrol(n: number): Promise<void> {
  const hpa = `${prefix}-${n}`;
  const [enrolled] = await store.enrol([{ cluster: 'a', namespace: 'b', hpa }], now);
  tell(`enrolled ${hpa}`);
  known.push({ id: enrolled?.hpa.id ?? 0, hpa });
}

async function mute(n: number): Promise<void> {
  const chosen = some(known);
  if (!chosen) return;
  // Ever later, from life to life: what was acknowledged may only be followed by something greater.
  const mutedUntil = begun + n;
  await store.patchHpa(chosen.id, { mutedUntil });
  tell(`muted ${chosen.hpa} ${mutedUntil}`);
}

async function scan(n: number): Promise<void> {
  const at = now + n * MINUTE;
  const hpas = known.slice(-50);
  await store.writeSamples({
    now: at,
    isBaseline: false,
    samples: hpas.map(({ id }) => ({ hpaId: id, samples: [row(at - MINUTE, n), row(at, n)] })),
    cursors: hpas.map(({ id }) => ({ hpaId: id, scannedUntil: at })),
    openGaps: hpas.slice(0, 3).map(({ id }) => ({ hpaId: id, from: at - 9 * MINUTE, to: at - 5 * MINUTE })),
    closeGaps: hpas.slice(0, 3).map(({ id }) => ({ hpaId: id, from: at - 8 * MINUTE, to: at - 7 * MINUTE })),
  });
}

/** Old enough that retention has something to thin and to delete. */
async function backfill(n: number): Promise<void> {
  const chosen = some(known.slice(0, 20));
  if (!chosen) return;
  const from = now - (n % 30) * DAY - 12 * HOUR;
  const samples = Array.from({ length: 720 }, (_, m) => row(from + m * MINUTE, m));
  await store.writeSamples({ now, isBaseline: true, samples: [{ hpaId: chosen.id, samples }] });
  const status = { ...QUEUED_BASELINE, state: 'ready' as const, progress: 100, attempts: 1, readyAt: now };
  await store.saveBaseline([{ hpaId: chosen.id, status }]);
}

async function depart(n: number): Promise<void> {
  const chosen = some(known);
  if (!chosen) return;
  const id = `${prefix}-anomaly-${n}`;
  const at = begun + n;
  const times = { startedAt: at, lastSeenAt: at, endedAt: at + 1, firedAt: at };
  const open = anomaly(chosen.id, id, { ...times, endedAt: null });
  const states = [{ hpaId: chosen.id, state: JSON.stringify({ judge: {}, anomalies: [] }), updatedAt: now }];
  const told = draft('hook', { subject: id }, { topic: id, decidedAt: now + n });
  await store.saveAnomalies({ anomalies: [open], notifications: [told], states });
  await store.saveAnomalies({ anomalies: [{ ...open, ...times, state: 'resolved' }] });
  tell(`anomaly ${id}`);
}

async function deliver(): Promise<void> {
  const { items } = await store.dueNotifications('hook', Date.now() + DAY, 5);
  for (const { id } of items) {
    await store.settleNotification(id, { kind: 'sent' });
    tell(`settled ${id}`);
  }
}

const retain = () => store.retain({ minutesMs: 7 * DAY, totalMs: 14 * DAY }, now, 25);

// What an earlier life left open in the middle of its work.
const left = (await store.openAnomalies()).map((open) => ({
  ...open,
  state: 'resolved' as const,
  endedAt: open.lastSeenAt,
}));
await store.saveAnomalies({ anomalies: left });
await enrol(0);
const forever = async (work: (n: number) => Promise<unknown>) => {
  for (let n = 1; ; n++) await work(n);
};
await Promise.all([enrol, mute, scan, backfill, depart, deliver, retain].map(forever));
