import { readFileSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { DAY, HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import type { Store } from '../../../agent/src/storage/store.ts';
import { quantile, round, scanBatch, START, withDirectory, withStore } from './rows.ts';

const POLICY = { minutesMs: 7 * DAY, totalMs: 30 * DAY };
const SCAN_DELAY_MS = 20_000;
/** As the agent's own housekeeping asks. */
const HOLD_MS = 25;
const RETAIN_EVERY_MS = 6 * HOUR;
const READS = 1_000;
/** What else runs on the machine only ever adds: the quietest of so many rounds tells what reading takes by itself. */
const ROUNDS = 5;
const MOST_BYTES_A_ROW = 90;
const MOST_GB_A_THOUSAND = 1.8;

const ioOf = (name: 'wchar' | 'write_bytes'): number =>
  Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

/** Bytes of the file, its log and the log's index. */
const onDisk = (path: string): number =>
  ['', '-wal', '-shm'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);

/** Content of the rows of samples alone, bytes a row: keys and values as SQLite encodes them. */
function logicalBytesARow(path: string): number {
  const db = new Sqlite(path, { readonly: true });
  try {
    const query = "SELECT SUM(payload) * 1.0 / SUM(ncell) FROM dbstat WHERE name = 'sample' AND pagetype = 'leaf'";
    return db.prepare<[], number>(query).pluck().get() ?? NaN;
  } finally {
    db.close();
  }
}

/** By the minute as scans write them, each HPA with its cursor. */
async function write(store: Store, hpas: number, from: number, to: number): Promise<void> {
  for (let minute = from; minute < to; minute += MINUTE) {
    const samples = scanBatch(hpas, minute);
    const cursors = samples.map(({ hpaId }) => ({ hpaId, scannedUntil: minute }));
    await store.writeSamples({ now: minute + SCAN_DELAY_MS, samples, isBaseline: false, cursors });
  }
}

async function retain(store: Store, now: number): Promise<void> {
  for (;;) if ((await store.retain(POLICY, now, HOLD_MS)).done) return;
}

/** Thirty days of a fleet by the writer and the retention of the agent, faster than real time. */
export const month = (hpas: number, days = 30): Promise<object> =>
  withDirectory(async (path) => {
    const rows = (hpas * days * DAY) / MINUTE;
    const before = { wchar: ioOf('wchar'), disk: ioOf('write_bytes') };
    const startedAt = performance.now();
    const end = START + days * DAY;
    const left = await withStore(path, hpas, async (store) => {
      for (let from = START; from < end; from += RETAIN_EVERY_MS) {
        await write(store, hpas, from, from + RETAIN_EVERY_MS);
        await retain(store, from + RETAIN_EVERY_MS);
      }
      return { rows: (await store.counts()).total, bytes: onDisk(path) };
    });
    const written = { wchar: ioOf('wchar') - before.wchar, disk: ioOf('write_bytes') - before.disk };
    const logical = logicalBytesARow(path);
    const gbAThousand = (left.bytes / 1e9) * (1_000 / hpas);
    return {
      row: '30 days in two tiers',
      hpas,
      rows_written: rows,
      rows_left: left.rows,
      minutes_taken: round((performance.now() - startedAt) / MINUTE, 1),
      file_gb: round(left.bytes / 1e9, 3),
      bytes_a_row: round(left.bytes / left.rows, 1),
      gb_a_thousand_hpas: round(gbAThousand),
      at_most_gb: MOST_GB_A_THOUSAND,
      ok: gbAThousand <= MOST_GB_A_THOUSAND * (days / 30),
      logical_bytes_a_row: round(logical, 1),
      written_gb: round(written.wchar / 1e9, 1),
      to_the_device_gb: round(written.disk / 1e9, 1),
      write_amplification: round(written.wchar / (rows * logical), 1),
      kb_a_minute_an_hpa: round(written.wchar / rows / 1e3, 1),
    };
  });

/** Three days of one HPA by the minute, any HPA, from a store of so many rows. */
export const reading = (rows: number): Promise<object[]> => {
  const hpas = 2_000;
  const minutes = Math.round(rows / hpas);
  return withDirectory((path) =>
    withStore(path, hpas, async (store) => {
      const startedAt = performance.now();
      const end = START + minutes * MINUTE;
      await write(store, hpas, START, end);
      const insertMs = performance.now() - startedAt;
      const bytesARow = onDisk(path) / rows;
      const results: object[] = [
        {
          row: 'interleaved live inserts',
          rows,
          rows_a_second: Math.round(rows / (insertMs / 1_000)),
          bytes_a_row: round(bytesARow, 1),
          at_most: MOST_BYTES_A_ROW,
          ok: bytesARow <= MOST_BYTES_A_ROW,
        },
      ];
      for (const stepMs of [MINUTE, 5 * MINUTE]) {
        const took: number[] = [];
        const cpu: number[] = [];
        let read = 0;
        for (let i = 0; i < READS; i += 1) {
          // All over the fleet, never the same neighbour twice.
          const hpaId = ((i * 787) % hpas) + 1;
          const query = { from: end - 3 * DAY, to: end, ...(stepMs === MINUTE ? {} : { stepMs }) };
          const [at, cpuBefore] = [performance.now(), process.cpuUsage()];
          read = (await store.readSeries(hpaId, query)).length;
          took.push(performance.now() - at);
          const { user, system } = process.cpuUsage(cpuBefore);
          cpu.push((user + system) / 1_000);
        }
        const quietest = Math.min(
          ...Array.from({ length: ROUNDS }, (_, round) =>
            quantile(took.slice((round * READS) / ROUNDS, ((round + 1) * READS) / ROUNDS), 0.99),
          ),
        );
        results.push({
          row: `three days of one HPA, a row each ${stepMs / MINUTE} min`,
          rows_in_store: rows,
          rows_read: read,
          p50_ms: round(quantile(took, 0.5)),
          p99_ms: round(quantile(took, 0.99)),
          p99_of_the_quietest_round_ms: round(quietest),
          // Of all threads; what waiting for a busy machine adds is not in it.
          p99_cpu_ms: round(quantile(cpu, 0.99)),
          at_most_ms: 15,
          ok: quietest <= 15,
        });
      }
      return results;
    }),
  );
};
