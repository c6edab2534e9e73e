import { expect, test } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createLogger } from '../core/logger.ts';
import { startLane } from './lane.ts';
import { message, NOW, receiver } from './notify.fixture.ts';
import type { Delivery } from './outcome.ts';
import type { HttpRequest } from './receiver.ts';
import { MemoryQueue } from './queue.fixture.ts';
import { receiverOf } from './sender.ts';

type Answer = (request: HttpRequest, signal: AbortSignal) => Delivery | Promise<Delivery>;
const status = (code: number, retryAfterMs: number | null = null): Delivery => ({
  kind: 'answer',
  status: code,
  retryAfterMs,
});
/** Never answers by itself. */
const silence: Answer = (_, signal) =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve({ kind: 'none', error: (signal.reason as Error).message })),
  );

async function withLane(
  queue: MemoryQueue,
  answer: Answer,
  run: (rig: {
    clock: FakeClock;
    sent: number[];
    lines: string[];
    stop: () => Promise<void>;
    kick: () => void;
  }) => Promise<void>,
  settings: Record<string, unknown> = {},
): Promise<void> {
  const clock = new FakeClock(NOW);
  const sent: number[] = [];
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', pretty: false, destination: { write: (line) => lines.push(line) } });
  const post = async (request: HttpRequest, signal: AbortSignal) => {
    sent.push((clock.now() - NOW) / SECOND);
    return answer(request, signal);
  };
  const lane = startLane(receiverOf(receiver(settings)), {
    queue,
    post,
    clock,
    random: () => 0.999999,
    logger,
  });
  await clock.advance(0);
  await run({ clock, sent, lines, stop: () => lane.stop(), kick: () => lane.kick() });
  const stopped = lane.stop();
  await clock.advance(2 * SECOND);
  await stopped;
}

test('what fails is tried again with growing pauses until it is through, told by one line each way', async () => {
  const queue = new MemoryQueue(['a']);
  const answers = [500, 500, 429, 200];
  await withLane(
    queue,
    () => status(answers.shift() ?? 200),
    async ({ clock, sent, lines }) => {
      await clock.advance(HOUR);
      expect(sent).toEqual([0, 1, 3, 7]);
      expect(queue.settled).toEqual(['1 retry', '1 retry', '1 retry', '1 sent']);
      expect(lines.map((line) => (JSON.parse(line) as { level: string; msg: string }).level)).toEqual(['warn', 'info']);
      expect(lines[0]).toContain('status 500');
    },
  );
});

test('what is refused is given up with a line that says where, and nothing of the address that is secret', async () => {
  const queue = new MemoryQueue(['a', 'b']);
  const url = 'https://user:hunter2@hooks.example:8443/services/T000/B000/XXXX?key=YYYY';
  await withLane(
    queue,
    () => status(404),
    async ({ lines }) => {
      expect(queue.settled).toEqual(['1 given_up', '2 given_up']);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toContain('https://hooks.example:8443');
      expect(lines.join('')).not.toMatch(/XXXX|YYYY|hunter2|T000/);
    },
    { url },
  );
});

test('one that is refused takes no other of its request along', async () => {
  const queue = new MemoryQueue(['a', 'b', 'c']);
  queue.entries[1]!.message.promql = 'bad';
  await withLane(
    queue,
    ({ body }) => status(body.includes('"promql":"bad"') ? 400 : 200),
    async ({ sent }) => {
      expect(queue.settled).toEqual(['1 sent', '2 given_up', '3 sent']);
      expect(sent).toHaveLength(4);
    },
    { type: 'alertmanager' },
  );
});

test('what was not begun while it was held for this agent is asked for anew', async () => {
  const queue = new MemoryQueue(['a', 'b', 'c', 'd', 'e', 'f']);
  const askedAfter: number[] = [];
  const due = queue.dueNotifications.bind(queue);
  queue.dueNotifications = (receiver, now, limit) => {
    askedAfter.push(queue.settled.length);
    return due(receiver, now, limit);
  };
  const answers: (() => void)[] = [];
  await withLane(
    queue,
    async () => {
      // While four are on their way, the process stands still for a minute: another agent may have had the rest.
      await new Promise<void>((resolve) => answers.push(resolve));
      return status(200);
    },
    async ({ clock, sent }) => {
      expect(sent).toHaveLength(4);
      clock.jump(MINUTE);
      answers.splice(0).forEach((answer) => answer());
      await clock.advance(0);
      expect(askedAfter).toEqual([0, 4]);
      expect(sent).toHaveLength(6);
      answers.splice(0).forEach((answer) => answer());
      await clock.advance(0);
      expect(queue.settled).toHaveLength(6);
    },
  );
});

