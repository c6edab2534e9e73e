import { AgentError } from '../../core/errors.ts';
import { spoilChunks, type Chunk, type Target } from './target.ts';

/** What was read back is not what was copied: it is copied again by the next run. */
export async function differs(target: Target, chunks: readonly Chunk[], about: string | null): Promise<AgentError> {
  await target.write((sql) => spoilChunks(sql, chunks));
  const table = chunks[0]?.table ?? '';
  return new AgentError(
    'storage/corrupt',
    `What ${target.where} holds in its table "${table}"${about === null ? '' : ` of ${about}`} is not what was copied: ` +
      'run the migration again; it copies this part anew.',
    { details: { table, chunks: chunks.slice(0, 20) } },
  );
}
