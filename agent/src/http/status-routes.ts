import type { StatusAnswer, SummaryAnswer, TimeslotsAnswer } from '../contract/api.ts';
import { statusAnswerSchema } from '../contract/status.ts';
import { summaryAnswerSchema } from '../contract/summary.ts';
import { timeslotsAnswerSchema } from '../contract/timeslots.ts';
import { isAgentError } from '../core/errors.ts';
import { formatDuration } from '../core/duration.ts';
import { presentCredential, type CredentialState } from './credential-state.ts';
import { presentAgents } from './present-agents.ts';
import { presentForward } from './present-forward.ts';
import { processView } from './process-view.ts';
import { presentScans, presentTimeslots, presentTimeSlots } from './present-schedule.ts';
import { statusFingerprint, timeslotsFingerprint } from './schedule-fingerprint.ts';
import { noticesOf } from './notices.ts';
import { presentDatabase } from './present-database.ts';
import { summaryFingerprint } from './present-summary.ts';
import { readSummary } from './read-summary.ts';
import type { EventLoopWatch } from './event-loop.ts';
import type { FleetItems } from './fleet-items.ts';
import type { FleetHpa } from './fleet-shelf.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';
import { iso } from './time-text.ts';

const TAG = 'status';

type Deps = Pick<
  Services,
  | 'store'
  | 'anomalies'
  | 'agents'
  | 'fleet'
  | 'schedule'
  | 'forwards'
  | 'rebuilt'
  | 'buffer'
  | 'metrics'
  | 'clock'
  | 'version'
> & { items: FleetItems; loop: EventLoopWatch; credentials: () => readonly CredentialState[] };

export const statusRoutes = (deps: Deps): Route[] => {
  const { store, fleet, schedule, forwards, rebuilt, clock, version } = deps;
  const startedAt = clock.now();
  return [
    jsonRoute({
      method: 'get',
      path: '/api/v1/monitoring/summary',
      tag: TAG,
      summary: 'What is true now, in one look.',
      answers: { 200: summaryAnswerSchema },
      fingerprint: (body) => summaryFingerprint(body as SummaryAnswer),
      async handle() {
        const summary = await readSummary(deps);
        const facts = { rebuilt: rebuilt(), credentials: deps.credentials(), buffer: deps.buffer() };
        return ok({ ...summary, notices: noticesOf(facts) });
      },
    }),

    jsonRoute({
      method: 'get',
      path: '/api/v1/monitoring/status',
      tag: TAG,
      summary: 'Forwards, time slots and database.',
      answers: { 200: statusAnswerSchema },
      fingerprint: (body) => statusFingerprint(body as StatusAnswer),
      async handle() {
        const counts = await store.counts();
        const process = await processView(deps);
        // Where the database is away, and was so from the first question on, nobody knows how far behind anything is.
        const hpas = await deps.items.read().then(({ hpas }) => hpas, noneWhereAway);
        const now = clock.now();
        const view = schedule.view(now);
        return ok({
          version,
          port_forwards: forwards().map((forward) => presentForward(forward, now)),
          time_slots: presentTimeSlots(view, now),
          scans: fleet.list().map(({ name }) => presentScans(view, name, now)),
          agents: presentAgents(deps.agents(), hpas, now),
          process: { started_at: iso(startedAt), uptime: formatDuration(now - startedAt), ...process },
          credentials: deps.credentials().map(presentCredential),
          database: presentDatabase(counts, rebuilt(), deps.buffer()),
        });
      },
    }),

    jsonRoute({
      method: 'get',
      path: '/api/v1/monitoring/timeslots',
      tag: TAG,
      summary: 'The time slots of the current cycle.',
      answers: { 200: timeslotsAnswerSchema },
      fingerprint: (body) => timeslotsFingerprint(body as TimeslotsAnswer),
      async handle() {
        const now = clock.now();
        const facts = { clusters: fleet.list(), forwards: forwards(), counts: await store.countByCluster() };
        return ok(presentTimeslots(schedule.view(now), facts, now));
      },
    }),
  ];
};

function noneWhereAway(error: unknown): readonly FleetHpa[] {
  if (isAgentError(error) && error.code === 'storage/unreachable') return [];
  throw error;
}
