import { eventually, startAgentProcess, type AgentProcess } from '../../rig/agent.ts';
import { clustersAt, clusterNames, type Answerer, type Fleet } from './prepare.ts';

const WITHIN_MS = 3 * 60_000;

/** From the spawn of the process, ms; `answers`: the answerer's own work meanwhile, on the same cores. */
export type Start = { listening: number; firstScan: number; firstJudged: number; answers: number };

/** How long the answerer has worked on answers so far, ms. */
const busyMsOf = async ({ url }: Answerer): Promise<number> => Number(await (await fetch(`${url}/busy`)).text());

/** Starts the agent on what is there of the fleet, and follows it until its first scan is judged. */
export async function timedStart(
  fleet: Fleet,
  answerer: Answerer,
  dataDir: string,
  nodeFlags: readonly string[],
): Promise<{ agent: AgentProcess; start: Start }> {
  const [spawnedAt, busyBefore] = [Date.now(), await busyMsOf(answerer)];
  const settings = {
    dataDir,
    lanes: 'auto',
    log: { level: 'debug' },
    clusters: clustersAt(answerer, clusterNames(fleet)),
  };
  const agent = await startAgentProcess(settings, 0, [], nodeFlags);
  const listening = Date.now() - spawnedAt;
  const sinceSpawn = async (message: string): Promise<number> => {
    const line = await eventually(message, WITHIN_MS, () => agent.log().find(({ msg }) => msg === message));
    return Date.parse(String(line.time)) - spawnedAt;
  };
  try {
    const firstScan = await sinceSpawn('first scan done');
    const answers = (await busyMsOf(answerer)) - busyBefore;
    return { agent, start: { listening, firstScan, answers, firstJudged: await sinceSpawn('scan judged') } };
  } catch (error) {
    await agent.stop();
    throw error;
  }
}
