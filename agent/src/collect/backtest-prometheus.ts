import { DAY, floorTo, MINUTE, type Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { ScaleTarget } from '../domain/hpa.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import { pointsIn, SCAN_STEP_MS } from '../domain/window.ts';
import type { Prometheus } from '../prometheus/prometheus.ts';
import { createSurveyor } from './discover.ts';
import { gather } from './gather.ts';
import { withEmptyMinutes } from './judge-hpa.ts';
import { cutIntoPieces, lastSettledMinute } from './plan.ts';

/** Stays below the 11,000 points of a series that Prometheus answers with. */
const PIECE_MS = DAY;
const NAMES_SHOWN = 20;

export type HistoryRequest = { namespace: string; hpa: string; from: number; to: number };
export type PrometheusHistory = {
  /** One a minute at which the cluster answered, from the first that shows the HPA. */
  samples: Sample[];
  target: ScaleTarget | null;
  notes: string[];
};

export type HistoryOptions = {
  clock: Pick<Clock, 'now'>;
  signal: AbortSignal;
  /** The share done, 0 to 1. */
  onProgress: (done: number) => void;
};

/**
 * What a scan would have collected of one HPA from `from` to `to`, by the same queries, in pieces of a day.
 * @throws AgentError `hpa/not-found` with the names there are, `prometheus/*`
 */
export async function readFromPrometheus(
  prometheus: Prometheus,
  { namespace, hpa, from, to }: HistoryRequest,
  { clock, signal, onProgress }: HistoryOptions,
): Promise<PrometheusHistory> {
  const start = Math.ceil(from / MINUTE) * MINUTE;
  const end = Math.min(floorTo(to, MINUTE), lastSettledMinute(clock.now()));
  const window = { start, end, stepMs: SCAN_STEP_MS };
  if (pointsIn(window) === 0)
    throw new AgentError('request/invalid', 'There is no whole minute in the past between --from and --to.');
  const survey = createSurveyor(clock);
  const place = { cluster: '', prometheus };
  const shown = await survey(place, [{ namespace, hpa }], end, signal);
  const found = shown.hpas[0];
  if (!found) throw notFound({ namespace, hpa }, (await survey(place, null, end, signal)).hpas, end);

  const tracked = [{ id: 0, namespace, hpa, target: found.target }];
  const notes = new Set(shown.notes);
  const rows: Sample[] = [];
  const answered = new Set<number>();
  const pieces = cutIntoPieces(window, PIECE_MS);
  for (const [index, piece] of pieces.entries()) {
    const gathered = await gather(prometheus, tracked, piece, shown, {
      signal,
      onProgress: async (done) => onProgress((index + done) / pieces.length),
    });
    gathered.notes.forEach((note) => notes.add(note));
    rows.push(...(gathered.samples.get(0) ?? []));
    for (const { times } of await prometheus.range({ query: ANSWERED, ...piece }, signal))
      times.forEach((time) => answered.add(time));
  }
  rows.sort((a, b) => a.ts - b.ts);
  rows.forEach(({ ts }) => answered.add(ts));
  const first = rows[0]?.ts ?? Infinity;
  const minutes = [...answered].filter((ts) => ts >= first).sort((a, b) => a - b);
  return { samples: withEmptyMinutes(rows, minutes, emptySample), target: found.target, notes: [...notes] };
}

/** As in live watching, the cluster answered when it showed any HPA. */
const ANSWERED = '# hpa-watch answered\ncount(kube_horizontalpodautoscaler_spec_max_replicas)';

function notFound(
  { namespace, hpa }: { namespace: string; hpa: string },
  hpas: readonly { namespace: string; hpa: string }[],
  at: number,
): AgentError {
  const ofNamespace = hpas.filter((other) => other.namespace === namespace);
  const near = (ofNamespace.length > 0 ? ofNamespace : hpas).map((other) => `${other.namespace}/${other.hpa}`);
  const more = near.length > NAMES_SHOWN ? ` and ${near.length - NAMES_SHOWN} more` : '';
  const there = near.length === 0 ? 'no HPA at all' : `${near.slice(0, NAMES_SHOWN).join(', ')}${more}`;
  const time = new Date(at).toISOString();
  return new AgentError(
    'hpa/not-found',
    `This Prometheus shows no HPA ${namespace}/${hpa} at ${time}; it shows ${there}.`,
  );
}
