import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { seriesOf, type LearnOptions } from '../baseline/hpa-profile.ts';
import { machineTimer, MINUTE, type Cancel } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { packSeries, type LearnRequest, type LearnResponse } from './learning-wire.ts';

/** Makes a profile of the samples of one HPA. @throws AgentError `agent/internal` */
export type Learn = (samples: readonly Sample[], options: LearnOptions) => Promise<HpaProfile>;

export type LearningThread = { learn: Learn; close(): Promise<void> };

// Beside this file, and of its kind: .ts from the sources (Node strips the types itself), .js from the build.
const WORKER = new URL(`./learning-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** A thread with nothing to learn for so long ends: it holds some 30 MB, and one of a few HPAs learns a few times a day. */
const IDLE_MS = MINUTE;

type Waiting = { thread: Worker; resolve: (profile: HpaProfile) => void; reject: (error: AgentError) => void };

/**
 * Learning takes up to a tenth of a second an HPA, so it has a thread of its own, started when there is something to learn and ended
 * when there was nothing for a while. One that crashed is replaced with the next request.
 */
export function createLearningThread(
  entry: URL = WORKER,
  { timer, idleMs }: { timer: typeof machineTimer; idleMs: number } = { timer: machineTimer, idleMs: IDLE_MS },
): LearningThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let cancelEnd: Cancel = () => undefined;
  let lastId = 0;
  let closed = false;

  function lose(from: Worker, reason: string): void {
    if (worker === from) worker = null;
    for (const [id, { thread, reject }] of waiting) {
      if (thread !== from) continue;
      waiting.delete(id);
      reject(failed(reason));
    }
  }

  /** Only what waits for an answer keeps the process alive, or the thread for long. */
  function rest(thread: Worker): void {
    thread.unref();
    cancelEnd = timer.after(idleMs, () => {
      if (worker === thread) worker = null;
      void thread.terminate();
    });
  }

  function start(): Worker {
    const started = new Worker(entry, { name: 'learning' });
    started.on('message', (response: LearnResponse) => {
      const call = waiting.get(response.id);
      waiting.delete(response.id);
      if (waiting.size === 0) rest(started);
      if ('error' in response) call?.reject(failed(response.error));
      else call?.resolve(response.profile);
    });
    started.on('error', (error) => lose(started, error instanceof Error ? error.message : String(error)));
    started.on('exit', (code) => lose(started, `the learning thread ended with exit code ${code}`));
    return started;
  }

  return {
    learn(samples, options) {
      if (closed) return Promise.reject(failed('the agent is stopping'));
      cancelEnd();
      const thread = (worker ??= start());
      const id = ++lastId;
      const columns = packSeries(seriesOf(samples));
      return new Promise((resolve, reject) => {
        waiting.set(id, { thread, resolve, reject });
        thread.ref();
        const request: LearnRequest = { id, columns, options };
        thread.postMessage(
          request,
          columns.map(({ buffer }) => buffer),
        );
      });
    },
    async close() {
      closed = true;
      cancelEnd();
      await worker?.terminate();
    },
  };
}

const failed = (reason: string): AgentError =>
  new AgentError('agent/internal', `A profile could not be learned: ${reason}.`, { retryable: true });
