import type { HpaItem } from '../contract/api.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { HpaRow } from '../storage/store.ts';
import { NOTHING_FIRES, type FiringOfHpa } from './firing.ts';
import { shelve, type FleetHpa, type Shelf } from './fleet-shelf.ts';
import { presentHpa, presentWorst, type HpaFacts } from './present-hpa.ts';

/** All enrolled HPAs at one look, by cluster, namespace and name. What is shown of one is made when it is asked for. */
export type FleetSnapshot = {
  revision: string;
  hpas: readonly FleetHpa[];
  find(key: HpaKey): FleetHpa | undefined;
  firingOf(hpa: FleetHpa): FiringOfHpa;
  itemOf(hpa: FleetHpa): HpaItem;
  /** What changed since an earlier revision; null: that one is not known (any more). */
  since(revision: string): { changed: FleetHpa[]; removed: HpaKey[] } | null;
};

/** HPAs that went are remembered up to so many; who asks from before reads the list again. */
const MOST_REMOVED = 2_000;

type Removed = { key: HpaKey; in: number };

/** The fleet as it was read last, cluster by cluster, and what differs from look to look. `run`: looks of another run of the agent are numbered anew. */
export function createFleetLooks(run: string) {
  const shelves = new Map<string, Shelf>();
  /** By cluster, made when it is needed. */
  let inOrder: { clusters: readonly Shelf[]; hpas: readonly FleetHpa[] } | null = null;
  let look = 0;
  let removed: Removed[] = [];
  let forgottenUntil = 0;
  let shownFiring = new Map<number, string>();
  let lookedAt = -Infinity;
  let nextEndOfMute = Infinity;

  function order(): NonNullable<typeof inOrder> {
    if (inOrder) return inOrder;
    const clusters = [...shelves.values()].sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
    return (inOrder = { clusters, hpas: clusters.flatMap(({ hpas }) => hpas) });
  }

  function remember(cluster: string, hpas: readonly FleetHpa[], gone: readonly FleetHpa[]): void {
    const isBack = ({ key }: Removed) => key.cluster === cluster && hpas.some((hpa) => isNamed(hpa, key));
    removed = removed.filter((entry) => !isBack(entry));
    removed.push(...gone.map((hpa) => ({ key: keyOf(hpa), in: look })));
    if (removed.length <= MOST_REMOVED) return;
    const forgotten = removed.splice(0, removed.length - MOST_REMOVED);
    forgottenUntil = forgotten.at(-1)?.in ?? forgottenUntil;
  }

  /** The next look finds them changed. */
  function mark(isChanged: (hpa: FleetHpa) => boolean): void {
    const number = look + 1;
    for (const { hpas, changedIn } of shelves.values())
      hpas.forEach((hpa, place) => {
        if (isChanged(hpa)) look = changedIn[place] = number;
      });
  }

  function markFiring({ firing, worst }: HpaFacts): void {
    const shown = [...firing].map(([id, of]) => [id, JSON.stringify([of, presentWorst(worst.get(id))])] as const);
    const firingNow = new Map(shown);
    const ids = [...firingNow.keys(), ...shownFiring.keys()];
    const differing = new Set(ids.filter((id) => firingNow.get(id) !== shownFiring.get(id)));
    shownFiring = firingNow;
    if (differing.size > 0) mark(({ id }) => differing.has(id));
  }

  /** The end of a mute changes what is shown without anybody doing anything. */
  function markEndedMutes(now: number): void {
    if (now >= nextEndOfMute) {
      mark(({ mutedUntil }) => mutedUntil !== null && mutedUntil > lookedAt && mutedUntil <= now);
      nextEndOfMute = firstEndOfMute(order().hpas, now);
    }
    lookedAt = now;
  }

  return {
    clusters: (): string[] => [...shelves.keys()],
    /** All enrolled HPAs of a cluster, as they were read now. Answers whether any is shown otherwise than before. */
    put(cluster: string, rows: readonly HpaRow[], now: number): boolean {
      const before = shelves.get(cluster);
      const { shelf, gone, differs } = shelve({ cluster, rows, before, number: look + 1, now, lookedAt });
      if (rows.length > 0) shelves.set(cluster, shelf);
      else shelves.delete(cluster);
      inOrder = null;
      nextEndOfMute = Math.min(nextEndOfMute, firstEndOfMute(shelf.hpas, lookedAt));
      if (!differs) return false;
      look++;
      remember(cluster, shelf.hpas, gone);
      return true;
    },
    look(facts: HpaFacts): FleetSnapshot {
      markFiring(facts);
      markEndedMutes(facts.now);
      return snapshotOf({ run, look, forgottenUntil, removed, ...order() }, facts);
    },
  };
}

type Look = {
  run: string;
  look: number;
  forgottenUntil: number;
  removed: readonly Removed[];
  clusters: readonly Shelf[];
  hpas: readonly FleetHpa[];
};

function snapshotOf({ run, look, forgottenUntil, removed, clusters, hpas }: Look, facts: HpaFacts): FleetSnapshot {
  return {
    revision: `${run}.${look}`,
    hpas,
    find: (key) => clusters.find(({ cluster }) => cluster === key.cluster)?.hpas.find((hpa) => isNamed(hpa, key)),
    firingOf: ({ id }) => facts.firing.get(id) ?? NOTHING_FIRES,
    itemOf: (hpa) => presentHpa(hpa, facts),
    since(revision) {
      const [theirRun, text = ''] = revision.split('.');
      const theirs = Number(text);
      if (theirRun !== run || String(theirs) !== text || !Number.isInteger(theirs)) return null;
      if (theirs > look || theirs < forgottenUntil) return null;
      return {
        changed: clusters.flatMap((shelf) => shelf.hpas.filter((_, i) => (shelf.changedIn[i] ?? 0) > theirs)),
        removed: removed.filter((entry) => entry.in > theirs).map(({ key }) => key),
      };
    },
  };
}

const isNamed = (a: HpaKey, b: HpaKey): boolean => a.hpa === b.hpa && a.namespace === b.namespace;
const keyOf = ({ cluster, namespace, hpa }: HpaKey): HpaKey => ({ cluster, namespace, hpa });

const firstEndOfMute = (hpas: readonly FleetHpa[], after: number): number =>
  hpas.reduce(
    (first, { mutedUntil }) => (mutedUntil !== null && mutedUntil > after ? Math.min(first, mutedUntil) : first),
    Infinity,
  );
