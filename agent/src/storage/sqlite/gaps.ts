import type { Database } from 'better-sqlite3';
import { addMinutes, removeMinutes, type Minutes } from '../minutes.ts';
import type { Gap } from '../store.ts';

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
