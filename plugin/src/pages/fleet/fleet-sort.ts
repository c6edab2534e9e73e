import type { HpaItem } from '@hpa-watch/agent/contract';
import { hpaState, hpaStateRank } from '../../view/hpa-state';

export const SORT_COLUMNS = ['state', 'hpa', 'cluster', 'replicas', 'cpu', 'baseline', 'scanned'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export type FleetSort = { column: SortColumn; isDescending: boolean };

type SortKey = string | number | null;

/** By what each column sorts; null is not known, and comes last both ways. */
const KEYS: Record<SortColumn, (item: HpaItem) => SortKey> = {
  state: (item) => hpaStateRank(hpaState(item)),
  hpa: (item) => `${item.namespace}/${item.hpa}`,
  cluster: (item) => item.cluster,
  replicas: ({ latest }) => latest?.replicas_current ?? null,
  cpu: ({ latest }) => latest?.cpu_current ?? null,
  baseline: ({ baseline }) => (baseline.state === 'running' ? baseline.progress - 100 : baseline.coverage),
  scanned: ({ last_scan }) => (last_scan === null ? null : -Date.parse(last_scan)),
};

const collator = new Intl.Collator('en', { numeric: true });

/** In the order asked for; equal ones by name, so that rows do not change places from poll to poll. */
export function sortItems(items: readonly HpaItem[], { column, isDescending }: FleetSort): HpaItem[] {
  const keyOf = KEYS[column];
  const sign = isDescending ? -1 : 1;
  return items
    .map((item) => ({ item, key: keyOf(item), name: `${item.namespace}/${item.hpa}/${item.cluster}` }))
    .sort((a, b) => compareKeys(a.key, b.key, sign) || collator.compare(a.name, b.name))
    .map(({ item }) => item);
}

function compareKeys(a: SortKey, b: SortKey, sign: 1 | -1): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)));
}

/** A click on a heading: that column upwards, then downwards. */
export const nextSort = (sort: FleetSort, column: SortColumn): FleetSort => ({
  column,
  isDescending: sort.column === column && !sort.isDescending,
});
