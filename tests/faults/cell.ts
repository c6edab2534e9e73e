import { floorTo, MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { isAlive } from '../rig/agent.ts';
import { CLUSTER, openCellRig, type CellRig } from './cell-rig.ts';
import { pause, type CellFault } from './fault.ts';
import { BASE, BOTH_FIRE_AT, END } from './history.ts';
import { listenTo, type Overheard } from './overheard.ts';
import { reachPhase, templateOf, type Phase } from './phases.ts';
import type { Templates } from './templates.ts';
import type { Truth } from './truth.ts';
import { BACKFILLED_POINTS, countBaseline, judgeRows, judgeTold, pointsIn, progressOf } from './verdict.ts';

export type World = { prometheusUrl: string; kubectlPath: string; templates: Templates; truth: Truth };

export type CellResult = {
  fault: string;
  phase: Phase;
  /** From the end of the fault until all is as it should be; null: never. */
  recoveredMs: number | null;
  said: string;
  missing: number;
  wrong: number;
  duplicates: number;
  lost: string[];
  doubled: string[];
  left: number;
  tookMs: number;
  /** Empty: the cell holds. */
  problems: string[];
};

export const LONGEST_RECOVERY_MS = 60 * SECOND;
const GIVE_UP_AFTER_MS = 100 * SECOND;
const STORY_WITHIN_MS = 30 * SECOND;
const STEP_MS = 30 * SECOND;
const LET_GO_AFTER_MS = 300;

/** Runs one cell. Never rejects: what goes wrong is its result. */
export async function runCell(world: World, fault: CellFault, phase: Phase): Promise<CellResult> {
  const startedAt = Date.now();
  const result: CellResult = {
    ...{ fault: fault.name, phase, recoveredMs: null, said: '', missing: 0, wrong: 0, duplicates: 0 },
    ...{ lost: [], doubled: [], left: 0, tookMs: 0, problems: [] },
  };
  const { prometheusUrl, kubectlPath } = world;
  const template = templateOf(phase, world.templates);
  const uid = fault.uid === undefined ? {} : { uid: fault.uid };
  const rig = await openCellRig({ prometheusUrl, kubectlPath, template, startAt: BASE, ...uid });
  try {
    await fault.prepare?.(rig);
    await reachPhase(phase, rig);
    const heard = listenTo(rig);
    try {
      await suffer(rig, fault, phase);
      result.recoveredMs = await recovery(rig, world.truth);
    } finally {
      // What is said while it recovers still is of the fault: a locked database answers nobody before.
      await heard.stop();
      Object.assign(result, told(fault, heard, rig.said, result.problems));
    }
    if (result.recoveredMs === null) result.problems.push(`not recovered within ${GIVE_UP_AFTER_MS / SECOND} s`);
    else if (result.recoveredMs > LONGEST_RECOVERY_MS) result.problems.push('recovered too late');
    await endOfStory(rig);
    await judge(rig, world, phase, result);
  } catch (error) {
    const last = rig
      .log()
      .slice(-3)
      .map((line) => JSON.stringify(line));
    result.problems.push(`${(error as Error).message.slice(0, 600)} ${last.join(' ').slice(0, 600)}`);
  } finally {
    await rig.stop();
  }
  result.tookMs = Date.now() - startedAt;
  return result;
}

/** The fault from its beginning to its end, and what was said of it. */
async function suffer(rig: CellRig, fault: CellFault, phase: Phase): Promise<void> {
  const { lastsMs = 5_000, minutes = 6 } = fault;
  const endsAt = Date.now() + lastsMs;
  await fault.begin(rig);
  await pause(LET_GO_AFTER_MS);
  rig.proxy.release();
  // An attempt at history waits by the clock before it is repeated: that time is not to be cut short.
  const steps = phase === 'backfill' ? 0 : (minutes * MINUTE) / STEP_MS;
  for (let i = 0; i < steps; i++) {
    await pause(Math.max(0, (endsAt - Date.now()) / (steps - i)));
    rig.clock.step(STEP_MS);
  }
  await pause(Math.max(0, endsAt - Date.now()));
  await fault.end(rig);
  rig.receiver.release();
}

function told(
  { says, needsPerson }: CellFault,
  heard: Overheard,
  words: string[],
  problems: string[],
): { said: string } {
  const fits = (texts: string[]): string | undefined => texts.find((text) => says?.test(text));
  const [inStatus, inLog] = [fits(heard.status), fits(heard.log)];
  if (says && needsPerson && inStatus === undefined)
    problems.push(`the status did not say it: ${heard.status.join(' | ')}`);
  if (says && needsPerson && inLog === undefined) problems.push(`the log did not say it: ${heard.log.join(' | ')}`);
  if (says && inStatus === undefined && inLog === undefined)
    problems.push(`neither status nor log said it: ${[...heard.status, ...heard.log].join(' | ')}`);
  const log = inLog ?? heard.log[0];
  const said = words[0] ?? inStatus ?? heard.status.find((text) => text !== 'no answer') ?? (log && `(log) ${log}`);
  return { said: said ?? '' };
}

/** How long until forward, scan, history, minutes and notifications are as if nothing had been; null: too long. */
async function recovery(rig: CellRig, truth: Truth): Promise<number | null> {
  const endedAt = Date.now();
  const since = rig.clock.now();
  while (Date.now() - endedAt < GIVE_UP_AFTER_MS) {
    if (await isWell(rig, truth, since)) return Date.now() - endedAt;
    if (!isAlive(rig.agent().pid)) throw new Error('the agent ended');
    await pause(100);
  }
  return null;
}

async function isWell(rig: CellRig, truth: Truth, since: number): Promise<boolean> {
  const status = await rig.status();
  const forward = status?.port_forwards.find(({ cluster }) => cluster === CLUSTER);
  const scan = status?.scans.find(({ cluster }) => cluster === CLUSTER)?.last_scan;
  if (forward?.status !== 'active' || scan?.result !== 'ok' || Date.parse(scan.started_at) < since) return false;
  // Scrapes land late: a minute is asked for when it is 15 s old.
  const settled = floorTo(since - 15 * SECOND, MINUTE);
  const progress = progressOf(rig.dataDir);
  if (!progress || progress.open > 0 || progress.queued > 0 || progress.until < settled) return false;
  const { missing, wrong } = judgeRows(`${rig.dataDir}/monitoring.db`, truth, settled, rig.poisoned);
  return missing + wrong === 0;
}

/** Both incidents fire, then both are over: whoever listens is told. */
async function endOfStory(rig: CellRig): Promise<void> {
  const isTold = (event: string) => judgeTold(rig.receiver.told, [event]).lost.length === 0;
  const isScanned = (until: number) => (progressOf(rig.dataDir)?.until ?? 0) >= until;
  if (rig.clock.now() < BOTH_FIRE_AT) rig.clock.setTo(BOTH_FIRE_AT + 30 * SECOND);
  await within(STORY_WITHIN_MS, () => isScanned(BOTH_FIRE_AT) && isTold('firing'));
  rig.clock.setTo(END + 30 * SECOND);
  await within(STORY_WITHIN_MS, () => isScanned(END) && isTold('resolved'));
  // Whoever tells it twice does so now.
  await pause(500);
}

async function within(ms: number, holds: () => boolean): Promise<void> {
  for (const giveUpAt = Date.now() + ms; !holds() && Date.now() < giveUpAt;) await pause(100);
}

async function judge(rig: CellRig, world: World, phase: Phase, result: CellResult): Promise<void> {
  const { problems } = result;
  const ended = await rig.agent().stop();
  if (ended.code !== 0) problems.push(`the agent ended with ${ended.code}`);
  const left = rig.processes();
  const rows = judgeRows(`${rig.dataDir}/monitoring.db`, world.truth, END, rig.poisoned);
  const { lost, doubled } = judgeTold(rig.receiver.told);
  Object.assign(result, { ...rows, lost, doubled, left: left.length });
  if (left.length > 0) problems.push(`left: ${left.map(({ command }) => command).join(' | ')}`);
  if (rows.missing > 0) problems.push(`${rows.missing} minutes are missing`);
  if (rows.wrong > 0) problems.push(`${rows.wrong} minutes have wrong values`);
  if (rows.duplicates > 0) problems.push(`${rows.duplicates} duplicate rows`);
  if (rows.damage.length > 0) problems.push(`damaged: ${rows.damage[0]}`);
  if (lost.length > 0) problems.push(`lost: ${lost.join(', ')}`);
  if (doubled.length > 0) problems.push(`doubled: ${doubled.join(', ')}`);
  const known = phase === 'backfill' ? countBaseline(rig.dataDir) : BACKFILLED_POINTS;
  const points = known + Math.max(0, pointsIn(rig.poisoned));
  if (points < BACKFILLED_POINTS) problems.push(`${BACKFILLED_POINTS - points} points of the history are missing`);
}
