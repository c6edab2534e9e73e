import type { AnomalyStateName, AnomalyView, SeverityName } from '@hpa-watch/agent/contract';

/** Epoch ms. */
export type Span = { from: number; to: number };

/** One anomaly, or one cluster event, as a bar in its lane. */
export type Bar = {
  key: string;
  /** The one that a click opens: of a cluster event the worst. */
  anomaly: AnomalyView;
  /** How many anomalies it stands for. */
  count: number;
  severity: SeverityName;
  state: AnomalyStateName;
  leftPercent: number;
  widthPercent: number;
  /** It began before, or goes on after, what is shown. */
  isCutLeft: boolean;
  isOpenRight: boolean;
  /** Bars that overlap stand in several rows of their lane. */
  row: number;
};

export type Lane = {
  key: string;
  /** null: the lane of a cluster's events. */
  hpa: { cluster: string; namespace: string; hpa: string } | null;
  cluster: string;
  rows: number;
  bars: Bar[];
};

const RANK: Record<SeverityName, number> = { critical: 0, warning: 1, info: 2 };
export const worst = (a: AnomalyView, b: AnomalyView): number =>
  RANK[a.severity] - RANK[b.severity] || b.score - a.score;

/** When it was there; what goes on lasts until now. */
export function spanOf({ started_at, ended_at }: Pick<AnomalyView, 'started_at' | 'ended_at'>, now: number): Span {
  const from = Date.parse(started_at);
  return { from, to: Math.max(from, ended_at === null ? now : Date.parse(ended_at)) };
}

export const overlaps = (a: Span, b: Span): boolean => a.from <= b.to && a.to >= b.from;

/** Ids of the cluster events that more than one of these belong to: an event of one is none. */
export function eventsOf(anomalies: readonly AnomalyView[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { cluster_event_id: id } of anomalies) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([id]) => id));
}

/** Lanes by HPA, with the worst that goes on first. `isGrouped`: the anomalies of a cluster event are one bar in a lane of their cluster. */
export function lanesOf(anomalies: readonly AnomalyView[], shown: Span, now: number, isGrouped: boolean): Lane[] {
  const events = isGrouped ? eventsOf(anomalies) : new Set<string>();
  const lanes = new Map<string, { lane: Omit<Lane, 'rows' | 'bars'>; members: Map<string, AnomalyView[]> }>();
  for (const anomaly of anomalies) {
    if (!overlaps(spanOf(anomaly, now), shown)) continue;
    const { cluster, namespace, hpa, cluster_event_id: event } = anomaly;
    const isEvent = event !== null && events.has(event);
    const key = JSON.stringify(isEvent ? [cluster] : [cluster, namespace, hpa]);
    const held = lanes.get(key) ?? {
      lane: { key, cluster, hpa: isEvent ? null : { cluster, namespace, hpa } },
      members: new Map<string, AnomalyView[]>(),
    };
    lanes.set(key, held);
    const bar = isEvent ? event : anomaly.id;
    held.members.set(bar, [...(held.members.get(bar) ?? []), anomaly]);
  }
  return [...lanes.values()]
    .map(({ lane, members }) => {
      const bars = inRows([...members].map(([key, group]) => ({ key, group, ...spanOfAll(group, now) })));
      return { ...lane, rows: Math.max(...bars.map(({ row }) => row)) + 1, bars: bars.map((bar) => drawn(bar, shown)) };
    })
    .sort(byUrgency);
}

type Placed = Span & { key: string; group: AnomalyView[]; row: number };

function spanOfAll(group: readonly AnomalyView[], now: number): Span {
  const spans = group.map((one) => spanOf(one, now));
  return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
}

/** Each bar in the first row that is free by then. */
function inRows(bars: readonly Omit<Placed, 'row'>[]): Placed[] {
  const ends: number[] = [];
  return [...bars]
    .sort((a, b) => a.from - b.from)
    .map((bar) => {
      const free = ends.findIndex((end) => end < bar.from);
      const row = free === -1 ? ends.length : free;
      ends[row] = bar.to;
      return { ...bar, row };
    });
}

function drawn({ key, group, from, to, row }: Placed, shown: Span): Bar {
  const length = Math.max(1, shown.to - shown.from);
  const percent = (at: number): number => ((Math.min(shown.to, Math.max(shown.from, at)) - shown.from) / length) * 100;
  const [anomaly] = [...group].sort(worst);
  if (anomaly === undefined) throw new Error('a bar without anomaly');
  const isOn = group.some(({ ended_at }) => ended_at === null);
  return {
    key,
    anomaly,
    count: group.length,
    severity: anomaly.severity,
    state: group.some(({ state }) => state === 'firing') ? 'firing' : anomaly.state,
    leftPercent: percent(from),
    widthPercent: percent(to) - percent(from),
    isCutLeft: from < shown.from,
    isOpenRight: isOn || to > shown.to,
    row,
  };
}

function byUrgency(a: Lane, b: Lane): number {
  const rank = ({ bars }: Lane): number =>
    Math.min(...bars.map(({ state, severity }) => RANK[severity] + (state === 'firing' ? 0 : 10)));
  const last = ({ bars }: Lane): number => Math.max(...bars.map(({ anomaly }) => Date.parse(anomaly.started_at)));
  return rank(a) - rank(b) || last(b) - last(a) || a.key.localeCompare(b.key);
}
