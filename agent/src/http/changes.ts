import type { EventBus } from '../core/events.ts';

/** Clusters of which something changed; null: of any. */
export type Touched = readonly string[] | null;
/** What a caller wrote, the same caller expects to read. */
export type ChangeKind = 'call' | 'event';
export type ChangeListener = (touched: Touched, kind: ChangeKind) => void;

/** Counts whatever may have changed an answer, and tells of which clusters an HPA may be another than before. */
export type Changes = {
  count(): number;
  /** A call wrote. */
  note(touched: Touched): void;
  /** Something is told otherwise from now on, though nothing is different. */
  bump(): void;
  hear(listener: ChangeListener): void;
  stop(): void;
};

export function watchChanges(events: Pick<EventBus, 'subscribe'>): Changes {
  let count = 0;
  const listeners: ChangeListener[] = [];
  const tell: ChangeListener = (touched, kind) => {
    count += 1;
    for (const listener of listeners) listener(touched, kind);
  };
  const stop = events.subscribe((event) => {
    // What fires is asked for each answer; a forward or a slot changes no HPA.
    const isOfHpas = event.type === 'scan' || event.type === 'backfill' || event.type === 'hpa';
    tell(isOfHpas || event.type === 'cluster' ? [event.cluster] : [], 'event');
  });
  return {
    count: () => count,
    note: (touched) => tell(touched, 'call'),
    bump: () => void (count += 1),
    hear: (listener) => void listeners.push(listener),
    stop,
  };
}
