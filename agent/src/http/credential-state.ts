import type { StatusAnswer } from '../contract/api.ts';
import type { FollowedState } from '../core/followed-files.ts';
import { iso } from './time-text.ts';

/** `expiresAt` epoch ms; null where it never does. */
export type CredentialState = FollowedState & { expiresAt: number | null };

export const presentCredential = ({
  setting,
  loadedAt,
  expiresAt,
  error,
}: CredentialState): StatusAnswer['credentials'][number] => ({
  setting,
  loaded_at: iso(loadedAt),
  expires_at: expiresAt === null ? null : iso(expiresAt),
  error,
});
