import { toProblem } from './problem';
import type { Transport } from './transport';

/** What the writing token was found to be good for. */
export type WriteAccess = 'granted' | 'read-only' | 'unknown-token' | 'not-asked';

/** An empty body that the agent refuses: the token is looked at before it, so nothing is changed. */
export async function writeAccess(send: Transport): Promise<WriteAccess> {
  try {
    await send('/api/v1/clusters', { method: 'POST', body: {} });
    return 'granted';
  } catch (error) {
    const { kind, code } = toProblem(error);
    if (kind === 'refused') return 'granted';
    if (kind === 'token') return 'unknown-token';
    // Without a code of the agent it is Grafana that refuses: this user is no editor.
    if (kind === 'read-only') return code === null ? 'not-asked' : 'read-only';
    return 'not-asked';
  }
}
