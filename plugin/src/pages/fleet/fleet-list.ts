import type { HpaItem, HpaListAnswer } from '@hpa-watch/agent/contract';
import type { AgentClient, HpaKey } from '../../api/agent-client';

/** The whole fleet as the page holds it; what did not change stays the same object, so that its row is not drawn again. */
export type FleetList = { items: ReadonlyMap<string, HpaItem>; revision: string };

const PAGE = 1_000;

/** As the agent names an HPA in one text, and the key of its row. */
export const keyText = ({ cluster, namespace, hpa }: HpaKey): string => `${cluster}/${namespace}/${hpa}`;

/** Everything the first time, then only what changed. An agent that was started anew answers with everything again. @throws AgentProblem */
export async function readFleet(
  client: Pick<AgentClient, 'hpas'>,
  before: FleetList | null,
  signal: AbortSignal,
): Promise<FleetList> {
  if (before === null) return readAll(client, await client.hpas({ limit: PAGE }, signal), signal);
  const answer = await client.hpas({ limit: PAGE, since: before.revision }, signal);
  return answer.full ? readAll(client, answer, signal) : merge(before, answer);
}

/** The revision of the first page holds: what changes while the others are read is told by the next poll. */
async function readAll(
  client: Pick<AgentClient, 'hpas'>,
  first: HpaListAnswer,
  signal: AbortSignal,
): Promise<FleetList> {
  const hpas = [...first.hpas];
  for (let cursor = first.next_cursor; cursor !== null;) {
    const page = await client.hpas({ limit: PAGE, cursor }, signal);
    hpas.push(...page.hpas);
    cursor = page.next_cursor;
  }
  return { items: new Map(hpas.map((item) => [keyText(item), item])), revision: first.revision };
}

export function merge(before: FleetList, answer: Pick<HpaListAnswer, 'hpas' | 'removed' | 'revision'>): FleetList {
  if (answer.hpas.length === 0 && answer.removed.length === 0) {
    return answer.revision === before.revision ? before : { items: before.items, revision: answer.revision };
  }
  const items = new Map(before.items);
  for (const key of answer.removed) items.delete(keyText(key));
  for (const item of answer.hpas) items.set(keyText(item), item);
  return { items, revision: answer.revision };
}
