import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'node:net';
import type pg from 'pg';
import { AgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { createPool, IDLE_MS, placeOf, STATEMENT_MS } from './connection.ts';
import { isConflict, isRefusal, postgresError } from './faults.ts';
import { sqlOf, transactionOf, type Sql } from './sql.ts';
import { createTurns } from './turns.ts';

/**
 * Who wants a write: the agent, for what it has collected, judged or told (only the owner of a cluster may), or a person, whose request any agent takes.
 */
export type Writer = 'agent' | 'person';

/**
 * Runs first in each transaction that writes, with the clusters that it concerns (none: it concerns no particular one). What it throws
 * refuses the transaction: AgentError `storage/fenced` where this agent is no longer the owner. It may lock rows; they stay locked until the end of
 * the transaction, so that nobody else becomes the owner meanwhile.
 */
export type WriteGuard = (sql: Sql, clusters: readonly string[], by: Writer) => Promise<void>;

export type DatabaseOptions = { url: string; logger?: Logger; guard?: WriteGuard; connections?: number };

export type PostgresDatabase = {
  /** host:port/database */
  where: string;
  /** Statements of which each sees the data as it is then. */
  read: <T>(run: (sql: Sql) => Promise<T>) => Promise<T>;
  /** Statements that all see the data of one instant. */
  snapshot: <T>(run: (sql: Sql) => Promise<T>) => Promise<T>;
  /**
   * One transaction, guarded. Those of one cluster are done in the order they were asked for. `run` runs again where the database asks for it
   * (a conflict), so it must have no effect but on the database.
   */
  write: <T>(clusters: readonly string[], by: Writer, run: (sql: Sql) => Promise<T>) => Promise<T>;
  /** One transaction without a guard and out of turn: coordination itself, migrations, partitions. */
  transaction: <T>(run: (sql: Sql) => Promise<T>) => Promise<T>;
  /** A call of several of these: it is refused after the closing, and one made before is still done. */
  asked: <T>(run: () => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

const CONNECTIONS = 10;
const TRIES = 5;
/** The agent has 5 s to stop; a database that is frozen must not take them. */
const CLOSE_MS = 1_500;
// SET LOCAL, since a pooler may give the next transaction another connection.
const limits = [
  `SET LOCAL statement_timeout = ${STATEMENT_MS}`,
  `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`,
];
const BEGIN = ['BEGIN', ...limits];
const BEGIN_SNAPSHOT = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ...limits];

/** The connections to one database. Everything rejects with AgentError; `storage/unreachable` and `storage/busy` may be tried again. */
export function openDatabase({ url, logger, guard, connections = CONNECTIONS }: DatabaseOptions): PostgresDatabase {
  const where = placeOf(url);
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const pool = createPool({ url, connections, onSocket });
  const tellEnd = (error: Error) =>
    logger?.debug({ err: postgresError(error, where) }, 'a connection to the database ended');
  // One that nobody uses was cut: the pool has dropped it already.
  pool.on('error', tellEnd);
  // One in use tells it twice, to whoever waits for an answer and to everybody; unheard, that would end the process.
  pool.on('connect', (client) => client.on('error', tellEnd));
  const inTurn = createTurns();
  const running = new Set<Promise<unknown>>();
  const active = new Set<pg.PoolClient>();
  let closing: Promise<void> | null = null;
  let abandon: (reason: AgentError) => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => (abandon = reject));
  abandoned.catch(() => undefined);

  /** A server that is frozen takes connections and never gets to them: who waits for one is told when the store is closed. */
  const connect = (): Promise<pg.PoolClient> => {
    const connecting = pool.connect();
    return Promise.race([connecting, abandoned]).catch((error: unknown) => {
      connecting.then(
        (client) => client.release(true),
        () => undefined,
      );
      throw error;
    });
  };

  const counted = async <T>(run: () => Promise<T>): Promise<T> => {
    const call = run();
    running.add(call);
    try {
      return await call;
    } finally {
      running.delete(call);
    }
  };

  const withClient = async <T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    if (pool.ending) throw closed();
    let client: pg.PoolClient | null = null;
    let isSound = true;
    try {
      client = await connect();
      active.add(client);
      return await run(client);
    } catch (error) {
      isSound = isRefusal(error);
      throw postgresError(error, where);
    } finally {
      if (client !== null) active.delete(client);
      client?.release(!isSound);
    }
  };

  const attempt = <T>(begin: readonly string[], run: (sql: Sql) => Promise<T>): Promise<T> =>
    withClient(async (client) => {
      const { sql, commit, rollback } = transactionOf(client, begin);
      try {
        const value = await run(sql);
        await commit();
        return value;
      } catch (error) {
        // Where the connection is gone, so is the transaction.
        if (isRefusal(error)) await rollback();
        throw error;
      }
    });

  const inTransaction = async <T>(begin: readonly string[], run: (sql: Sql) => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(begin, run);
      } catch (error) {
        if (tried >= TRIES || !isConflict((error as AgentError).cause)) throw error;
      }
    }
  };

  const close = async (): Promise<void> => {
    await Promise.race([Promise.allSettled(running), delay(CLOSE_MS, undefined, { ref: false })]);
    // Still at it: the server does not answer. pg destroys a connection that is in the middle of a statement.
    for (const client of active) void (client as unknown as pg.Client).end();
    abandon(closed());
    await Promise.race([pool.end(), delay(CLOSE_MS, undefined, { ref: false })]);
    // Those that are still on their way to a frozen server would keep the process from ending.
    for (const socket of sockets) socket.destroy();
  };

  return {
    where,
    read: (run) => counted(() => withClient((client) => run(sqlOf(client)))),
    snapshot: (run) => counted(() => inTransaction(BEGIN_SNAPSHOT, run)),
    transaction: (run) => counted(() => inTransaction(BEGIN, run)),
    write: (clusters, by, run) =>
      counted(() =>
        inTurn(clusters, () =>
          inTransaction(BEGIN, async (sql) => {
            // Asked first and answered with the first statement of `run`. Whatever that did is undone where the guard refuses.
            const [told, done] = await Promise.allSettled([guard?.(sql, clusters, by), run(sql)]);
            if (told.status === 'rejected') throw told.reason;
            if (done.status === 'rejected') throw done.reason;
            return done.value;
          }),
        ),
      ),
    asked: (run) => (closing === null ? counted(run) : Promise.reject(closed())),
    close: () => (closing ??= close()),
  };
}

const closed = (): AgentError => new AgentError('storage/closed', 'The store was closed.');
