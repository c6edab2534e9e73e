import type { Database } from 'better-sqlite3';

/**
 * What people asked for and nobody can give again: answered only when it is on the disk. With `synchronous=NORMAL` a commit is safe
 * from the end of the process at once, but from a power cut only after the next checkpoint. What comes from Prometheus may wait
 * for that, since it is read again; these few calls may not, and an fsync each costs nothing that counts.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export const LASTING_METHODS = [
  'saveCluster',
  'removeCluster',
  'enrol',
  'patchHpa',
  'removeHpa',
  'patchAnomaly',
  'addExclusion',
  'acceptNewNormal',
] as const;

/** Runs `fn`, whose transactions are on the disk when it returns; not inside a transaction. */
export function lasting<T>(db: Database, fn: () => T): T {
  db.pragma('synchronous = FULL');
  try {
    return fn();
  } finally {
    db.pragma('synchronous = NORMAL');
  }
}

/** `methods`, those named made lasting; `after` runs when one of them has succeeded. */
export function withLastingWrites<M extends object>(
  db: Database,
  methods: M,
  names: readonly (keyof M)[],
  after: () => void,
): M {
  const wrap =
    (method: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      const value = lasting(db, () => method(...args));
      after();
      return value;
    };
  const wrapped = names.map((name) => [name, wrap(methods[name] as (...args: unknown[]) => unknown)]);
  return { ...methods, ...(Object.fromEntries(wrapped) as Partial<M>) };
}
