import { existsSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../durable-file.ts';
import { pathBeside, readBeside } from './list-beside.ts';

/** That a damaged database was replaced, and by what. */
const rebuiltSchema = z.object({
  at: z.number(),
  /** What was wrong. */
  reason: z.string(),
  /** Where the damaged one is kept; null: there was no file. */
  keptAs: z.string().nullable(),
  clusters: z.number(),
  hpas: z.number(),
  samples: z.number(),
  anomalies: z.number(),
  incomplete: z.array(z.string()),
});
export type Rebuilt = z.infer<typeof rebuiltSchema>;

/** The last rebuilding. */
const reportPath = (path: string): string => pathBeside(path, 'rebuilt');

export const writeReport = (path: string, rebuilt: Rebuilt): void =>
  writeDurably(reportPath(path), `${JSON.stringify(rebuilt, null, 2)}\n`);

/** The last rebuilding of a database, as long as the damaged one is kept where it was put; null: none that matters. */
export function lastRebuilt(path: string): Rebuilt | null {
  const rebuilt = readBeside(reportPath(path), rebuiltSchema);
  return rebuilt === null || rebuilt.keptAs === null || existsSync(rebuilt.keptAs) ? rebuilt : null;
}

/** What happened, and what to do about it, for people. */
export function rebuiltSentence({ reason, keptAs, clusters, hpas, samples, anomalies, incomplete }: Rebuilt): string {
  const kept = keptAs === null ? '' : ` The damaged one is kept as ${keptAs}; remove it when nobody needs it.`;
  const lost = incomplete.length === 0 ? '' : ` Not all could be read of: ${incomplete.join(', ')}.`;
  return (
    `The database was damaged (${reason}) and a new one was begun.${kept} Taken over: ${clusters} clusters, ${hpas} HPAs, ` +
    `${samples} samples, ${anomalies} anomalies.${lost} What is missing is read from Prometheus again.`
  );
}
