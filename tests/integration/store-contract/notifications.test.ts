import { expect, test } from '@jest/globals';
import { anomaly, draft } from '../../../agent/src/storage/anomaly.fixture.ts';
import type { Store } from '../../../agent/src/storage/store.ts';
import { enrolMany } from './batches.ts';
import { describeStores } from './stores.ts';

const due = async (store: Store, receiver: string, now = 1e9) =>
  (await store.dueNotifications(receiver, now, 100)).items.map(({ id, message }) => ({ id, told: tell(message) }));
const tell = ({ subject, event, severity }: { subject: string; event: string; severity: string }) =>
  `${subject} ${event} ${severity}`;

describeStores(
  () => 1,
  (withStore) => {
    test('what causes a notification and the notification are written together, and a second time adds nothing', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const batch = {
          anomalies: [anomaly(hpaId, 'a')],
          notifications: [draft('pager', { subject: 'a' }), draft('chat', { subject: 'a' })],
        };
        expect(await store.saveAnomalies(batch)).toEqual({ queued: 2 });
        expect(await store.saveAnomalies(batch)).toEqual({ queued: 0 });
        expect(await due(store, 'pager')).toEqual([{ id: 1, told: 'a firing warning' }]);
        expect(await due(store, 'chat')).toEqual([{ id: 2, told: 'a firing warning' }]);
        expect((await store.dueNotifications('pager', 1e9, 1)).items[0]).toEqual({
          id: 1,
          receiver: 'pager',
          createdAt: 1_000,
          attempts: 0,
          message: batch.notifications[0]?.message,
        });
      }));

    test('what is said of one subject keeps its order, others are not held up by it', () =>
      withStore(async (store) => {
        await store.enqueueNotifications([draft('r', { subject: 'a' }), draft('r', { subject: 'b' })]);
        await store.enqueueNotifications([draft('r', { subject: 'a', event: 'resolved' })]);
        expect(await due(store, 'r')).toEqual([
          { id: 1, told: 'a firing warning' },
          { id: 2, told: 'b firing warning' },
        ]);
        await store.settleNotification(1, { kind: 'retry', nextAttemptAt: 5_000, error: 'status 500' });
        expect(await due(store, 'r', 4_999)).toEqual([{ id: 2, told: 'b firing warning' }]);
        expect((await store.dueNotifications('r', 4_999, 10)).nextAt).toBe(5_000);
        expect((await store.dueNotifications('r', 5_000, 10)).items[0]).toMatchObject({ id: 1, attempts: 1 });
        await store.settleNotification(1, { kind: 'sent' });
        expect(await due(store, 'r', 5_000)).toEqual([
          { id: 2, told: 'b firing warning' },
          { id: 3, told: 'a resolved warning' },
        ]);
        await store.settleNotification(99, { kind: 'sent' });
        expect((await store.dueNotifications('r', 5_000, 10)).nextAt).toBeNull();
      }));

    test('a receiver that does not want to hear an end still is known to have had it', () =>
      withStore(async (store) => {
        await store.enqueueNotifications([draft('r', { subject: 'a' })]);
        const end = draft('r', { subject: 'a', event: 'resolved' }, { deliver: false, decidedAt: 3_000 });
        expect(await store.enqueueNotifications([end])).toEqual({ queued: 0 });
        expect(await due(store, 'r')).toEqual([{ id: 1, told: 'a firing warning' }]);
        const [mark] = await store.notificationMarks('c', 0);
        expect(mark).toMatchObject({ receiver: 'r', decidedAt: 3_000, toldAt: 1_000, message: { event: 'resolved' } });
        expect(await store.notificationMarks('c', 1_001)).toEqual([]);
        expect(await store.notificationMarks('other', 0)).toEqual([]);
      }));

    test('repeated is what fires, was delivered, and has an anomaly that fires', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const subjects = ['own', 'parent', 'event', 'refused', 'over', 'ended', 'queued'];
        const child = anomaly(hpaId, 'own', { parentId: 'parent', clusterEventId: 'event' });
        const others = [
          anomaly(hpaId, 'refused', { kind: 'maxed_out' }),
          anomaly(hpaId, 'over', { kind: 'oscillation' }),
          anomaly(hpaId, 'ended', { kind: 'level_shift', state: 'resolved' }),
          anomaly(hpaId, 'queued', { kind: 'scaling_stuck' }),
        ];
        await store.saveAnomalies({
          anomalies: [child, ...others],
          notifications: subjects.map((subject) => draft('r', { subject })),
        });
        for (const { id, told } of await due(store, 'r'))
          if (told.startsWith('refused')) await store.settleNotification(id, { kind: 'given_up', error: 'status 400' });
          else if (!told.startsWith('queued')) await store.settleNotification(id, { kind: 'sent' });
        await store.enqueueNotifications([draft('r', { subject: 'over', event: 'resolved' })]);
        const active = async () => (await store.activeNotifications('r')).map(({ message }) => message.subject);
        expect(await active()).toEqual(['event', 'own', 'parent']);
        const given = (await store.notificationMarks('c', 0)).filter(({ givenUp }) => givenUp);
        expect(given.map(({ message }) => message.subject)).toEqual(['refused']);
        await store.removeHpa(hpaId, { purge: false });
        expect(await active()).toEqual([]);
      }));

    test('what two say of one subject at the same time is queued once', () =>
      withStore(async (store, { reopen }) => {
        const other = await reopen();
        const subjects = Array.from({ length: 10 }, (_, i) => `s${i}`);
        const say = (event: 'firing' | 'resolved') =>
          subjects.flatMap((subject) =>
            [store, other].map((one) => one.enqueueNotifications([draft('r', { subject, event })])),
          );
        const queued = async (event: 'firing' | 'resolved') =>
          (await Promise.all(say(event))).reduce((sum, answer) => sum + answer.queued, 0);
        expect(await queued('firing')).toBe(10);
        expect(await queued('resolved')).toBe(10);
        expect(await due(store, 'r')).toHaveLength(10);
        await other.close();
      }));

    test('what is known about receivers that are no longer set is forgotten', () =>
      withStore(async (store) => {
        await store.enqueueNotifications([draft('old', { subject: 'a' }), draft('old', { subject: 'b' })]);
        await store.enqueueNotifications([draft('new', { subject: 'a' })]);
        expect(await store.keepReceivers(['new'])).toEqual({ dropped: 2 });
        expect(await due(store, 'old')).toEqual([]);
        expect(await due(store, 'new')).toHaveLength(1);
        expect((await store.notificationMarks('c', 0)).map(({ receiver }) => receiver)).toEqual(['new']);
        expect(await store.keepReceivers(['new'])).toEqual({ dropped: 0 });
      }));
  },
);
