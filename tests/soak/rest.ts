import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../rig/agent.ts';
import { metricSums, processFacts } from '../rig/process-facts.ts';

/** What an agent holds while nobody is connected to it and it waits for its next scan. */
export type AtRest = { fds: number; handles: number; threads: number };

export type Rest = { before: AtRest; after: AtRest };

/** A worker that starts when it is first needed brings a loop of its own: epoll, eventfd, io_uring and the two ends of a pipe. */
const DESCRIPTORS_A_WORKER = 5;

/**
 * What stayed open: handles and descriptors before the first hour and after the last, with nobody connected. In the rows they are mostly the
 * streams and calls that are open at the moment, which come and go at random.
 */
export function kept({ before, after }: Rest): { handles: number; fds: number; workers: number } {
  const workers = after.threads - before.threads;
  const fds = after.fds - before.fds - Math.max(0, workers) * DESCRIPTORS_A_WORKER;
  return { handles: after.handles - before.handles, fds, workers };
}

/** More than the reader ever kept open at once. */
const READERS_CONNECTIONS = 32;
const LOOK_EVERY_MS = 100;

async function metrics(agent: AgentProcess): Promise<string> {
  const headers = { authorization: agent.authorization, connection: 'close' };
  return (await fetch(`${agent.url}/metrics`, { headers })).text();
}

/** So many calls at once take every connection that is kept alive, and each ends the one it came by. */
const closeReader = (agent: AgentProcess): Promise<unknown> =>
  Promise.all(Array.from({ length: READERS_CONNECTIONS }, () => metrics(agent)));

/**
 * The least of each that was seen, for up to `withinMs` or until `isEnough`. Scans, notifications and the connections that are kept
 * for the next ones only add to it; what is never closed is in every look. The agent's clock has to run at the machine's pace: between
 * scans that come several times a second there is no rest. The call that asks for the handles is itself one of them.
 */
export async function leastAtRest(
  agent: AgentProcess,
  withinMs: number,
  isEnough: (least: AtRest) => boolean = () => false,
): Promise<AtRest> {
  await closeReader(agent);
  const giveUpAt = Date.now() + withinMs;
  let least: AtRest = { fds: Infinity, handles: Infinity, threads: Infinity };
  do {
    await sleep(LOOK_EVERY_MS);
    const { fds, threads } = processFacts(agent.pid);
    const handles = metricSums(await metrics(agent)).get('hpa_watch_nodejs_active_handles_total') ?? NaN;
    least = {
      fds: Math.min(least.fds, fds),
      handles: Math.min(least.handles, handles),
      threads: Math.min(least.threads, threads),
    };
  } while (!isEnough(least) && Date.now() < giveUpAt);
  return least;
}
