import { createApp } from '../../../agent/src/http/app.ts';
import { STATUS_BY_CODE, toFailure } from '../../../agent/src/http/errors.ts';
import { fakeWorld, hpaRow, sampleAt } from '../../../agent/src/http/fake-services.fixture.ts';
import { NO_QUERY } from '../../../agent/src/http/answer-json.ts';
import { parseInput } from '../../../agent/src/http/input.ts';
import type { JsonRoute } from '../../../agent/src/http/route.ts';
import { errorAnswerSchema } from '../../../agent/src/contract/common.ts';
import { anomaly } from '../../../agent/src/notify/notify.fixture.ts';
import type { Target } from '../target.ts';

const TOKENS = { writeTokens: ['write-token-123456'], readTokens: [] };
const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };

/** The API without its server, over a small world that is new each time: what one input did changes nothing for the next. */
function openApi() {
  const world = fakeWorld();
  const now = world.clock.now();
  world.rows.push(hpaRow(KEY), hpaRow({ ...KEY, hpa: 'web' }, { id: 2, active: false }));
  world.samples = Array.from({ length: 5 }, (_, i) =>
    sampleAt(now - (5 - i) * 60_000, { cpuCurrent: 50 + i, replicasCurrent: 3 }),
  );
  world.anomalies.push(anomaly('a1', { key: KEY, hpaId: 1 }));
  const app = createApp(world.services, {
    tokens: () => TOKENS,
    listenHost: '127.0.0.1',
    allowedHosts: [],
  });
  return {
    routes: app.routes.filter((route): route is JsonRoute => route.kind === 'json'),
    stop: () => app.stop(),
  };
}

type Call = { route: string; params?: unknown; query?: unknown; body?: unknown };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shortJson = (value: unknown): string => {
  try {
    return (JSON.stringify(value) ?? '').slice(0, 8_000);
  } catch {
    return '[';
  }
};

/** As it comes out of the router and its query parser: texts only. */
const textsOf = (value: unknown): Record<string, string> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, text]) => [name, typeof text === 'string' ? text : shortJson(text)]),
      )
    : {};

const signal = new AbortController().signal;
const MOST_ANSWER = 200_000;

async function call(input: string): Promise<string> {
  let asked: Call;
  try {
    asked = JSON.parse(input) as Call;
  } catch {
    return 'no JSON: the body parser refuses it';
  }
  // A body as its text has it: `strict` lets only objects and lists through.
  if (!isRecord(asked)) return 'no call';
  const api = openApi();
  try {
    const route = api.routes.find(({ method, path }) => `${method} ${path}` === asked.route) ?? api.routes[0];
    if (!route) throw new Error('no routes');
    const { status, body } = await route.handle({
      params: route.params && parseInput(route.params, textsOf(asked.params), 'path'),
      query: parseInput(route.query ?? NO_QUERY, textsOf(asked.query), 'query'),
      body:
        route.body &&
        parseInput(route.body, isRecord(asked.body) || Array.isArray(asked.body) ? asked.body : undefined, 'body'),
      signal,
      access: 'write',
    });
    const answer: unknown = JSON.parse(JSON.stringify(body));
    const schema = route.answers[status];
    if (!schema) throw new Error(`${route.path} answers ${status}`);
    schema.parse(answer);
    return `${route.method} ${route.path} ${status}`;
  } catch (error) {
    const { status, body } = toFailure(error, 'id');
    if (status >= 500) throw error;
    if (!(body.code in STATUS_BY_CODE)) throw new Error(`code ${body.code}`, { cause: error });
    const text = JSON.stringify(errorAnswerSchema.parse(body));
    if (text.length > MOST_ANSWER) throw new Error(`a refusal of ${text.length} characters`, { cause: error });
    const { field } = (body.details ?? {}) as { field?: unknown };
    if (status === 400 && typeof field !== 'string')
      throw new Error(`no field in ${text.slice(0, 300)}`, { cause: error });
    return `${body.code} ${String(field)
      .replaceAll(/\d+|[^\w.[\]]/g, '')
      .slice(0, 40)}`;
  } finally {
    api.stop();
  }
}

/** Path, query and body of every JSON route: `{route, params, query, body}`. */
export const http: Target = { name: 'http', kind: 'json', baseMs: 200, run: call };
