import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, cpSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { giveTo, type CellRig } from './cell-rig.ts';
import { pause, type CellFault } from './fault.ts';

const NOBODY = 65_534;
/** Holds the prepared database, and little more. */
const SMALL_DISK_MB = 48;
const fileOf = (rig: CellRig): string => join(rig.dataDir, 'monitoring.db');
const fillerOf = (rig: CellRig): string => join(rig.dataDir, 'filler');

/** The data directory becomes a small file system of its own. */
function mountSmallDisk(rig: CellRig): void {
  const aside = `${rig.dataDir}.aside`;
  cpSync(rig.dataDir, aside, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MB}m`, 'tmpfs', rig.dataDir]);
  rig.onStop(() => execFileSync('umount', ['-l', rig.dataDir]));
  cpSync(aside, rig.dataDir, { recursive: true });
  rmSync(aside, { recursive: true });
}

function fillDisk(rig: CellRig): void {
  // What the log has taken already it could go on using.
  withDatabase(rig, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
  const fd = openSync(fillerOf(rig), 'w');
  try {
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) writeAll(fd, Buffer.alloc(size));
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, block: Buffer): void {
  try {
    for (;;) if (writeSync(fd, block) < block.length) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function withDatabase<T>(rig: CellRig, run: (db: Database.Database) => T): T {
  const db = new Database(fileOf(rig), { timeout: 5_000 });
  try {
    return run(db);
  } finally {
    db.close();
  }
}

const lockers = new WeakMap<CellRig, Database.Database>();
function lock(rig: CellRig): void {
  const db = new Database(fileOf(rig), { timeout: 5_000 });
  db.exec('BEGIN IMMEDIATE');
  lockers.set(rig, db);
}
function unlock(rig: CellRig): void {
  const db = lockers.get(rig);
  db?.exec('ROLLBACK');
  db?.close();
}

function takeRights(rig: CellRig): void {
  for (const name of readdirSync(rig.dataDir)) {
    chownSync(join(rig.dataDir, name), 0, 0);
    chmodSync(join(rig.dataDir, name), 0o444);
  }
  chownSync(rig.dataDir, 0, 0);
  chmodSync(rig.dataDir, 0o555);
}
function giveRights(rig: CellRig): void {
  chmodSync(rig.dataDir, 0o700);
  for (const name of readdirSync(rig.dataDir)) chmodSync(join(rig.dataDir, name), 0o600);
  giveTo(rig.dataDir, NOBODY);
}

/** Garbage over most of the file, as a disk does that loses sectors; the log is gone with them. */
async function crashAndSpoil(rig: CellRig): Promise<void> {
  await rig.agent().kill();
  for (const end of ['-wal', '-shm']) rmSync(fileOf(rig) + end, { force: true });
  const { size } = statSync(fileOf(rig));
  const fd = openSync(fileOf(rig), 'r+');
  for (let at = 4_096; at < size; at += 8_192) writeSync(fd, Buffer.alloc(4_096, 0xa5), 0, 4_096, at);
  closeSync(fd);
}

export const MACHINE_FAULTS: CellFault[] = [
  {
    name: 'disk-full',
    what: 'no byte is free where the database is',
    worst: 'retention',
    says: /no space left.*free some/,
    needsPerson: true,
    needsRoot: true,
    prepare: mountSmallDisk,
    begin: fillDisk,
    end: (rig) => rmSync(fillerOf(rig)),
  },
  {
    name: 'db-locked',
    what: 'another process holds the write lock for 12 s',
    worst: 'notification',
    says: /Another process holds the database/,
    needsPerson: true,
    lastsMs: 12_000,
    begin: lock,
    end: unlock,
  },
  {
    name: 'dir-read-only',
    what: 'the data directory and its files become read-only for the agent (uid 65534), and kubectl ends',
    worst: 'scan',
    says: /cannot be written|not writable/,
    needsPerson: true,
    needsRoot: true,
    uid: NOBODY,
    begin(rig) {
      takeRights(rig);
      rig
        .agent()
        .forwards()
        .forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    },
    end: giveRights,
  },
  {
    name: 'dir-read-only-start',
    what: 'the agent (uid 65534) is started on a data directory it may only read: it says so and ends; started again when it may write',
    worst: 'idle',
    says: null,
    needsRoot: true,
    uid: NOBODY,
    async begin(rig) {
      await rig.agent().stop();
      takeRights(rig);
      const said = await rig.start().then(
        () => 'it started',
        (error: Error) => error.message,
      );
      rig.say(said);
      if (!/cannot be written.*must belong to the user/.test(said)) throw new Error(`not told: ${said}`);
    },
    async end(rig) {
      giveRights(rig);
      await rig.start();
    },
  },
  {
    name: 'clock-ahead',
    what: "the agent's clock is an hour ahead, then right again",
    worst: 'scan',
    says: null,
    begin: (rig) => rig.clock.setError(HOUR),
    end: (rig) => rig.clock.setError(0),
  },
  {
    name: 'clock-behind',
    what: "the agent's clock is an hour behind, then right again",
    worst: 'notification',
    says: null,
    begin: (rig) => rig.clock.setError(-HOUR),
    end: (rig) => rig.clock.setError(0),
  },
  {
    name: 'agent-killed',
    what: 'the agent is killed (SIGKILL) at a random moment, and started again after 3 s',
    worst: 'notification',
    says: null,
    lastsMs: 3_000,
    async begin(rig) {
      await pause(Math.random() * 600);
      await rig.agent().kill();
    },
    end: (rig) => rig.start(),
  },
  {
    name: 'agent-stopped',
    what: 'the agent is stopped (SIGSTOP) for 3 s in which its clock goes on by 10 min',
    worst: 'backfill',
    says: null,
    lastsMs: 3_000,
    minutes: 0,
    begin: (rig) => void process.kill(rig.agent().pid, 'SIGSTOP'),
    end(rig) {
      rig.clock.step(10 * MINUTE);
      process.kill(rig.agent().pid, 'SIGCONT');
    },
  },
  {
    name: 'agent-stopped-long',
    what: 'the agent is stopped (SIGSTOP) for ten minutes by the clock on the wall',
    worst: 'scan',
    says: null,
    byHand: true,
    lastsMs: 600_000,
    minutes: 0,
    begin: (rig) => void process.kill(rig.agent().pid, 'SIGSTOP'),
    end: (rig) => void process.kill(rig.agent().pid, 'SIGCONT'),
  },
  {
    name: 'db-corrupt',
    what: 'every other page of the database is garbage when the agent starts after a crash',
    worst: 'idle',
    says: null,
    lastsMs: 1_000,
    begin: crashAndSpoil,
    end: (rig) => rig.start(),
  },
];
