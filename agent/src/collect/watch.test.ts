import { expect, test } from '@jest/globals';
import type { AgentEvent } from '../contract/events.ts';
import { createEventBus } from '../core/events.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import { createMetrics } from '../core/metrics.ts';
import { Watch } from './watch.ts';

test('whoever listens is told that a slot begins, by its times and clusters', () => {
  const clock = new FakeClock();
  const events = createEventBus();
  const heard: AgentEvent[] = [];
  events.subscribe((event) => heard.push(event));
  const unused = () => Promise.reject(new Error('not part of this'));
  const watch = new Watch({
    fleet: { session: unused, watches: () => true, ports: () => [55_553, 55_554] },
    pool: { suspect: () => undefined },
    collector: { scan: unused, backfill: unused },
    clock,
    events,
    metrics: createMetrics({ processMetrics: false }),
    logger: silentLogger,
    backfillInSlot: false,
    judge: unused,
  });
  const start = Date.parse('2026-01-05T12:00:00Z');
  watch.openSlot({
    index: 1,
    clusters: ['prod', null],
    start,
    end: start + 25_000,
    cycleStart: start - 25_000,
    cycleEnd: start + 25_000,
  });
  expect(heard).toEqual([
    {
      type: 'slot',
      at: new Date(clock.now()).toISOString(),
      index: 1,
      clusters: ['prod'],
      start_time: '2026-01-05T12:00:00.000Z',
      end_time: '2026-01-05T12:00:25.000Z',
    },
  ]);
});
