import { toProblem } from '../api/problem';
import type { Call, Transport } from '../api/transport';
import recorded from './recorded.fixture.json';

/** What the agent answered, held to what it answers today by a test of the agent (agent/src/http/grafana/recorded.test.ts). */

export type Sent = { path: string; body: unknown };

/** An agent that answers what was recorded, word for word, and nothing else. */
export function recordedAgent(): { send: Transport; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = async <T>(path: string, { body }: Call = {}): Promise<T> => {
    sent.push({ path, body });
    // As it would go over the wire: what is undefined is not there.
    const asked = JSON.stringify(sorted(JSON.parse(JSON.stringify(body))));
    const found = recorded.find(
      (one) => `/grafana/${one.path}` === path && JSON.stringify(sorted(one.request)) === asked,
    );
    if (found === undefined) throw new Error(`not recorded: ${path} ${asked}`);
    if (found.status >= 400) throw toProblem({ status: found.status, data: found.answer, config: { url: path } });
    return found.answer as T;
  };
  return { send, sent };
}

/** With its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, held]) => [key, sorted(held)]),
  );
}
