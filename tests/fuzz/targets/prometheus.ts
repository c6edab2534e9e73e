import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { assemble } from '../../../agent/src/collect/assemble.ts';
import { readDiscovery } from '../../../agent/src/collect/discover.ts';
import { revisionsSeen } from '../../../agent/src/collect/revisions.ts';
import { isHpaName, isNamespaceName } from '../../../agent/src/domain/hpa.ts';
import { readBody } from '../../../agent/src/prometheus/body.ts';
import { readCapabilities } from '../../../agent/src/prometheus/capabilities.ts';
import { decodeAnswer } from '../../../agent/src/prometheus/decode.ts';
import { failureOf } from '../../../agent/src/prometheus/failure.ts';
import type { Series } from '../../../agent/src/prometheus/prometheus.ts';
import { packSamples, unpackSamples } from '../../../agent/src/storage/packed.ts';
import { assertFinite, outcomeOf, refusalOf, shapeOf, type Target } from '../target.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const WINDOW = { start: NOW - 600_000, end: NOW, stepMs: 60_000 };
const HPAS = [
  { id: 1, namespace: 'shop', hpa: 'api', target: { kind: 'Deployment', name: 'api' } },
  { id: 2, namespace: 'shop', hpa: 'web', target: null },
];
const QUERIES = [
  'replicas',
  'metrics',
  'conditions',
  'ready',
  'cpu',
  'cpu_core',
  'memory',
  'memory_utilization',
] as const;

/** All that is made of the series of an answer, whatever was asked. */
function use(series: Series[]): unknown {
  assertFinite(
    series.map(({ times, values }) => ({ times, values })),
    'series',
  );
  const found = readDiscovery(series);
  for (const { namespace, hpa } of found.hpas)
    if (!isNamespaceName(namespace) || !isHpaName(hpa))
      throw new Error(`discovered ${JSON.stringify([namespace, hpa])}`);
  assertFinite(found.hpas, 'hpas');
  const answers = Object.fromEntries(QUERIES.map((name) => [name, series]));
  const { scraperContainers } = found;
  const samples = [...assemble(HPAS, WINDOW, answers, { approximate: false, scraperContainers }).values()].flat();
  assertFinite(samples, 'samples');
  const width = new Set(samples.map((sample) => Object.keys(sample).length));
  if (width.size > 1) throw new Error('a sample has fields that others have not');
  // What a store is given is what it keeps.
  if (JSON.stringify(unpackSamples(packSamples(samples))) !== JSON.stringify(samples))
    throw new Error('samples change when packed');
  const revisions = revisionsSeen(HPAS, series);
  for (const point of [...revisions.values()].flat())
    for (const name of point.revisions)
      if (name.length > 253) throw new Error(`a revision of ${name.length} characters`);
  return { found, samples, capabilities: [...readCapabilities(series).metrics], revisions: [...revisions.keys()] };
}

export const prometheusAnswer: Target = {
  name: 'prometheus-answer',
  kind: 'json',
  run: (input) => outcomeOf(() => use(decodeAnswer(input).series), { codes: ['prometheus/bad-answer'] }),
};

const STATUSES = [200, 302, 400, 401, 404, 413, 422, 429, 500, 503, 504];
const FAILURES = [
  'unauthorised',
  'throttled',
  'too-many-samples',
  'timeout',
  'refused',
  'bad-answer',
  'not-ready',
  'server-error',
];

export const prometheusError: Target = {
  name: 'prometheus-error',
  kind: 'json',
  run: (input) =>
    STATUSES.map((status) => {
      const contentType = input.slice(0, 40);
      const location = status === 302 ? input.slice(0, 8_000) : null;
      const failure = failureOf({ status, contentType, location, text: input });
      if (failure.message.length > 2_000) throw new Error(`a message of ${failure.message.length} characters`);
      return refusalOf(failure, { codes: FAILURES.map((name) => `prometheus/${name}`) }).slice(0, 24);
    }).join(' '),
};

const MOST_BYTES = 1_048_576;

/** Bytes as latin-1. A first line `gzip` means: the rest zipped, and cut off at the end by as many bytes as there are exclamation marks. */
function bytesOf(input: string): Buffer {
  if (!input.startsWith('gzip\n')) return Buffer.from(input, 'latin1');
  const zipped = gzipSync(Buffer.from(input.slice(5), 'latin1'));
  return zipped.subarray(0, zipped.length - (/!*$/.exec(input.slice(-20))?.[0].length ?? 0));
}

/** Errors of a broken stream have zlib's codes; the client tells them as what they are. */
const streamCodeOf = (error: unknown): string | null => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_') ? code : null;
};

export const prometheusBody: Target = {
  name: 'prometheus-body',
  kind: 'text',
  async run(input) {
    const bytes = bytesOf(input);
    const outcomes: string[] = [];
    for (const encoding of ['gzip', '']) {
      try {
        const body = Readable.from([bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]);
        const { text } = await readBody(body, encoding, MOST_BYTES);
        if (text.length > MOST_BYTES) throw new Error(`a body of ${text.length} characters`);
        outcomes.push(shapeOf(text, 1));
      } catch (error) {
        outcomes.push(streamCodeOf(error) ?? refusalOf(error, { codes: ['prometheus/too-many-samples'] }));
      }
    }
    return outcomes.join(' ');
  },
};
