import type { SummaryAnswer } from '../contract/api.ts';
import { rebuiltSentence, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import type { CredentialState } from './credential-state.ts';
import { iso } from './time-text.ts';

/** What is wrong, or was, with the agent itself and needs a person. */
export function noticesOf(rebuilt: Rebuilt | null, credentials: readonly CredentialState[]): SummaryAnswer['notices'] {
  return [
    ...(rebuilt === null
      ? []
      : [{ code: 'database/rebuilt' as const, since: iso(rebuilt.at), message: rebuiltSentence(rebuilt) }]),
    ...credentials
      .filter(({ error }) => error !== null)
      .map(({ setting, error }) => ({
        code: 'credential/not-used' as const,
        since: null,
        message: `What the file of ${setting} holds now is not used, what was read before stays in use: ${error}`,
      })),
  ];
}
