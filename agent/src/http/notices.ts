import type { SummaryAnswer } from '../contract/api.ts';
import { rebuiltSentence, type Rebuilt } from '../storage/sqlite/rebuilt-report.ts';
import type { BufferState } from '../storage/spool/buffered-store.ts';
import type { CredentialState } from './credential-state.ts';
import { iso } from './time-text.ts';

export type NoticeFacts = {
  rebuilt: Rebuilt | null;
  credentials: readonly CredentialState[];
  /** null: the database is in this process, and cannot be away. */
  buffer: BufferState | null;
};

type Notice = SummaryAnswer['notices'][number];

/** What is wrong, or was, with the agent itself and needs a person. What cannot wait stands first. */
export const noticesOf = ({ rebuilt, credentials, buffer }: NoticeFacts): Notice[] => [
  ...(buffer?.away ? [awayNotice(buffer.away, buffer.isFull)] : []),
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

const awayNotice = ({ since, reason }: NonNullable<BufferState['away']>, isFull: boolean): Notice => ({
  code: isFull ? 'database/buffer-full' : 'database/away',
  since: iso(since),
  message: `${reason} ${
    isFull
      ? 'The buffer for it on the disk of the agent is full (database.bufferMib): clusters are not scanned until something of it is written.'
      : 'Scans go on: what they bring is kept on the disk of the agent, and judged once the database has it.'
  }`,
});
