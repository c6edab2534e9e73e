import { eventually } from '../rig/agent.ts';
import { CLUSTER, type CellRig } from './cell-rig.ts';
import type { Templates } from './templates.ts';
import { progressOf } from './verdict.ts';

export const PHASES = ['idle', 'backfill', 'scan', 'retention', 'notification'] as const;
export type Phase = (typeof PHASES)[number];

const REACHED_WITHIN_MS = 90_000;

/** The data directory that an agent of this phase begins with; null: an empty one. */
export const templateOf = (phase: Phase, { ready, old }: Templates): string | null =>
  phase === 'backfill' ? null : phase === 'retention' ? old : ready;

/** Starts the agent and waits until it is in the middle of the phase, as proxy, receiver and database see it. */
export async function reachPhase(phase: Phase, rig: CellRig): Promise<void> {
  if (phase === 'notification') rig.receiver.hold();
  await rig.start();
  if (phase === 'backfill') {
    rig.proxy.hold(({ form }) => Number(form.get('step')) === 300);
    await enrolAll(rig);
    return until('a query of the backfill is on its way', () => rig.proxy.held() > 0);
  }
  if (phase === 'notification') return until('a notification is on its way', () => rig.receiver.held() > 0);
  await until('the incident before is told', () => isQuiet(rig));
  if (phase === 'scan') {
    rig.proxy.hold(({ form }) => Number(form.get('step')) === 60);
    await until('a query of a scan is on its way', () => rig.proxy.held() > 0);
  }
  if (phase === 'retention') {
    const before = storedRows(rig);
    await until('old rows are being deleted', () => storedRows(rig) < before - 1_000);
  }
}

export async function enrolAll(rig: CellRig): Promise<void> {
  await eventually('the cluster can be enrolled', REACHED_WITHIN_MS, async () => {
    const { status } = await rig.agent().api('POST', '/api/v1/monitoring/hpas', { cluster: CLUSTER, all: true });
    return status < 300 ? true : null;
  });
}

const until = async (what: string, holds: () => boolean): Promise<void> =>
  void (await eventually(what, REACHED_WITHIN_MS, () => (holds() ? true : null)));

/** The first incident is told, and the agent knows that it is. */
const isQuiet = ({ receiver, dataDir }: CellRig): boolean =>
  receiver.told.some(({ event, taken }) => event === 'firing' && taken) && progressOf(dataDir)?.queued === 0;

const storedRows = (rig: CellRig): number =>
  rig.agent().sql<{ value: number }>("SELECT value FROM counter WHERE name = 'samples'")[0]?.value ?? 0;
