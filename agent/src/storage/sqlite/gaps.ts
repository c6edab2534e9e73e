import type { Database } from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import type { Gap } from '../store.ts';

export type Minutes = { from: number; to: number };

/** The gaps with `added` among them; gaps that overlap or touch become one. Ascending, like what comes in. */
export function addMinutes(gaps: readonly Minutes[], added: Minutes): Minutes[] {
  if (added.to < added.from) return [...gaps];
  const touches = ({ from, to }: Minutes) => from <= added.to + MINUTE && to >= added.from - MINUTE;
  const joined = gaps.filter(touches);
  const union = {
    from: Math.min(added.from, ...joined.map(({ from }) => from)),
    to: Math.max(added.to, ...joined.map(({ to }) => to)),
  };
  return [...gaps.filter((gap) => !touches(gap)), union].sort((a, b) => a.from - b.from);
}

/** The gaps without the minutes of `removed`: a gap may vanish, shrink or split. */
export function removeMinutes(gaps: readonly Minutes[], removed: Minutes): Minutes[] {
  if (removed.to < removed.from) return [...gaps];
  return gaps.flatMap(({ from, to }) => {
    if (to < removed.from || from > removed.to) return [{ from, to }];
    const left = { from, to: Math.min(to, removed.from - MINUTE) };
    const right = { from: Math.max(from, removed.to + MINUTE), to };
    return [left, right].filter((part) => part.from <= part.to);
  });
}

export function gapStatements(db: Database) {
  const ofHpa = db.prepare<[number], Minutes>(
    'SELECT from_ts AS "from", to_ts AS "to" FROM gap WHERE hpa_id = ? ORDER BY from_ts',
  );
  const ofCluster = db.prepare<[string], Gap>(
    `SELECT g.hpa_id AS "hpaId", g.from_ts AS "from", g.to_ts AS "to" FROM gap g JOIN hpa h ON h.id = g.hpa_id
     WHERE h.cluster = ? AND h.enrolled = 1 ORDER BY g.to_ts DESC, g.from_ts DESC, g.hpa_id`,
  );
  const clear = db.prepare<[number]>('DELETE FROM gap WHERE hpa_id = ?');
  const insert = db.prepare<[number, number, number]>('INSERT INTO gap (hpa_id, from_ts, to_ts) VALUES (?, ?, ?)');

  const change = (hpaId: number, next: (gaps: Minutes[]) => Minutes[]) => {
    const before = ofHpa.all(hpaId);
    const after = next(before);
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    clear.run(hpaId);
    for (const { from, to } of after) insert.run(hpaId, from, to);
  };
  return {
    openGap: ({ hpaId, ...minutes }: Gap): void => change(hpaId, (gaps) => addMinutes(gaps, minutes)),
    closeGap: ({ hpaId, ...minutes }: Gap): void => change(hpaId, (gaps) => removeMinutes(gaps, minutes)),
    openGaps: (cluster: string): Gap[] => ofCluster.all(cluster),
  };
}
