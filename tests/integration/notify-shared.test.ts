import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { notifySchema } from '../../agent/src/domain/notify-settings.ts';
import { draft } from '../../agent/src/storage/anomaly.fixture.ts';
import { openPostgresStore, type PostgresStore } from '../../agent/src/storage/postgres/postgres-store.ts';
import { eventually, withNotifyRig } from '../rig/notify-rig.ts';
import { startPostgres, type RealPostgres } from '../rig/postgres.ts';

let server: RealPostgres | null = null;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server?.destroy());

/** Agents that share a new database. */
async function openAgents(count: number, onStop: (stop: () => Promise<unknown>) => void): Promise<PostgresStore[]> {
  if (server === null) throw new Error('PostgreSQL did not start');
  const url = await server.createDatabase();
  return Promise.all(
    Array.from({ length: count }, async () => {
      const store = await openPostgresStore({ url, now: Date.now, connections: 4 });
      onStop(() => store.close());
      return store;
    }),
  );
}
const receiversAt = (url: string, name = 'hook') => notifySchema.parse([{ type: 'webhook', name, url, timeout: '1m' }]);
const subjects = Array.from({ length: 60 }, (_, i) => `s${String(i).padStart(2, '0')}`);
const said = (bodies: unknown[]) =>
  bodies.map((body) => `${(body as { subject: string }).subject} ${(body as { event: string }).event}`);
const drafts = (event: 'firing' | 'resolved', decidedAt = 1_000) =>
  subjects.map((subject) => draft('hook', { subject, event }, { decidedAt }));

test('two senders of one database: each beginning and each end arrives once, an end never before its beginning', () =>
  withNotifyRig(async ({ onStop, receiver, startSending }) => {
    // Now and then one fails, so that what one has tried the other may have next.
    const hook = await receiver((n) => (n % 7 === 3 ? 503 : 200));
    const [one, two] = await openAgents(2, onStop);
    if (!one || !two) throw new Error('two agents are needed');
    const receivers = receiversAt(hook.url);
    const senders = [startSending(one, receivers, 20), startSending(two, receivers, 20)];
    const kick = () => senders.forEach((sender) => sender.kick());
    await one.enqueueNotifications(drafts('firing', Date.now()));
    kick();
    await eventually(hook.taken, (bodies) => bodies.length >= subjects.length / 2);
    await two.enqueueNotifications(drafts('resolved', Date.now()));
    kick();
    await eventually(hook.taken, (bodies) => bodies.length >= 2 * subjects.length, 20_000);
    // Nothing is left, held or not: nothing more can come.
    const waiting = async () => server?.query('SELECT id FROM notification', one.database.where.split('/')[1]);
    expect(await eventually(waiting, (rows) => rows?.length === 0)).toEqual([]);
    const taken = said(hook.taken());
    expect([...taken].sort()).toEqual(
      subjects.flatMap((subject) => [`${subject} firing`, `${subject} resolved`]).sort(),
    );
    for (const subject of subjects)
      expect(taken.indexOf(`${subject} firing`)).toBeLessThan(taken.indexOf(`${subject} resolved`));
  }));

test('what an agent held that died is sent by another when the hold has run out, and not before', () =>
  withNotifyRig(async ({ onStop, receiver, startSending }) => {
    const hook = await receiver();
    const [dying, living] = await openAgents(2, onStop);
    if (!dying || !living) throw new Error('two agents are needed');
    await dying.enqueueNotifications(drafts('firing'));
    const held = await dying.dueNotifications('hook', Date.now(), 10, 3_000);
    const heldSince = Date.now();
    expect(held.items).toHaveLength(10);
    await dying.close();
    const others = await living.dueNotifications('hook', Date.now(), 100, 1);
    expect(others.items).toHaveLength(subjects.length - 10);
    expect(others.nextAt).toBeGreaterThan(heldSince);
    expect(others.nextAt).toBeLessThan(heldSince + 10_000);
    startSending(living, receiversAt(hook.url));
    await eventually(hook.taken, (bodies) => bodies.length >= subjects.length - 10);
    const before = said(hook.taken());
    await eventually(hook.taken, (bodies) => bodies.length >= subjects.length, 20_000);
    expect(Date.now() - heldSince).toBeGreaterThanOrEqual(2_900);
    const names = held.items.map(({ message }) => `${message.subject} firing`);
    expect(before.filter((name) => names.includes(name))).toEqual([]);
    expect(said(hook.taken()).sort()).toEqual(subjects.map((subject) => `${subject} firing`));
  }));

test('what is given back, or could not be sent, another agent may have at once', () =>
  withNotifyRig(async ({ onStop }) => {
    const [one, two] = await openAgents(2, onStop);
    if (!one || !two) throw new Error('two agents are needed');
    await one.enqueueNotifications(drafts('firing'));
    const held = (await one.dueNotifications('hook', 1_000, 3, MINUTE)).items.map(({ id }) => id);
    const idsOf = async (limit: number) =>
      (await two.dueNotifications('hook', 1_000, limit, 1)).items.map(({ id }) => id);
    expect(await idsOf(1)).not.toEqual(held.slice(0, 1));
    const [first = 0, second = 0, third = 0] = held;
    await one.settleNotification(first, { kind: 'retry', nextAttemptAt: 1_000, error: 'status 503' });
    expect(await idsOf(1)).toEqual([first]);
    // Only the agent that holds it may give it up.
    await two.settleNotification(second, { kind: 'given_up', error: 'status 400' });
    await one.releaseNotifications('hook');
    expect((await idsOf(3)).slice(0, 3)).toEqual([first, second, third]);
  }));

test('a receiver is forgotten once no agent has it in its settings any more', () =>
  withNotifyRig(async ({ onStop }) => {
    const [early, late] = await openAgents(2, onStop);
    if (!early || !late) throw new Error('two agents are needed');
    await early.keepReceivers(['hook', 'new']);
    await early.enqueueNotifications([...drafts('firing'), draft('gone', { subject: 'x' })]);
    expect(await late.keepReceivers(['late'])).toEqual({ dropped: 1 });
    expect((await early.dueNotifications('hook', 1_000, 100)).items).toHaveLength(subjects.length);
    await early.releaseNotifications('hook');
    expect(await late.keepReceivers(['late'])).toEqual({ dropped: subjects.length });
  }));
