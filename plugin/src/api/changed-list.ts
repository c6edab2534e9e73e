import type { AnomalyListAnswer, AnomalyView, HpaItem, HpaListAnswer } from '@hpa-watch/agent/contract';
import type { AgentClient, HpaKey } from './agent-client';
import type { QueryValue } from './transport';

/** A whole list, read once and then kept by asking only for what changed. */
export type ChangedList<T> = { items: T[]; revision: string; total: number };

/** One answer of a list that knows `since`. */
type Answer<T> = { items: T[]; removed: string[]; revision: string; full: boolean; total: number; next: string | null };

type Query = Record<string, QueryValue>;

/** What `changed` holds replaces what was there by that key, or comes to the end; what `removed` names is gone. No news is the same list. */
export function applyChanges<T>(
  before: T[],
  changed: readonly T[],
  removed: readonly string[],
  keyOf: (item: T) => string,
): T[] {
  if (changed.length === 0 && removed.length === 0) return before;
  const news = new Map(changed.map((item) => [keyOf(item), item]));
  const gone = new Set(removed.filter((key) => !news.has(key)));
  const kept = before.filter((item) => !gone.has(keyOf(item))).map((item) => news.get(keyOf(item)) ?? item);
  const known = new Set(before.map(keyOf));
  return [...kept, ...changed.filter((item) => !known.has(keyOf(item)))];
}

/** Reads page by page up to `atMost`, or only what changed since `before`. */
async function readList<T>(
  ask: (query: Query) => Promise<Answer<T>>,
  keyOf: (item: T) => string,
  before: ChangedList<T> | null,
  atMost: number,
): Promise<ChangedList<T>> {
  const first = await ask(before === null ? {} : { since: before.revision });
  const { revision, total } = first;
  if (before !== null && !first.full) {
    return { items: applyChanges(before.items, first.items, first.removed, keyOf), revision, total };
  }
  const items = [...first.items];
  let next = first.next;
  while (next !== null && items.length < atMost) {
    const page = await ask({ cursor: next });
    items.push(...page.items);
    next = page.next;
  }
  return { items, revision, total };
}

export const hpaKeyText = ({ cluster, namespace, hpa }: HpaKey): string => JSON.stringify([cluster, namespace, hpa]);

const HPAS_PER_PAGE = 1_000;
const MOST_HPAS = 20_000;

/** The watched HPAs that match `query`. @throws AgentProblem */
export const readHpas = (
  client: Pick<AgentClient, 'hpas'>,
  query: Query,
  before: ChangedList<HpaItem> | null,
  signal?: AbortSignal,
): Promise<ChangedList<HpaItem>> =>
  readList(
    async (more) => hpaPage(await client.hpas({ ...query, limit: HPAS_PER_PAGE, ...more }, signal)),
    hpaKeyText,
    before,
    MOST_HPAS,
  );

const hpaPage = ({ hpas, removed, revision, full, total, next_cursor }: HpaListAnswer): Answer<HpaItem> => ({
  items: hpas,
  removed: removed.map(hpaKeyText),
  revision,
  full,
  total,
  next: next_cursor,
});

const ANOMALIES_PER_PAGE = 500;

/** The newest `atMost` anomalies that match `query`, newest first. @throws AgentProblem */
export async function readAnomalies(
  client: Pick<AgentClient, 'anomalies'>,
  query: Query,
  before: ChangedList<AnomalyView> | null,
  atMost: number,
  signal?: AbortSignal,
): Promise<ChangedList<AnomalyView>> {
  const ask = async (more: Query) =>
    anomalyPage(await client.anomalies({ ...query, limit: ANOMALIES_PER_PAGE, ...more }, signal));
  const list = await readList(ask, ({ id }) => id, before, atMost);
  const items = [...list.items].sort((a, b) => b.started_at.localeCompare(a.started_at));
  return { ...list, items };
}

const anomalyPage = ({
  anomalies,
  removed,
  revision,
  full,
  total,
  next_cursor,
}: AnomalyListAnswer): Answer<AnomalyView> => ({ items: anomalies, removed, revision, full, total, next: next_cursor });
