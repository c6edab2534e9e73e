import { runCheck } from '../compose/check.ts';
import { loadConfig } from '../config/load.ts';
import type { CheckResult } from '../collect/check.ts';
import { inLines, onOneLine } from '../core/plain-text.ts';
import type { CommandContext } from './context.ts';
import { table } from './table.ts';

export type CheckOptions = { config: string | null; json: boolean };

/** Tries every cluster of the settings, else every context of the kubeconfig. Exit code 1 when one fails or there is none. */
export async function checkCommand(context: CommandContext, { config: file, json }: CheckOptions): Promise<number> {
  const config = loadConfig({ file, env: context.env, cwd: context.cwd });
  const results = await runCheck({ config, env: context.env });
  context.print(json ? JSON.stringify(results.map(asJson), null, 2) : asTable(results));
  return results.length > 0 && results.every(({ failedAt }) => failedAt === null) ? 0 : 1;
}

const asJson = ({ error, ...result }: CheckResult) => ({
  ...result,
  error: error && { code: error.code, message: error.message },
});

function asTable(results: readonly CheckResult[]): string {
  if (results.length === 0)
    return 'There is nothing to check: no cluster in the settings and no context in the kubeconfig.';
  const mark = (ok: boolean | null) => (ok === null ? '-' : ok ? 'ok' : 'FAILED');
  const rows = results.map(({ cluster, via, failedAt, readyMs, hpas }) => [
    cluster,
    via,
    mark(failedAt !== 'context'),
    failedAt === 'context' ? '-' : readyMs === null ? 'FAILED' : `ok ${readyMs} ms`,
    failedAt === null ? 'ok' : failedAt === 'metrics' ? 'FAILED' : '-',
    hpas === null ? '-' : String(hpas),
  ]);
  const remarks = results.flatMap(({ cluster, notes, error }) => [
    ...(error ? [`${onOneLine(cluster)}: ${inLines(error.message)}`] : []),
    ...notes.map((note) => onOneLine(`${cluster}: note: ${note}`)),
  ]);
  return [
    table(['CLUSTER', 'REACHED BY', 'CONTEXT', 'PROMETHEUS', 'METRICS', '>HPAS'], rows),
    ...(remarks.length > 0 ? ['', ...remarks] : []),
  ].join('\n');
}
