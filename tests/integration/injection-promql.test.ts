import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOSTILE_TEXTS } from '../../agent/src/core/hostile-text.fixture.ts';
import { matchersOf, parsePromql, queriesAbout, shapeOf } from '../injection/promql-shape.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

let prometheus: RealPrometheus;
beforeAll(async () => {
  prometheus = await startPrometheus();
});
afterAll(() => prometheus.stop());

/** The query as Prometheus itself writes it after reading it. */
async function formatted(query: string): Promise<string> {
  const answer = await fetch(`${prometheus.url}/api/v1/format_query`, {
    method: 'POST',
    body: new URLSearchParams({ query }),
  });
  const body = (await answer.json()) as { status: string; data?: string; error?: string };
  if (body.data === undefined) throw new Error(`${body.error}: ${query}`);
  return body.data;
}

const PLAIN = queriesAbout({ namespace: 'shop', hpa: 'api', target: 'web', kind: 'Deployment' });

const valuesOf = (query: string) =>
  matchersOf(parsePromql(query))
    .map(({ label, op, value }) => `${label}${op}${value}`)
    .sort();

test('a real Prometheus reads every query of hostile names as it was meant', async () => {
  for (const hostile of HOSTILE_TEXTS.filter((text) => text !== '')) {
    const built = queriesAbout({ namespace: hostile, hpa: hostile, target: hostile, kind: 'Deployment' });
    const [about = '', first = ''] = [...built][HOSTILE_TEXTS.indexOf(hostile) % built.size] ?? [];
    const plain = PLAIN.get(about) ?? '';
    const theirs = await formatted(first);
    expect(valuesOf(theirs)).toEqual(valuesOf(first));
    // It orders matchers in its own way, of plain names in the same.
    expect(shapeOf(theirs)).toEqual(shapeOf(await formatted(plain)));
  }
});
