// npm run fuzz -- [--decoder=NAME[,NAME]] [--seconds=N] [--seed=S]: tries each decoder, prints a table, keeps what it finds in the corpus.
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { keepFinding } from './corpus.ts';
import type { Done, Work } from './worker.ts';

const NAMES = [
  'prometheus-answer',
  'prometheus-error',
  'prometheus-body',
  'kubeconfig',
  'config',
  'http',
  'csv',
  'kubectl-output',
  'kubectl-services',
  'pid-ledger',
  'stored-json',
  'packed-samples',
  'learning-wire',
  'texts',
];
const USAGE = `npm run fuzz -- [--decoder=NAME[,NAME]] [--seconds=N] [--seed=S]\ndecoders: ${NAMES.join(', ')}`;

/** An input that takes longer never ends; where the processor is shared, other processes take of this too. */
const HANGS_AFTER_MS = 30_000;
/** Until the first input: the modules have to be read. */
const STARTS_WITHIN_MS = 120_000;
const MOST_HEAP_MIB = 700;
/** The current input stands in shared memory, so that it is known even where the thread never comes back. */
const SHARED_BYTES = 8 * 1_048_576;

type Row = {
  decoder: string;
  seconds: number;
  executions: number;
  outcomes: number;
  heapMib: string;
  findings: { reason: string; file: string }[];
};

function run(decoder: string, seconds: number, seed: number): Promise<Row> {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const header = new Int32Array(shared, 0, 4);
  const startedAt = performance.now();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { decoder, seconds, seed, shared } satisfies Work,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
  });
  return new Promise((resolve) => {
    let seen = -1;
    let since = performance.now();
    const end = (row: Omit<Row, 'decoder' | 'seconds'>) => {
      clearInterval(watch);
      resolve({ decoder, seconds: Math.round((performance.now() - startedAt) / 1_000), ...row });
    };
    const broken = (reason: string) => {
      const file = keepFinding(decoder, currentInput(shared));
      void worker.terminate();
      end({ executions: Atomics.load(header, 0), outcomes: 0, heapMib: '-', findings: [{ reason, file }] });
    };
    const watch = setInterval(() => {
      const now = Atomics.load(header, 0);
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (performance.now() - since > (now === 0 ? STARTS_WITHIN_MS : HANGS_AFTER_MS))
        broken(`no end after ${HANGS_AFTER_MS / 1_000} s`);
    }, 500);
    worker.on('message', ({ findings, heap, ...rest }: Done) => {
      const kept = findings.map(({ input, reason }) => ({ reason, file: keepFinding(decoder, input) }));
      end({ ...rest, heapMib: heap.map((bytes) => Math.round(bytes / 1_048_576)).join(' -> '), findings: kept });
    });
    worker.on('error', (error) => broken(String(error)));
  });
}

function currentInput(shared: SharedArrayBuffer): string {
  const length = Atomics.load(new Int32Array(shared, 0, 4), 1);
  return Buffer.from(new Uint8Array(shared, 16, length)).toString('utf8');
}

const { values } = parseArgs({
  options: {
    decoder: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const chosen = values.decoder?.split(',') ?? NAMES;
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!chosen.every((name) => NAMES.includes(name)) || !(seconds > 0) || !Number.isInteger(seed)) {
  console.error(USAGE);
  process.exit(2);
}
console.log(`seed ${seed}`);
let found = 0;
for (const decoder of chosen) {
  const row = await run(decoder, seconds, seed);
  const { executions, outcomes, heapMib, findings } = row;
  console.log(
    `${decoder.padEnd(18)} ${row.seconds} s  ${executions} executions  ${outcomes} kinds of outcome  heap ${heapMib} MiB  ${findings.length} findings`,
  );
  for (const { reason, file } of findings)
    console.log(`  ${file}\n    ${reason.split('\n').slice(0, 6).join('\n    ')}`);
  found += findings.length;
}
process.exitCode = found > 0 ? 1 : 0;
