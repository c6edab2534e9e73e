import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';

const WRITER = fileURLToPath(new URL('../rig/storage-writer.ts', import.meta.url));
const START = Date.UTC(2026, 0, 5);
const KILLS = 10;

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hpa-watch-storage-'));
  path = join(directory, 'monitoring.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the writer until it acknowledged `count` enrolments, kills it in the middle of the next, answers what it acknowledged. */
async function killAfter(count: number, prefix: string): Promise<string[]> {
  const child = spawn(process.execPath, ['--no-warnings', WRITER, path, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > count) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  // The last line may be cut off in the middle: only whole lines were acknowledged.
  return printed.split('\n').slice(0, -1);
}

test('a process killed while it writes leaves a whole database with every acknowledged enrolment', async () => {
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    acknowledged.push(...(await killAfter(3 + kill * 4, `run${kill}`)));
    const db = new Sqlite(path);
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const enrolled = new Set(db.prepare('SELECT name FROM hpa').pluck().all());
    expect(acknowledged.filter((name) => !enrolled.has(name))).toEqual([]);
    const counted = db.prepare("SELECT value FROM counter WHERE name = 'samples'").pluck().get();
    expect(counted).toBe(db.prepare('SELECT COUNT(*) FROM stored_sample').pluck().get());
    db.close();
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS * 10);
});

test('readers of the view never stop the writer, nor the writer them', async () => {
  const store = await openSqliteStore({ path, now: () => START, busyTimeoutMs: 0 });
  const [enrolled] = await store.enrol([{ cluster: 'a', namespace: 'b', hpa: 'c' }], START);
  const hpaId = enrolled?.hpa.id ?? 0;
  const write = (minute: number) => {
    const sample = { ...emptySample(START + minute * MINUTE), cpuCurrent: minute };
    return store.writeSamples({ now: START, isBaseline: false, samples: [{ hpaId, samples: [sample] }] });
  };
  await write(0);
  const reader = new Sqlite(path, { readonly: true, timeout: 0 });
  const count = reader.prepare('SELECT COUNT(*) FROM hpa_snapshots').pluck();
  reader.exec('BEGIN');
  const seen = [count.get()];
  for (let minute = 1; minute <= 50; minute++) {
    await write(minute);
    seen.push(count.get());
  }
  reader.exec('COMMIT');
  // One transaction sees one state, however much is written meanwhile.
  expect(new Set(seen)).toEqual(new Set([1]));
  expect(count.get()).toBe(51);
  reader.close();
  await store.close();
});

test('the view answers one HPA by the key, and a count without looking at targets', async () => {
  const store = await openSqliteStore({ path, now: () => START });
  await store.close();
  const db = new Sqlite(path, { readonly: true });
  const plan = (sql: string) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail).join('\n');
  const one = plan("SELECT * FROM hpa_snapshots WHERE cluster = 'a' AND namespace = 'b' AND hpa_name = 'c'");
  expect(one).toContain('SEARCH s USING PRIMARY KEY (hpa_id=?)');
  expect(one).toContain('SEARCH s USING PRIMARY KEY (ts=? AND hpa_id=?)');
  expect(one).not.toContain('SCAN');
  expect(plan('SELECT COUNT(*) FROM hpa_snapshots WHERE is_baseline = 1')).not.toContain('CORRELATED');
  db.close();
});
