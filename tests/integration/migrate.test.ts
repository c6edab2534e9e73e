import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { openPostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import type { Store } from '../../agent/src/storage/store.ts';
import { runCommand } from '../rig/command.ts';
import { everythingIn, filledDirectory, NOW, scan } from '../rig/migrate-rig.ts';
import { eventually } from '../rig/notify-rig.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const HPAS = 24;
const MINUTES = 4_000;

let server: RealPostgres | null = null;
/** The agent that goes on writing to the data directory meanwhile. */
let store: Store;
let dir = '';
beforeAll(async () => {
  server = await startPostgres();
  ({ dir, store } = await filledDirectory(HPAS, MINUTES));
}, 90_000);
afterAll(async () => {
  await Promise.all([(store as Store | undefined)?.close(), server?.destroy()]);
  if (dir !== '') rmSync(dir, { recursive: true, force: true });
});

const rig = (): RealPostgres => {
  if (server === null) throw new Error('PostgreSQL did not start');
  return server;
};
const args = (url: string) => [
  ...['migrate', '--from', 'sqlite', '--to', 'postgres'],
  ...['--data-dir', dir, '--database-url', url],
];
/** By table: rows there, rows here, written now. */
const tableIn = (stdout: string): Record<string, number[]> =>
  Object.fromEntries(
    stdout.split('\n').flatMap((line) => {
      const [, name, ...counts] = /^(\w+) +(\d+) +(\d+) +(\d+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, counts.map(Number)]];
    }),
  );
async function contentOf(url: string) {
  const opened = await openPostgresStore({ url, now: () => NOW, connections: 4 });
  try {
    return await everythingIn(opened);
  } finally {
    await opened.close();
  }
}
const cleaned = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '\uFFFD'));

let url = '';
test('killed in the middle while an agent writes, begun again and run a last time after the agent has stopped: all is there, once', async () => {
  url = await rig().createDatabase();
  const name = new URL(url).pathname.slice(1);
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'agent/dist/cli.js'), ...args(url)], {
    env: { PATH: process.env.PATH, HOME: dir },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const copied = () =>
    rig()
      .query<{ rows: string }>(
        "SELECT COALESCE(SUM(rows), 0) AS rows FROM migration_chunk WHERE table_name = 'sample'",
        name,
      )
      .then(
        ([row]) => Number(row?.rows),
        () => 0,
      );
  expect(await eventually(copied, (rows) => rows > 0, 60_000)).toBeGreaterThan(0);
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  const atKill = await copied();
  // An agent that began to write into this half could not be merged with the other.
  await expect(openPostgresStore({ url, now: () => NOW })).rejects.toMatchObject({ code: 'storage/exists' });
  expect(atKill).toBeLessThan(HPAS * MINUTES);

  const ids = (await store.listHpas({ limit: 1_000 })).items.map(({ id }) => id);
  await scan(store, ids, NOW + MINUTE);
  const second = await runCommand(args(url));
  expect(second).toMatchObject({ code: 0, stderr: '' });
  // The hour in which the agent has written since is copied again, and no more.
  const [inSource = 0, inTarget = 0, written = 0] = tableIn(second.stdout).sample ?? [];
  expect(inTarget).toBe(inSource);
  expect(written).toBeLessThan(inSource);
  expect(written).toBeGreaterThanOrEqual(inSource - atKill);

  await scan(store, ids, NOW + 2 * MINUTE);
  await store.removeHpa(ids[5] ?? 0, { purge: true });
  await store.patchAnomaly('open3', { acknowledgedAt: NOW });
  const third = await runCommand(args(url));
  expect(third).toMatchObject({ code: 0, stderr: '' });
  const counts = tableIn(third.stdout);
  for (const [there, here] of Object.values(counts)) expect(here).toBe(there);
  // Of each HPA the day of its newest minute.
  expect(counts.sample?.[2]).toBeLessThanOrEqual(HPAS * 24 * 60);
  expect(counts.notification_mark?.[2]).toBe(0);
  expect(cleaned(await contentOf(url))).toEqual(cleaned(await everythingIn(store)));

  const fourth = await runCommand(args(url));
  expect(Object.values(tableIn(fourth.stdout)).map(([, , now]) => now)).toEqual(Array(12).fill(0));
}, 120_000);

test('what was read back and is not what was copied is told, and mended by the next run', async () => {
  const name = new URL(url).pathname.slice(1);
  await rig().query('UPDATE migration_chunk SET verified = 0', name);
  await rig().query(
    'UPDATE sample SET cpu_current = cpu_current + 0.25 WHERE (hpa_id, ts) IN (SELECT hpa_id, MAX(ts) FROM sample GROUP BY hpa_id ORDER BY hpa_id LIMIT 1)',
    name,
  );
  const found = await runCommand(args(url));
  expect(found.code).toBe(1);
  expect(found.stderr).toMatch(/"sample" of the HPA 1 is not what was copied: run the migration again/);
  expect(await runCommand(args(url))).toMatchObject({ code: 0 });
  expect(cleaned((await contentOf(url)).series)).toEqual(cleaned((await everythingIn(store)).series));
}, 60_000);

test('what an agent does afterwards goes on where the data directory was, and cannot be undone by one more run', async () => {
  const opened = await openPostgresStore({ url, now: () => NOW, connections: 4 });
  const [passed] = await store.enrol([{ cluster: 'a', namespace: 'n', hpa: 'next' }], NOW);
  const [made] = await opened.enrol([{ cluster: 'a', namespace: 'n', hpa: 'next' }], NOW);
  expect(made?.hpa.id).toBe(passed?.hpa.id);
  const since = (await opened.anomalyChanges({ limit: 1 }, null)).revision;
  await opened.patchAnomaly('open4', { acknowledgedAt: 9 });
  const { changed } = await opened.anomalyChanges({ limit: 1 }, since);
  expect(changed?.items.map(({ id }) => id)).toEqual(['open4']);
  await opened.database.transaction((sql) =>
    sql.run("INSERT INTO cluster_lease (cluster, owner, fence, since, promised_to) VALUES ('a', NULL, 1, 0, NULL)"),
  );
  await opened.close();
  const refused = await runCommand(args(url));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/holds other data \(agents have begun to work with it\): nothing was changed/);
}, 60_000);

test('a database that holds anything else is refused, and left as it is', async () => {
  const other = await rig().createDatabase();
  const opened = await openPostgresStore({ url: other, now: () => NOW, connections: 2 });
  await opened.enrol([{ cluster: 'mine', namespace: 'n', hpa: 'h' }], NOW);
  const refused = await runCommand(args(other));
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/holds other data \(there are rows in its table "hpa"\): nothing was changed/);
  expect((await opened.listHpas({ limit: 9 })).items.map(({ hpa }) => hpa)).toEqual(['h']);
  await opened.close();
}, 60_000);

test.each([
  ['what is not known', ['migrate', '--from', 'mysql', '--to', 'postgres'], /Allowed choices are sqlite/],
  ['no database', ['migrate', '--from', 'sqlite', '--to', 'postgres'], /HPA_WATCH_DATABASE_URL/],
  [
    'a directory without a database',
    [
      ...['migrate', '--from', 'sqlite', '--to', 'postgres'],
      ...['--data-dir', '/nowhere', '--database-url', 'postgres://u@127.0.0.1:1/d'],
    ],
    /There is no database \/nowhere\/monitoring.db/,
  ],
])('%s is told in a sentence', async (_, given, sentence) => {
  const { code, stderr } = await runCommand(given);
  expect(code).toBe(1);
  expect(stderr).toMatch(sentence);
});
