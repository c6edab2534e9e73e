import { AgentError, isAgentError, toAgentError } from '../core/errors.ts';
import type { RevisionsSeen } from '../domain/change.ts';
import type { Sample } from '../domain/sample.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import type { StoredHpa } from '../storage/store.ts';
import type { TrackedHpa } from './assemble.ts';
import type { ClusterSession } from './collector.ts';
import { assertCurrent, tracked, type CollectDeps } from './deps.ts';
import type { Survey, Surveyor } from './discover.ts';
import { gather } from './gather.ts';
import { lastSettledMinute, nextGapPiece, planScan } from './plan.ts';
import type { createPresence } from './presence.ts';
import { asBatch, type RevisionFilter } from './revisions.ts';

export type ScanDeps = CollectDeps & {
  survey: Surveyor;
  follow: ReturnType<typeof createPresence>;
  revisions: RevisionFilter;
};

type Tally = { hpas: number; rows: number; notes: Set<string> };

/** See Collector.scan. */
export async function scanCluster(deps: ScanDeps, session: ClusterSession, signal: AbortSignal): Promise<ScanOutcome> {
  const { clock, logger } = deps;
  const startedAt = clock.now();
  const requestsBefore = session.prometheus.requests;
  const tally: Tally = { hpas: 0, rows: 0, notes: new Set() };
  const outcome = (result: ScanOutcome['result'], error: AgentError | null): ScanOutcome => ({
    cluster: session.cluster,
    startedAt,
    durationMs: clock.now() - startedAt,
    result,
    hpas: tally.hpas,
    rows: tally.rows,
    requests: session.prometheus.requests - requestsBefore,
    error,
    notes: [...tally.notes],
  });

  let lookedAt: Looked | null;
  try {
    lookedAt = await scanLatest(deps, session, signal, tally);
  } catch (error) {
    // What the database or another owner of the way says explains more than that the slot is over.
    const isTold = isAgentError(error) && (error.code === 'scan/stale-lease' || error.code.startsWith('storage/'));
    const overrun = signal.aborted && !isTold;
    return overrun ? outcome('overrun', overrunError(error)) : outcome('failed', toAgentError(error));
  }
  try {
    if (lookedAt) await catchUp(deps, session, lookedAt, signal, tally);
  } catch (error) {
    // The latest minutes are written; what is missing of the older ones stays an open gap.
    if (!signal.aborted) {
      const failure = toAgentError(error);
      // That the database is away is told once, and not for each cluster.
      const level = failure.code.startsWith('storage/') && failure.retryable ? 'debug' : 'warn';
      logger[level]({ cluster: session.cluster, code: failure.code }, `catch-up stopped: ${failure.message}`);
      tally.notes.add(`older minutes are still missing: ${failure.message}`);
    }
  }
  return outcome('ok', null);
}

const overrunError = (cause: unknown): AgentError =>
  new AgentError('scan/overrun', 'the scan did not end in its slot', { retryable: true, cause });

type Looked = { survey: Survey; hpas: TrackedHpa[] };

/** The minutes since the last pass, in one window for all HPAs. */
async function scanLatest(
  { store, clock, survey: ask, follow, revisions: filter }: ScanDeps,
  session: ClusterSession,
  signal: AbortSignal,
  tally: Tally,
): Promise<Looked | null> {
  signal.throwIfAborted();
  const stored = await store.hpasOfCluster(session.cluster);
  const active = stored.filter((hpa) => hpa.active);
  tally.hpas = active.length;
  if (active.length === 0) return null;

  const now = clock.now();
  const survey = await ask(session, active, lastSettledMinute(now), signal);
  survey.notes.forEach((note) => tally.notes.add(note));
  noteUnknownTargets(active, survey, tally);
  const hpas = tracked(active, survey);
  const plan = planScan(active, now);
  const wanted = hpas.filter(({ id }) => plan?.starts.has(id));
  const gathered = plan ? await gather(session.prometheus, wanted, plan.window, survey, { signal }) : null;
  gathered?.notes.forEach((note) => tally.notes.add(note));

  assertCurrent(session);
  signal.throwIfAborted();
  const facts = follow(active, survey, lastSettledMinute(now));
  if (facts.length > 0) await store.saveDiscovered(session.cluster, facts);
  if (!plan || !gathered) return { survey, hpas };
  const revisions = filter.news(gathered.revisions);
  const { rows } = await store.writeSamples({
    now: clock.now(),
    isBaseline: false,
    revisions,
    samples: wanted.map(({ id }) => ({
      hpaId: id,
      samples: between(gathered.samples.get(id), plan.starts.get(id) ?? plan.window.start, plan.window.end),
    })),
    cursors: wanted.map(({ id }) => ({ hpaId: id, scannedUntil: plan.window.end })),
    ...(plan.gaps.length > 0 ? { openGaps: plan.gaps } : {}),
  });
  filter.written(revisions);
  tally.rows += rows;
  return { survey, hpas };
}

/** Open gaps, newest first, as long as the signal leaves time; what was written stays. */
async function catchUp(
  { store, clock, config }: ScanDeps,
  session: ClusterSession,
  { survey, hpas }: Looked,
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  const byId = new Map(hpas.map((hpa) => [hpa.id, hpa]));
  while (!signal.aborted) {
    const gaps = (await store.openGaps(session.cluster)).filter(({ hpaId }) => byId.has(hpaId));
    const piece = nextGapPiece(gaps, clock.now(), config);
    if (piece === null) return;
    const members = [...new Set(piece.closes.map(({ hpaId }) => hpaId))].flatMap((id) => byId.get(id) ?? []);
    const gathered = piece.window
      ? await gather(session.prometheus, members, piece.window, survey, { signal })
      : { samples: new Map<number, Sample[]>(), revisions: new Map<number, RevisionsSeen[]>(), notes: [] };
    gathered.notes.forEach((note) => tally.notes.add(note));
    assertCurrent(session);
    signal.throwIfAborted();
    const { rows } = await store.writeSamples({
      now: clock.now(),
      isBaseline: false,
      revisions: asBatch(gathered.revisions),
      samples: piece.closes.map(({ hpaId, from, to }) => ({
        hpaId,
        samples: between(gathered.samples.get(hpaId), from, to),
      })),
      closeGaps: piece.closes,
    });
    tally.rows += rows;
  }
}

const between = (samples: readonly Sample[] | undefined, from: number, to: number): Sample[] =>
  (samples ?? []).filter(({ ts }) => ts >= from && ts <= to);

function noteUnknownTargets(active: readonly StoredHpa[], survey: Survey, tally: Tally): void {
  const shown = new Map(survey.hpas.map((hpa) => [`${hpa.namespace}/${hpa.hpa}`, hpa]));
  const unknown = active.filter(({ namespace, hpa, target }) => {
    const seen = shown.get(`${namespace}/${hpa}`);
    return seen !== undefined && seen.target === null && target === null;
  });
  if (unknown.length > 0 && survey.capabilities.metrics.has('kube_horizontalpodautoscaler_info')) {
    tally.notes.add(
      `kube_horizontalpodautoscaler_info names no scale target for ${unknown.length} HPAs: their CPU, memory and ready replicas are missing`,
    );
  }
}
