import type { HpaItem } from '../contract/api.ts';
import { createBreath } from '../core/breath.ts';
import { hpaId, type HpaKey } from '../domain/hpa.ts';
import type { HpaRow } from '../storage/store.ts';
import { presentHpa, type HpaFacts } from './present-hpa.ts';

/** One enrolled HPA: as stored, as shown, and the number of the look that found it changed last. */
export type FleetItem = { row: HpaRow; item: HpaItem; changedIn: number };

/** All enrolled HPAs at one look, by cluster, namespace and name. */
export type FleetSnapshot = {
  revision: string;
  items: readonly FleetItem[];
  byId: ReadonlyMap<string, FleetItem>;
  /** What changed since an earlier revision; null: that one is not known (any more). */
  since(revision: string): { changed: FleetItem[]; removed: HpaKey[] } | null;
};

/** An HPA as it is shown, and that as text: what differs in it is a change. */
export type Shown = { id: string; row: HpaRow; item: HpaItem; text: string };
export type ShownByCluster = ReadonlyMap<string, readonly Shown[]>;

/** HPAs that went are remembered up to so many; who asks from before reads the list again. */
const MOST_REMOVED = 2_000;

const show = (row: HpaRow, facts: HpaFacts): Shown => {
  const item = presentHpa(row, facts);
  return { id: hpaId(row), row, item, text: JSON.stringify(item) };
};

/** HPAs of which nothing was read, with what fires of them now. */
export function showFiring(list: readonly Shown[], facts: HpaFacts): readonly Shown[] {
  const mayDiffer = ({ row, item }: Shown) => facts.firing.has(row.id) || item.worst_anomaly !== null;
  return list.some(mayDiffer) ? list.map((one) => (mayDiffer(one) ? show(one.row, facts) : one)) : list;
}

/** By cluster, in the order of the rows. */
export async function showRows(rows: readonly HpaRow[], facts: HpaFacts): Promise<Map<string, Shown[]>> {
  const breathe = createBreath();
  const shown = new Map<string, Shown[]>();
  for (const row of rows) {
    const list = shown.get(row.cluster);
    if (list) list.push(show(row, facts));
    else shown.set(row.cluster, [show(row, facts)]);
    await breathe();
  }
  return shown;
}

/** What differs from look to look, of the whole fleet. `run`: looks of another run of the agent are numbered anew. */
export function createFleetLooks(run: string) {
  let look = 0;
  let shown: ShownByCluster = new Map();
  let known = new Map<string, { shown: Shown; item: FleetItem }>();
  let removed: { key: HpaKey; id: string; in: number }[] = [];
  let forgottenUntil = 0;

  return {
    shown: (): ShownByCluster => shown,
    /** The next look: all HPAs. */
    take(all: ShownByCluster): FleetSnapshot {
      const number = look + 1;
      let differs = false;
      const next: typeof known = new Map();
      for (const list of all.values())
        for (const one of list) {
          const before = known.get(one.id);
          const isSame = before?.shown.text === one.text;
          differs ||= !isSame;
          const { row, item } = one;
          const isKnown = before?.shown === one;
          next.set(
            one.id,
            isKnown ? before : { shown: one, item: { row, item, changedIn: isSame ? before.item.changedIn : number } },
          );
        }
      for (const [id, { item }] of known)
        if (!next.has(id)) {
          differs = true;
          removed.push({ id, key: keyOf(item.row), in: number });
        }
      if (removed.length > MOST_REMOVED) {
        const gone = removed.splice(0, removed.length - MOST_REMOVED);
        forgottenUntil = gone.at(-1)?.in ?? forgottenUntil;
      }
      if (differs) look = number;
      removed = removed.filter(({ id }) => !next.has(id));
      known = next;
      shown = all;
      const byId = new Map([...next].map(([id, { item }]) => [id, item]));
      return snapshotOf({ run, look, forgottenUntil, byId, removed: [...removed] });
    },
  };
}

const keyOf = ({ cluster, namespace, hpa }: HpaKey): HpaKey => ({ cluster, namespace, hpa });

type Look = {
  run: string;
  look: number;
  forgottenUntil: number;
  byId: ReadonlyMap<string, FleetItem>;
  removed: readonly { key: HpaKey; in: number }[];
};

function snapshotOf({ run, look, forgottenUntil, byId, removed }: Look): FleetSnapshot {
  const items = [...byId.values()];
  return {
    revision: `${run}.${look}`,
    items,
    byId,
    since(revision) {
      const [theirRun, text = ''] = revision.split('.');
      const theirs = Number(text);
      if (theirRun !== run || String(theirs) !== text || !Number.isInteger(theirs)) return null;
      if (theirs > look || theirs < forgottenUntil) return null;
      return {
        changed: items.filter(({ changedIn }) => changedIn > theirs),
        removed: removed.filter((entry) => entry.in > theirs).map(({ key }) => key),
      };
    },
  };
}
