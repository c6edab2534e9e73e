import { sleep, type Cancel, type Clock } from '../core/clock.ts';
import { planSlots, samePlan, turnAfter, turnAt, type SlotPlan, type SlotTurn } from './slots.ts';

export type EngineDeps = {
  clock: Clock;
  /** Clusters by lane as they should be from the next boundary on. */
  lanes(): readonly (readonly string[])[];
  /** A fixed slot length in ms, or null for the table. */
  slotMs: number | null;
  /** Called at each cycle boundary before `lanes()` is read: the place to even out lanes. */
  onCycle(): void;
  /** Called when a slot begins, before its scans; they wait for it (rotating mode hands the lanes over here). */
  openSlot(turn: SlotTurn): Promise<void>;
  /** Scans one cluster, with all that follows from it; must settle soon after `signal` aborts at the slot's end and never reject. */
  scan(cluster: string, signal: AbortSignal): Promise<void>;
};

export type EngineView = {
  plan: SlotPlan;
  turn: SlotTurn | null;
  next: SlotTurn | null;
  /** Wall-clock start of the last execution of each slot index under the current plan. */
  lastExecuted: ReadonlyMap<number, number>;
  /** Clusters whose scan is running, since when. */
  running: ReadonlyMap<string, number>;
};

export type Engine = {
  view(): EngineView;
  /** Clusters were added or removed: looks at once when idle, else at the next boundary. */
  refresh(): void;
  /** Scans a cluster at once beside the slots: one that was watched by another agent until just now waits for no turn. */
  scanNow(cluster: string): Promise<void>;
  /** Aborts the cluster's scan where one runs; resolves when it has settled. */
  drop(cluster: string): Promise<void>;
  /** No new slot; running scans are aborted after `graceMs`; resolves when all have settled. */
  stop(graceMs?: number): Promise<void>;
};

/** How far a timer may be late, or the clock may jump, before slots are laid anew from now. */
const CLOCK_JUMP_MS = 60_000;
/** A scan beside the slots has at least so long. */
const LEAST_MS = 15_000;
/** So many scans of a slot begin at once, and as many again after so long: more at once only wait for one another. */
const BEGIN_AT_ONCE = 2;
const BEGIN_EVERY_MS = 40;
/** Of the slot, for all to begin in. */
const SHARE_TO_BEGIN = 0.2;

/**
 * Runs the slots: one timer, armed for the next boundary. Where we are follows from (plan, now) alone, so a late timer, a
 * suspended machine or a clock that jumps only skips turns; it never lets two slots run in each other's place.
 */
export function startEngine(deps: EngineDeps): Engine {
  const { clock } = deps;
  let plan = planSlots([], clock.now(), deps.slotMs);
  let turn: SlotTurn | null = null;
  let cancel: Cancel = () => undefined;
  let stopped = false;
  const lastExecuted = new Map<number, number>();
  const running = new Map<string, { since: number; abort: AbortController; done: Promise<void> }>();

  function arm(at: number): void {
    cancel();
    if (!stopped) cancel = clock.after(at - clock.now(), boundary);
  }

  /** A slot (or idleness) ended: takes over what changed, then opens the slot of now. */
  function boundary(): void {
    const now = clock.now();
    const leftCycle = turn === null || now >= turn.cycleEnd || now < turn.cycleStart;
    if (leftCycle) deps.onCycle();
    const wanted = planSlots(deps.lanes(), now, deps.slotMs);
    const jumped = turn !== null && (now < turn.start || now > turn.end + CLOCK_JUMP_MS);
    if (jumped || !samePlan(plan, wanted)) {
      plan = wanted;
      lastExecuted.clear();
    }
    const opened = turnAt(plan, now);
    if (!opened) {
      turn = null;
      return;
    }
    // A timer that fires a moment early would open the slot that just ran once more.
    if (turn && opened.start === turn.start) return arm(opened.end);
    turn = opened;
    lastExecuted.set(opened.index, now);
    arm(opened.end);
    void execute(opened);
  }

  async function execute(current: SlotTurn): Promise<void> {
    const deadline = new AbortController();
    const cancelDeadline = clock.after(current.end - clock.now(), () => deadline.abort(new Error('the slot is over')));
    const clusters = current.clusters.filter((name) => name !== null);
    const opened = deps.openSlot(current);
    const everyMs = Math.min(
      BEGIN_EVERY_MS,
      (SHARE_TO_BEGIN * (current.end - current.start) * BEGIN_AT_ONCE) / clusters.length,
    );
    await Promise.all(
      clusters.map((cluster, i) => scanOne(cluster, opened, deadline, Math.floor(i / BEGIN_AT_ONCE) * everyMs)),
    );
    cancelDeadline();
  }

  async function scanOne(
    cluster: string,
    opened: Promise<void>,
    deadline: AbortController,
    afterMs = 0,
  ): Promise<void> {
    // The cluster's previous scan did not settle although its deadline passed: this pass is lost, others are not.
    if (running.has(cluster)) return;
    const since = clock.now();
    const abort = new AbortController();
    const signal = AbortSignal.any([deadline.signal, abort.signal]);
    const done = opened.then(async () => {
      const wait = afterMs === 0 ? Promise.resolve() : sleep(clock, afterMs, signal);
      const isWanted = await wait.then(
        () => !stopped,
        () => false,
      );
      if (isWanted) await deps.scan(cluster, signal);
    });
    running.set(cluster, { since, abort, done });
    await done.finally(() => running.delete(cluster));
  }

  arm(clock.now());

  return {
    view: () => ({
      plan,
      turn,
      next: turn && turnAfter(plan, turn),
      lastExecuted,
      running: new Map([...running].map(([cluster, { since }]) => [cluster, since])),
    }),
    refresh() {
      if (turn === null) arm(clock.now());
    },
    async scanNow(cluster) {
      if (stopped) return;
      const deadline = new AbortController();
      const cancelDeadline = clock.after(Math.max(plan.slotMs, LEAST_MS), () =>
        deadline.abort(new Error('the time of a slot is over')),
      );
      await scanOne(cluster, Promise.resolve(), deadline).finally(cancelDeadline);
    },
    async drop(cluster) {
      const scan = running.get(cluster);
      scan?.abort.abort(new Error('the cluster is watched by this agent no longer'));
      await scan?.done.catch(() => undefined);
    },
    async stop(graceMs = 1_000) {
      stopped = true;
      cancel();
      const abortAll = () => running.forEach(({ abort }) => abort.abort(new Error('the agent is stopping')));
      const cancelGrace = graceMs > 0 ? clock.after(graceMs, abortAll) : (abortAll(), () => undefined);
      await Promise.all([...running.values()].map(({ done }) => done.catch(() => undefined)));
      cancelGrace();
    },
  };
}
