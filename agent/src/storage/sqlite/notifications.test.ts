import { expect, test } from '@jest/globals';
import type { Severity } from '../../domain/anomaly.ts';
import type { NotificationEvent } from '../../domain/notification.ts';
import { anomaly, draft } from '../anomaly.fixture.ts';
import type { Database } from './database.ts';
import { enrolMany, withDatabase } from './database.fixture.ts';
import { isNews } from '../notification-record.ts';

const due = (database: Database, receiver: string, now = 1e9) =>
  database.dueNotifications(receiver, now, 100).items.map(({ id, message }) => ({ id, told: tell(message) }));
const tell = ({ subject, event, severity }: { subject: string; event: string; severity: string }) =>
  `${subject} ${event} ${severity}`;

type Said = [NotificationEvent, Severity, number];
test.each<[string, Said | null, Said, boolean]>([
  ['a beginning that nobody knows is', null, ['firing', 'info', 5], true],
  ['an end of what nobody knows is not', null, ['resolved', 'info', 5], false],
  ['a beginning that is known is not', ['firing', 'warning', 1], ['firing', 'warning', 5], false],
  ['a better state is not', ['firing', 'critical', 1], ['firing', 'warning', 5], false],
  ['a worse state is', ['firing', 'warning', 1], ['firing', 'critical', 5], true],
  ['an end is', ['firing', 'warning', 5], ['resolved', 'warning', 5], true],
  ['a second end is not', ['resolved', 'warning', 1], ['resolved', 'warning', 5], false],
  ['an older plan after the end is not', ['resolved', 'warning', 5], ['firing', 'critical', 5], false],
  ['a new beginning after the end is', ['resolved', 'warning', 5], ['firing', 'info', 6], true],
])('%s news', (_, before, [event, severity, decidedAt], wanted) => {
  const mark = before === null ? undefined : { event: before[0], severity: before[1], decided_at: before[2] };
  expect(isNews(draft('r', { subject: 's', event, severity }, { decidedAt }), mark)).toBe(wanted);
});

test('what causes a notification and the notification are written together, and a second time adds nothing', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const batch = {
      anomalies: [anomaly(hpaId, 'a')],
      notifications: [draft('pager', { subject: 'a' }), draft('chat', { subject: 'a' })],
    };
    expect(database.saveAnomalies(batch)).toEqual({ queued: 2 });
    expect(database.saveAnomalies(batch)).toEqual({ queued: 0 });
    expect(due(database, 'pager')).toEqual([{ id: 1, told: 'a firing warning' }]);
    expect(due(database, 'chat')).toEqual([{ id: 2, told: 'a firing warning' }]);
    expect(database.dueNotifications('pager', 1e9, 1).items[0]).toEqual({
      id: 1,
      receiver: 'pager',
      createdAt: 1_000,
      attempts: 0,
      message: batch.notifications[0]?.message,
    });
  }));

test('what is said of one subject keeps its order, others are not held up by it', () =>
  withDatabase((database) => {
    database.enqueueNotifications([draft('r', { subject: 'a' }), draft('r', { subject: 'b' })]);
    database.enqueueNotifications([draft('r', { subject: 'a', event: 'resolved' })]);
    expect(due(database, 'r')).toEqual([
      { id: 1, told: 'a firing warning' },
      { id: 2, told: 'b firing warning' },
    ]);
    database.settleNotification(1, { kind: 'retry', nextAttemptAt: 5_000, error: 'status 500' });
    expect(due(database, 'r', 4_999)).toEqual([{ id: 2, told: 'b firing warning' }]);
    expect(database.dueNotifications('r', 4_999, 10).nextAt).toBe(5_000);
    expect(database.dueNotifications('r', 5_000, 10).items[0]).toMatchObject({ id: 1, attempts: 1 });
    database.settleNotification(1, { kind: 'sent' });
    expect(due(database, 'r', 5_000)).toEqual([
      { id: 2, told: 'b firing warning' },
      { id: 3, told: 'a resolved warning' },
    ]);
    database.settleNotification(99, { kind: 'sent' });
    expect(database.dueNotifications('r', 5_000, 10).nextAt).toBeNull();
  }));

test('a receiver that does not want to hear an end still is known to have had it', () =>
  withDatabase((database) => {
    database.enqueueNotifications([draft('r', { subject: 'a' })]);
    const end = draft('r', { subject: 'a', event: 'resolved' }, { deliver: false, decidedAt: 3_000 });
    expect(database.enqueueNotifications([end])).toEqual({ queued: 0 });
    expect(due(database, 'r')).toEqual([{ id: 1, told: 'a firing warning' }]);
    const [mark] = database.notificationMarks('c', 0);
    expect(mark).toMatchObject({ receiver: 'r', decidedAt: 3_000, toldAt: 1_000, message: { event: 'resolved' } });
    expect(database.notificationMarks('c', 1_001)).toEqual([]);
    expect(database.notificationMarks('other', 0)).toEqual([]);
  }));

test('repeated is what fires, was delivered, and has an anomaly that fires', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const subjects = ['own', 'parent', 'event', 'refused', 'over', 'ended', 'queued'];
    const child = anomaly(hpaId, 'own', { parentId: 'parent', clusterEventId: 'event' });
    const others = [
      anomaly(hpaId, 'refused', { kind: 'maxed_out' }),
      anomaly(hpaId, 'over', { kind: 'oscillation' }),
      anomaly(hpaId, 'ended', { kind: 'level_shift', state: 'resolved' }),
      anomaly(hpaId, 'queued', { kind: 'scaling_stuck' }),
    ];
    database.saveAnomalies({
      anomalies: [child, ...others],
      notifications: subjects.map((subject) => draft('r', { subject })),
    });
    for (const { id, told } of due(database, 'r'))
      if (told.startsWith('refused')) database.settleNotification(id, { kind: 'given_up', error: 'status 400' });
      else if (!told.startsWith('queued')) database.settleNotification(id, { kind: 'sent' });
    database.enqueueNotifications([draft('r', { subject: 'over', event: 'resolved' })]);
    const active = () => database.activeNotifications('r').map(({ message }) => message.subject);
    expect(active()).toEqual(['event', 'own', 'parent']);
    const given = database.notificationMarks('c', 0).filter(({ givenUp }) => givenUp);
    expect(given.map(({ message }) => message.subject)).toEqual(['refused']);
    database.removeHpa(hpaId, { purge: false });
    expect(active()).toEqual([]);
  }));

test('what is known about receivers that are no longer set is forgotten', () =>
  withDatabase((database) => {
    database.enqueueNotifications([draft('old', { subject: 'a' }), draft('old', { subject: 'b' })]);
    database.enqueueNotifications([draft('new', { subject: 'a' })]);
    expect(database.keepReceivers(['new'])).toEqual({ dropped: 2 });
    expect(due(database, 'old')).toEqual([]);
    expect(due(database, 'new')).toHaveLength(1);
    expect(database.notificationMarks('c', 0).map(({ receiver }) => receiver)).toEqual(['new']);
    expect(database.keepReceivers(['new'])).toEqual({ dropped: 0 });
  }));
