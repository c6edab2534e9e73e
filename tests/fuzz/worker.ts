import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.ts';
import { fuzz, type FuzzResult } from './fuzzer.ts';
import { randomOf } from './random.ts';
import { TARGETS } from './targets/all.ts';

/** One decoder in a thread of its own, so that an input that never ends can be ended. Started by main.ts only. */
export type Work = { decoder: string; seconds: number; seed: number; shared: SharedArrayBuffer };
export type Done = FuzzResult & { heap: number[] };

const { decoder, seconds, seed, shared } = workerData as Work;
const target = TARGETS.find(({ name }) => name === decoder);
if (!target) throw new Error(`no decoder ${decoder}`);
const header = new Int32Array(shared, 0, 4);
const bytes = new Uint8Array(shared, 16);
const encoder = new TextEncoder();

const end = performance.now() + seconds * 1_000;
const heap: number[] = [];
const quarter = performance.now() + seconds * 250;
const result = await fuzz({
  target,
  seeds: readCorpus(decoder).map(({ text }) => text),
  random: randomOf(seed),
  onTry(input) {
    Atomics.store(header, 1, encoder.encodeInto(input, bytes).written);
    Atomics.add(header, 0, 1);
  },
  isOver() {
    const now = performance.now();
    if (heap.length === 0 && now >= quarter) heap.push(process.memoryUsage().heapUsed);
    return now >= end;
  },
});
heap.push(process.memoryUsage().heapUsed);
target.close?.();
parentPort?.postMessage({ ...result, heap } satisfies Done);
