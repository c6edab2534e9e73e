import type { DiscoveredHpaView, EnrolResultView, HpaItem } from '@hpa-watch/agent/contract';
import { hpaKeyText } from '../../api/changed-list';

/** Where an HPA stands on its way from found to watched with a baseline. */
export type RowState =
  /** Not watched; can be ticked. */
  | { kind: 'found' }
  /** Asked for just now. */
  | { kind: 'asked' }
  /** The agent would not; `reason` in its own words. Can be ticked again. */
  | { kind: 'refused'; reason: string }
  | { kind: 'collecting'; isQueued: boolean; percent: number; leftMs: number | null }
  | { kind: 'ready'; coverage: number | null }
  | { kind: 'partial'; coverage: number | null; reason: string | null }
  | { kind: 'failed'; reason: string | null };

export type EnrolmentRow = {
  key: string;
  cluster: string;
  namespace: string;
  hpa: string;
  /** What the cluster shows of it now; null: it shows it no longer, or could not be asked. */
  found: DiscoveredHpaView | null;
  isPaused: boolean;
  state: RowState;
};

/** What is known of one HPA from its enrolment: `at` is when it was asked for, then when the agent answered (epoch ms). */
export type Asked = { at: number; result: EnrolResultView | null };

/** A list read so long after the agent said "enrolled" knows it; where it does not hold the HPA, it was stopped since. */
const SETTLED_MS = 3_000;

type Facts = {
  cluster: string;
  /** null: the cluster could not be asked. */
  discovered: readonly DiscoveredHpaView[] | null;
  watched: readonly HpaItem[];
  /** When `watched` was read (epoch ms). */
  watchedAt: number;
  asked: ReadonlyMap<string, Asked>;
  /** Time left by key (ms). */
  left: (item: HpaItem, key: string) => number | null;
};

/** Every HPA that the cluster shows or that is watched there, by namespace and name. */
export function rowsOf({ cluster, discovered, watched, watchedAt, asked, left }: Facts): EnrolmentRow[] {
  const found = new Map((discovered ?? []).map((one) => [hpaKeyText({ cluster, ...one }), one]));
  const items = new Map(watched.map((item) => [hpaKeyText(item), item]));
  const keys = [...new Set([...found.keys(), ...items.keys()])];
  const rows = keys.flatMap((key): EnrolmentRow[] => {
    const [one, item] = [found.get(key) ?? null, items.get(key)];
    const named = item ?? one;
    if (named === null || named === undefined) return [];
    return [
      {
        key,
        cluster,
        namespace: named.namespace,
        hpa: named.hpa,
        found: one,
        isPaused: item !== undefined && !item.monitoring_active,
        state: item === undefined ? unwatchedState(asked.get(key), watchedAt) : watchedState(item, left(item, key)),
      },
    ];
  });
  return rows.sort((a, b) => a.namespace.localeCompare(b.namespace) || a.hpa.localeCompare(b.hpa));
}

function unwatchedState(asked: Asked | undefined, watchedAt: number): RowState {
  if (asked === undefined) return { kind: 'found' };
  if (asked.result?.outcome === 'failed') return { kind: 'refused', reason: asked.result.error?.message ?? '' };
  const isStopped = asked.result !== null && watchedAt - asked.at > SETTLED_MS;
  return { kind: isStopped ? 'found' : 'asked' };
}

function watchedState({ baseline }: HpaItem, leftMs: number | null): RowState {
  const { state, progress, coverage, reason } = baseline;
  switch (state) {
    case 'queued':
    case 'running':
      return { kind: 'collecting', isQueued: state === 'queued', percent: progress, leftMs };
    case 'ready':
      return { kind: 'ready', coverage };
    case 'partial':
      return { kind: 'partial', coverage, reason };
    case 'failed':
      return { kind: 'failed', reason };
  }
}

export const canTick = ({ state, found }: EnrolmentRow): boolean =>
  found !== null && (state.kind === 'found' || state.kind === 'refused');

export const isWatched = ({ state }: EnrolmentRow): boolean =>
  state.kind !== 'found' && state.kind !== 'asked' && state.kind !== 'refused';

/** Those whose `namespace/name` or target holds every word of the search. */
export function searched(rows: readonly EnrolmentRow[], text: string): EnrolmentRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = ({ namespace, hpa, found }: EnrolmentRow): string =>
    `${namespace}/${hpa} ${found?.target?.kind ?? ''} ${found?.target?.name ?? ''}`.toLowerCase();
  return words.length === 0 ? [...rows] : rows.filter((row) => words.every((word) => textOf(row).includes(word)));
}

export type Group = { namespace: string; rows: EnrolmentRow[] };

export function byNamespace(rows: readonly EnrolmentRow[]): Group[] {
  const groups = new Map<string, EnrolmentRow[]>();
  for (const row of rows) groups.set(row.namespace, [...(groups.get(row.namespace) ?? []), row]);
  return [...groups].map(([namespace, inside]) => ({ namespace, rows: inside }));
}
