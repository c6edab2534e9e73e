import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { openPostgresStore } from '../../../agent/src/storage/postgres/postgres-store.ts';
import { openSqliteStore } from '../../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../../agent/src/storage/store.ts';
import { startPostgres } from '../../rig/postgres.ts';

/** A new empty database. */
export type OpenedStore = {
  store: Store;
  /** What a person who asks the database itself is answered. */
  query: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Opens the same database again. */
  reopen: () => Promise<Store>;
};
export type WithStore = (run: (store: Store, opened: OpenedStore) => Promise<void>) => Promise<void>;

type Backend = { open(now: () => number): Promise<OpenedStore>; stop(): Promise<void> };

export type BackendName = 'SQLite' | 'PostgreSQL' | 'PostgreSQL without partitions';

/** What each kind of database needs before the first test of a file. */
const BACKENDS: Record<BackendName, () => Promise<Backend>> = {
  SQLite() {
    const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-contract-'));
    let opened = 0;
    return Promise.resolve({
      async open(now) {
        const path = join(directory, `${(opened += 1)}.db`);
        const open = () => openSqliteStore({ path, now });
        return {
          store: await open(),
          reopen: open,
          query(sql) {
            const reader = new Sqlite(path, { readonly: true });
            const rows = reader.prepare<[], Record<string, unknown>>(sql).all();
            reader.close();
            return Promise.resolve(rows);
          },
        };
      },
      stop: () => Promise.resolve(rmSync(directory, { recursive: true, force: true })),
    });
  },
  PostgreSQL: () => postgres({}),
  // As on CockroachDB: no table of its own for each day.
  'PostgreSQL without partitions': () => postgres({ partitions: false }),
};

async function postgres(options: { partitions?: boolean }): Promise<Backend> {
  const server = await startPostgres();
  return {
    async open(now) {
      const url = await server.createDatabase();
      const open = () => openPostgresStore({ url, now, connections: 4, ...options });
      const name = new URL(url).pathname.slice(1);
      return { store: await open(), reopen: open, query: (sql) => server.query(sql, name) };
    },
    stop: () => server.destroy(),
  };
}

/**
 * The contract of Store, for each database that there is. `write` gets what opens a new store for one test, and whether days go as a whole
 * (then rows may stay up to a day longer than retention asks).
 */
export function describeStores(
  now: () => number,
  write: (withStore: WithStore, traits: { dropsWholeDays: boolean }) => void,
  names: readonly BackendName[] = ['SQLite', 'PostgreSQL'],
): void {
  describe.each(names)('%s', (name) => {
    let backend: Backend | null = null;
    beforeAll(async () => {
      backend = await BACKENDS[name]();
    }, 60_000);
    afterAll(() => backend?.stop());
    const withStore: WithStore = async (run) => {
      if (backend === null) throw new Error(`${name} did not start`);
      const opened = await backend.open(now);
      try {
        await run(opened.store, opened);
      } finally {
        await opened.store.close();
      }
    };
    write(withStore, { dropsWholeDays: name !== 'SQLite' });
  });
}
