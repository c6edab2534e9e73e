import { toProblem, type AgentProblem, type ProblemKind } from '../api/problem';
import { problemText } from '../view/problem-text';

/** Where the agent itself says what is wrong, and what is allowed. */
const SAID_BY_AGENT: ReadonlySet<ProblemKind> = new Set(['refused', 'not-found', 'cluster', 'failed']);

/** The agent names fields as they stand in the request; the editor shows them without that. */
const OWN_FIELDS = /targets\[\d+\]\.(payload\.)?|payload\./g;

/** A failed call in one sentence or two, for places that have only text. */
export function problemSentence({ kind, message, code }: Pick<AgentProblem, 'kind' | 'message' | 'code'>): string {
  if (SAID_BY_AGENT.has(kind) && message !== '') return message.replaceAll(OWN_FIELDS, '');
  const { title, advice } = problemText(kind);
  return `${title}. ${advice}${code === null ? '' : ` (${code})`}`;
}

/** @throws Error whose message is that sentence, for places that show only a message */
export async function saidInSentences<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Error(problemSentence(toProblem(error)), { cause: error });
  }
}