test('a lane that stops gives back what it holds, and does not wait for a database that is gone', async () => {
  const queue = new MemoryQueue(['a']);
  await withLane(
    queue,
    () => status(500),
    async ({ stop }) => {
      await stop();
      expect(queue.released).toEqual(['r']);
    },
  );
  const frozen = new MemoryQueue([]);
  frozen.releaseNotifications = () => new Promise<void>(() => undefined);
  await withLane(
    frozen,
    () => status(200),
    async ({ clock, stop }) => {
      const stopped = stop();
      await clock.advance(SECOND);
      await stopped;
    },
  );
});

test('no answer is a failure after the timeout', async () => {
  const queue = new MemoryQueue(['a']);
  await withLane(
    queue,
    silence,
    async ({ clock, lines }) => {
      await clock.advance(2_999);
      expect(queue.settled).toEqual([]);
      await clock.advance(1);
      expect(queue.settled).toEqual(['1 retry']);
      expect(lines[0]).toContain('no answer within 3 s');
    },
    { timeout: '3s' },
  );
});

test('a receiver that asks to wait is left alone, whatever else there is to say', async () => {
  const queue = new MemoryQueue(['a']);
  const answers = [status(429, 90 * SECOND)];
  await withLane(
    queue,
    () => answers.shift() ?? status(200),
    async ({ clock, sent, kick }) => {
      queue.entries.push({ ...new MemoryQueue(['b'], NOW).entries[0]!, id: 2 });
      kick();
      await clock.advance(89 * SECOND);
      expect(sent).toEqual([0]);
      await clock.advance(SECOND);
      expect(sent).toEqual([0, 90, 90]);
    },
  );
});

test('new messages go at once when it is told of them, else within a minute', async () => {
  const queue = new MemoryQueue([]);
  const add = (id: number) => queue.entries.push({ ...new MemoryQueue(['x']).entries[0]!, id });
  await withLane(
    queue,
    () => status(200),
    async ({ clock, sent, kick }) => {
      await clock.advance(10 * SECOND);
      add(1);
      kick();
      await clock.advance(0);
      expect(sent).toEqual([10]);
      add(2);
      await clock.advance(MINUTE);
      expect(sent).toEqual([10, 70]);
    },
  );
});

test('Alertmanager hears each minute of what fires, beginning at once, also after a failure', async () => {
  const queue = new MemoryQueue([]);
  queue.active = [{ receiver: 'r', topic: 't', decidedAt: NOW, toldAt: NOW, givenUp: false, message: message() }];
  const bodies: string[] = [];
  const answers = [200, 503];
  await withLane(
    queue,
    ({ body }) => {
      bodies.push(body);
      return status(answers.shift() ?? 200);
    },
    async ({ clock, sent }) => {
      await clock.advance(3 * MINUTE);
      expect(sent).toEqual([0, 60, 120, 180]);
      const ends = bodies.map((body) => (JSON.parse(body) as { endsAt: string }[])[0]?.endsAt);
      expect(ends).toEqual([5, 6, 7, 8].map((minutes) => new Date(NOW + minutes * MINUTE).toISOString()));
      queue.active = [];
      await clock.advance(3 * MINUTE);
      expect(sent).toHaveLength(4);
    },
    { type: 'alertmanager' },
  );
});

test('at the stop a message on its way gets a second; cut off, it stays in the queue as it was', async () => {
  const queue = new MemoryQueue(['a']);
  await withLane(queue, silence, async ({ clock, stop }) => {
    let stopped = false;
    const stopping = stop().then(() => (stopped = true));
    await clock.advance(999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    await stopping;
    expect(queue.settled).toEqual([]);
    expect(queue.entries).toHaveLength(1);
  });
});

test('a database that is busy is asked again', async () => {
  const queue = new MemoryQueue(['a']);
  queue.broken = 3;
  await withLane(
    queue,
    () => status(200),
    async ({ clock, lines }) => {
      expect(queue.settled).toEqual([]);
      await clock.advance(10 * SECOND);
      expect(queue.settled).toEqual(['1 sent']);
      expect(lines).toHaveLength(3);
    },
  );
});
