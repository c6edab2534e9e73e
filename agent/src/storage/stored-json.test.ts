import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { draft } from './anomaly.fixture.ts';
import { enrolMany, withDatabase } from './sqlite/database.fixture.ts';

/** As a person or a failing disk would leave it. */
function overwrite(path: string, sql: string): void {
  const db = new Sqlite(path);
  db.exec(sql);
  db.close();
}

test('a message that cannot be read holds up nobody: the others are sent', () =>
  withDatabase((database, path) => {
    database.enqueueNotifications(['a', 'b', 'c'].map((subject) => draft('r', { subject })));
    overwrite(path, `UPDATE notification SET message = '{' WHERE subject = 'a'`);
    overwrite(
      path,
      `UPDATE notification SET message = '{}' WHERE subject = 'b'; UPDATE notification_mark SET message = ''`,
    );
    expect(database.dueNotifications('r', 1e13, 10).items.map(({ message }) => message.subject)).toEqual(['c']);
    expect(database.activeNotifications('r')).toEqual([]);
  }));

test('what can be learned again reads as nothing known; a cluster says that it cannot be read', () =>
  withDatabase((database, path) => {
    enrolMany(database, 1);
    database.saveCluster({ name: 'lab', definition: { context: 'lab' }, lane: 0, place: 0, createdAt: 1 });
    overwrite(path, `UPDATE hpa SET metrics = '[{"target":1e999}]', baseline_columns = 'x'`);
    overwrite(path, `UPDATE cluster SET definition = '{"prometheusUrl":"file:///etc/passwd"}'`);
    expect(database.hpasOfCluster('c')).toMatchObject([{ metrics: [], baseline: { columns: {} } }]);
    expect(database.listClusters()).toMatchObject([{ name: 'lab', definition: null, isUnreadable: true }]);
  }));
