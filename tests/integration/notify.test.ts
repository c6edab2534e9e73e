import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { notifySchema } from '../../agent/src/domain/notify-settings.ts';
import { startHttpReceiver } from '../rig/http-receiver.ts';
import { anomalies, ended, eventually, HPAS, pass, withNotifyRig } from '../rig/notify-rig.ts';

const SECRET = 'a secret of enough characters';

const settings = (...list: Record<string, unknown>[]) => notifySchema.parse(list);
const subjectsOf = (bodies: unknown[]) =>
  bodies.map((body) => `${(body as { subject: string }).subject} ${(body as { event: string }).event}`).sort();
const all = (event: string) => Array.from({ length: HPAS }, (_, i) => `anomaly-${i} ${event}`);

test('a webhook hears each beginning and each end once, signed, also when its first answers are 500', () =>
  withNotifyRig(async ({ receiver, openStore, startSending }) => {
    const hook = await receiver((n) => (n < 7 ? 500 : 204));
    const store = await openStore();
    const receivers = settings({ type: 'webhook', url: `${hook.url}/hook?x=1`, secret: SECRET });
    const sender = startSending(store, receivers, 20);
    const firing = await anomalies(store);
    expect(await pass(store, receivers, firing, sender)).toBe(HPAS);
    expect(await pass(store, receivers, firing, sender)).toBe(0);
    await eventually(hook.taken, (bodies) => bodies.length >= HPAS);
    expect(subjectsOf(hook.taken())).toEqual(all('firing'));
    expect(await pass(store, receivers, ended(firing), sender)).toBe(HPAS);
    await eventually(hook.taken, (bodies) => bodies.length >= 2 * HPAS);
    expect(await pass(store, receivers, [], sender)).toBe(0);
    expect(subjectsOf(hook.taken())).toEqual([...all('firing'), ...all('resolved')].sort());
    for (const { method, path, headers, body } of hook.received) {
      const timestamp = String(headers['x-hpa-watch-timestamp']);
      const hmac = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
      expect(headers['x-hpa-watch-signature']).toBe(`sha256=${hmac}`);
      expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(300);
      expect([method, path, headers['content-type']]).toEqual(['POST', '/hook?x=1', 'application/json']);
    }
    // The same message carries the same name at every attempt.
    const names = new Set(hook.received.map(({ headers }) => headers['x-hpa-watch-delivery']));
    expect(names.size).toBe(2 * HPAS);
  }));

test('a store that is closed and opened again in the middle of the queue: each message arrives exactly once', () =>
  withNotifyRig(async ({ receiver, openStore, startSending }) => {
    let open = 3;
    const hook = await receiver(() => (open-- > 0 ? 200 : 503));
    const receivers = settings({ type: 'webhook', url: hook.url });
    const first = await openStore();
    const sender = startSending(first, receivers);
    const firing = await anomalies(first);
    await pass(first, receivers, firing, sender);
    await eventually(
      () => hook.received.length,
      (count) => count >= HPAS,
    );
    await sender.stop();
    await first.close();
    expect(hook.taken()).toHaveLength(3);

    open = Infinity;
    const second = await openStore();
    startSending(second, receivers, 20);
    expect(await pass(second, receivers, firing)).toBe(0);
    await eventually(hook.taken, (bodies) => bodies.length >= HPAS);
    expect(subjectsOf(hook.taken())).toEqual(all('firing'));
    const waiting = async () => (await second.dueNotifications('webhook', Infinity, 10)).items;
    expect(await eventually(waiting, (items) => items.length === 0)).toEqual([]);
    expect(hook.taken()).toHaveLength(HPAS);
  }));

test('dead, silent and refusing receivers hold up neither the others nor the pass', () =>
  withNotifyRig(async ({ log, receiver, openStore, startSending }) => {
    const good = await receiver();
    const silent = await receiver(() => null);
    const refusing = await receiver(() => 404);
    const gone = await startHttpReceiver();
    await gone.stop();
    const store = await openStore();
    const receivers = settings(
      { type: 'webhook', name: 'gone', url: `${gone.url}/T0/B0/GONESECRET` },
      { type: 'slack', name: 'silent', url: `${silent.url}/T0/B0/SILENTSECRET`, timeout: '4s' },
      { type: 'webhook', name: 'refusing', url: `${refusing.url}/REFUSINGSECRET` },
      { type: 'slack', name: 'good', url: `${good.url}/services/T0/B0/x` },
    );
    const sender = startSending(store, receivers);
    const firing = await anomalies(store);
    const started = performance.now();
    expect(await pass(store, receivers, firing, sender)).toBe(4 * HPAS);
    const passMs = performance.now() - started;
    await eventually(good.taken, (bodies) => bodies.length >= HPAS);
    const goodMs = performance.now() - started;
    expect(good.taken()).toHaveLength(HPAS);
    expect(passMs).toBeLessThan(2_000);
    expect(goodMs).toBeLessThan(3_500);
    for (const body of good.taken() as { text: string; blocks: { type: string }[] }[]) {
      expect(body.text).toMatch(
        /^:red_circle: \[critical\] maxed out: payments\/api-\d \(prod\)\nReplicas of payments/,
      );
      expect(body.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
    }
    await eventually(
      () => log.filter((line) => line.includes('given up')).length,
      (count) => count >= HPAS,
    );
    await eventually(
      () => log.some((line) => line.includes('no answer within 4 s')),
      (seen) => seen,
    );
    const text = log.join('');
    expect(text).toContain('ECONNREFUSED');
    expect(text).toContain('status 404');
    expect(text).not.toMatch(/SECRET|services\/T0/);
    expect(refusing.received).toHaveLength(HPAS);
    const waiting = await store.dueNotifications('gone', Infinity, 10);
    expect(waiting.items).toHaveLength(HPAS);
  }));
