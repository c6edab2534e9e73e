import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AgentError, type KubectlFault } from '../core/errors.ts';
import { kubectlError } from './faults.ts';
import { NEW_FORWARD, nextProgress, type ForwardEvent, type ForwardProgress } from './state.ts';

const lost = new AgentError('kubectl/connection-lost', 'lost', { retryable: true });
const start = { kind: 'start' } as const;
const answered = { kind: 'answered', baseUrl: 'http://127.0.0.1:1' } as const;
const fault = { kind: 'fault', cause: lost } as const;
const stop = { kind: 'stop' } as const;

const after = (...steps: [ForwardEvent, number][]): ForwardProgress =>
  steps.reduce((progress, [event, now]) => nextProgress(progress, event, now, 0.999_999), NEW_FORWARD);

describe('the life of a forward', () => {
  test.each<[string, [ForwardEvent, number][], Record<string, unknown>]>([
    ['starts', [[start, 5]], { kind: 'starting', since: 5, attempt: 0 }],
    [
      'is ready with the first answer',
      [
        [start, 5],
        [answered, 9],
      ],
      { kind: 'ready', since: 9, baseUrl: answered.baseUrl },
    ],
    [
      'stays ready since then',
      [
        [start, 5],
        [answered, 9],
        [answered, 99],
      ],
      { kind: 'ready', since: 9 },
    ],
    [
      'waits a second after the first fault',
      [
        [start, 0],
        [fault, 10],
      ],
      { kind: 'waiting', retryAt: 1_010, attempt: 0 },
    ],
    [
      'starts again counting',
      [
        [start, 0],
        [fault, 10],
        [start, 1_010],
      ],
      { kind: 'starting', attempt: 1 },
    ],
    [
      'stops',
      [
        [start, 0],
        [answered, 1],
        [stop, 2],
      ],
      { kind: 'stopped' },
    ],
    [
      'ignores an answer after the stop',
      [
        [start, 0],
        [stop, 1],
        [answered, 2],
      ],
      { kind: 'stopped' },
    ],
    [
      'ignores a second fault',
      [
        [start, 0],
        [fault, 10],
        [fault, 20],
      ],
      { kind: 'waiting', retryAt: 1_010 },
    ],
  ])('%s', (_, steps, state) => expect(after(...steps).state).toMatchObject(state));

  test('an event that changes nothing gives the same object', () => {
    const ready = after([start, 0], [answered, 1]);
    expect(nextProgress(ready, answered, 2, 0)).toBe(ready);
  });
});

describe('the backoff', () => {
  const failing = (uptimeMs: number, lastAnswerMs: number) =>
    after(
      [start, 0],
      [fault, 0],
      [start, 1_000],
      [answered, 2_000],
      [answered, 2_000 + lastAnswerMs],
      [fault, 2_000 + uptimeMs],
    );

  test.each([
    ['up for 59 s', 59_000, 40_000, 2_000],
    ['up for 65 s, last answer at 59 s', 65_000, 59_000, 2_000],
    ['up for 65 s, answered at 60 s', 65_000, 60_000, 1_000],
  ])('%s: the next delay', (_, uptime, lastAnswer, ms) => {
    const { state } = failing(uptime, lastAnswer);
    expect(state).toMatchObject({ kind: 'waiting', retryAt: 2_000 + uptime + ms });
  });

  test('doubles up to 45 s, never at once', () => {
    let progress = NEW_FORWARD;
    const delays: number[] = [];
    for (let i = 0, now = 0; i < 9; i++) {
      progress = nextProgress(nextProgress(progress, start, now, 0), fault, now, 0);
      if (progress.state.kind !== 'waiting') throw new Error(progress.state.kind);
      delays.push(progress.state.retryAt - now);
      now = progress.state.retryAt;
    }
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 22_500, 22_500, 22_500]);
  });
});

const SUBJECT = { context: 'c', namespace: 'n', service: 's', port: 1, endpoint: null, kubectlPath: 'kubectl' };

test.each<[KubectlFault, 'failed' | 'waiting']>([
  ['not-found', 'failed'],
  ['context-missing', 'failed'],
  ['kubeconfig-unreadable', 'failed'],
  ['unauthorised', 'failed'],
  ['forbidden', 'failed'],
  ['credentials-plugin', 'failed'],
  ['service-missing', 'failed'],
  ['port-missing', 'failed'],
  ['api-unreachable', 'waiting'],
  ['no-running-pod', 'waiting'],
  ['port-in-use', 'waiting'],
  ['connection-lost', 'waiting'],
  ['backend-refused', 'waiting'],
  ['start-timeout', 'waiting'],
  ['probe-failed', 'waiting'],
  ['exited', 'waiting'],
])('%s leaves a forward %s', (name, kind) => {
  const progress = after([start, 0], [{ kind: 'fault', cause: kubectlError(name, SUBJECT) }, 10]);
  expect(progress.state.kind).toBe(kind);
  if (kind === 'failed') expect(progress.state).toMatchObject({ retryAt: 30_010, since: 10 });
});

test('whatever happens: a delay is between half a second and a minute, and only a start leads to ready', () => {
  const events = fc.constantFrom<ForwardEvent>(start, answered, fault, stop);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(events, fc.nat(120_000)), { maxLength: 40 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (steps, random) => {
        let progress = NEW_FORWARD;
        let now = 0;
        for (const [event, ms] of steps) {
          const before = progress.state;
          progress = nextProgress(progress, event, (now += ms), random);
          const { state } = progress;
          if (state.kind === 'ready' && before.kind !== 'ready') expect(before.kind).toBe('starting');
          if (state.kind === 'waiting' && before !== state) {
            expect(state.retryAt - now).toBeGreaterThanOrEqual(500);
            expect(state.retryAt - now).toBeLessThanOrEqual(60_000);
          }
        }
      },
    ),
  );
});
