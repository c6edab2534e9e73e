import type { AccessAnswer, ClusterListAnswer } from '@hpa-watch/agent/contract';
import { toProblem, type AgentProblem } from '../../api/problem';
import type { Transport } from '../../api/transport';
import { writeAccess } from '../../api/write-access';
import { clustersStep, reachStep, skipped, tokenStep, type StepResult } from './steps';

export const STEPS = ['reach', 'token', 'clusters'] as const;
export type StepName = (typeof STEPS)[number];

/** Tries one step after another, and tells what each came to. A step that failed leaves those after it out. */
export async function testConnection(
  send: Transport,
  signal: AbortSignal,
  onStep: (name: StepName, result: StepResult) => void,
): Promise<void> {
  const tell = (name: StepName, result: StepResult): boolean => {
    if (!signal.aborted) onStep(name, result);
    return !signal.aborted && result.outcome !== 'failed';
  };
  const answered = await orProblem(send('/healthz', { signal }));
  if (!tell('reach', reachStep(isProblem(answered) ? answered : null))) return skip(['token', 'clusters'], tell);
  const read = await orProblem(send<AccessAnswer>('/api/v1/access', { signal }));
  const write = isProblem(read) ? 'not-asked' : await writeAccess(send);
  tell('token', tokenStep(read, write));
  if (isProblem(read)) return skip(['clusters'], tell);
  const list = await orProblem(send<ClusterListAnswer>('/api/v1/clusters', { signal }));
  tell('clusters', clustersStep(isProblem(list) ? list : list.clusters));
}

const isProblem = <T>(answer: T | AgentProblem): answer is AgentProblem => answer instanceof Error;

async function orProblem<T>(call: Promise<T>): Promise<T | AgentProblem> {
  try {
    return await call;
  } catch (error) {
    return toProblem(error);
  }
}

const skip = (names: readonly StepName[], tell: (name: StepName, result: StepResult) => boolean): void =>
  names.forEach((name) => tell(name, skipped()));
