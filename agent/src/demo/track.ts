import type { HpaSpec } from './spec.ts';

/** What one pod looked like at each scrape; index 0 is `firstRow`. A pod that is away leaves NaN. */
export type PodTrack = {
  name: string;
  replicaSet: string | null;
  firstRow: number;
  /** 0 pending, 1 running, 2 running and ready, NaN away. */
  phase: number[];
  /** Per container: CPU seconds so far; working set in bytes. */
  cpuSeconds: number[][];
  memoryBytes: number[][];
};

export type StatusRow = {
  /** false: the scrape did not happen, or does not show this HPA. */
  scraped: boolean;
  current: number;
  desired: number;
  specReplicas: number;
  ready: number;
  max: number;
  /** 1 true, 0 false, -1 unknown. */
  ableToScale: number;
  scalingActive: number;
  scalingLimited: number;
  /** Per metric of the spec, NaN where the status says nothing. */
  metricCurrent: readonly number[];
  metricAverage: readonly number[];
};

/** One object for all rows that are no longer known. */
const FORGOTTEN: StatusRow = {
  scraped: false,
  current: NaN,
  desired: NaN,
  specReplicas: NaN,
  ready: NaN,
  max: NaN,
  ableToScale: NaN,
  scalingActive: NaN,
  scalingLimited: NaN,
  metricCurrent: [],
  metricAverage: [],
};

/** The history of one HPA and its pods at the instants of the scrapes: compact columns, one row a scrape. */
export class HpaTrack {
  readonly spec: HpaSpec;
  readonly status: StatusRow[] = [];
  readonly pods: PodTrack[] = [];
  readonly replicaSets: { name: string; firstRow: number }[] = [];
  /** Of a StatefulSet, one after the other. */
  readonly updateRevisions: { name: string; firstRow: number }[] = [];
  readonly #byName = new Map<string, PodTrack>();
  #forgotten = 0;

  constructor(spec: HpaSpec) {
    this.spec = spec;
  }

  get rows(): number {
    return this.status.length;
  }

  isScraped(row: number): boolean {
    return this.status[row]?.scraped ?? false;
  }

  addReplicaSet(name: string): void {
    if (!this.replicaSets.some((known) => known.name === name)) this.replicaSets.push({ name, firstRow: this.rows });
  }

  addUpdateRevision(name: string): void {
    if (this.updateRevisions.at(-1)?.name !== name) this.updateRevisions.push({ name, firstRow: this.rows });
  }

  /** Appends what one pod looks like at row `row`. A pod of a StatefulSet that comes back goes on under its name. */
  recordPod(
    row: number,
    pod: { name: string; replicaSet: string | null; cpuSeconds: readonly number[]; memoryBytes: readonly number[] },
    phase: number,
  ): void {
    let track = this.#byName.get(pod.name);
    if (track === undefined) {
      const containers = pod.cpuSeconds.length;
      track = {
        name: pod.name,
        replicaSet: pod.replicaSet,
        firstRow: row,
        phase: [],
        cpuSeconds: Array.from({ length: containers }, () => []),
        memoryBytes: Array.from({ length: containers }, () => []),
      };
      this.#byName.set(pod.name, track);
      this.pods.push(track);
    }
    while (track.phase.length < row - track.firstRow) append(track, NaN, [], []);
    append(track, phase, pod.cpuSeconds, pod.memoryBytes);
  }

  /** Lets go of everything before row `row`: as if nothing had been scraped then. Rows keep their numbers. */
  forgetBefore(row: number): void {
    const end = Math.min(row, this.rows);
    for (; this.#forgotten < end; this.#forgotten++) this.status[this.#forgotten] = FORGOTTEN;
    for (let i = this.pods.length - 1; i >= 0; i--) {
      const pod = this.pods[i];
      if (pod === undefined || pod.firstRow >= end) continue;
      const gone = Math.min(end - pod.firstRow, pod.phase.length);
      for (const column of [pod.phase, ...pod.cpuSeconds, ...pod.memoryBytes]) column.splice(0, gone);
      pod.firstRow += gone;
      if (pod.phase.length > 0) continue;
      this.pods.splice(i, 1);
      this.#byName.delete(pod.name);
    }
  }

  /** Forgets everything at and after `row`: a row between two scrapes is only a view of the present. */
  truncate(row: number): void {
    this.status.length = Math.min(this.status.length, row);
    while ((this.replicaSets.at(-1)?.firstRow ?? -1) > row) this.replicaSets.pop();
    while ((this.updateRevisions.at(-1)?.firstRow ?? -1) >= row) this.updateRevisions.pop();
    for (let i = this.pods.length - 1; i >= 0; i--) {
      const pod = this.pods[i];
      if (pod === undefined || pod.firstRow + pod.phase.length <= row) continue;
      const keep = Math.max(0, row - pod.firstRow);
      for (const column of [pod.phase, ...pod.cpuSeconds, ...pod.memoryBytes]) column.length = keep;
      if (keep > 0) continue;
      this.pods.splice(i, 1);
      this.#byName.delete(pod.name);
    }
  }
}

function append(track: PodTrack, phase: number, cpu: readonly number[], memory: readonly number[]): void {
  track.phase.push(phase);
  track.cpuSeconds.forEach((column, i) => column.push(cpu[i] ?? NaN));
  track.memoryBytes.forEach((column, i) => column.push(memory[i] ?? NaN));
}
