import { loadavg } from 'node:os';
import { month, reading } from './storage/month.ts';

/** `--hpas=100`: of the month; `--rows=20M`: in the store that is read. 0 leaves the part out. */
function optionsOf(args: readonly string[]): { hpas: number; rows: number } {
  const wrong = args.filter((arg) => !/^--(hpas=\d+|rows=\d+M?)$/.test(arg));
  if (wrong.length > 0) throw new RangeError(`no such option: ${wrong.join(', ')}`);
  const told = (name: string, usual: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual;
  const rows = told('rows', '20M');
  return { hpas: Number(told('hpas', '100')), rows: Number.parseInt(rows) * (rows.endsWith('M') ? 1e6 : 1) };
}

/** What stands on disk after a month and what is written for it, and reading among many rows. */
export async function bench(args: string[]): Promise<object[]> {
  const { hpas, rows } = optionsOf(args);
  const load = () => loadavg().map((value) => Number(value.toFixed(1)));
  const results: object[] = [];
  if (hpas > 0) results.push({ ...(await month(hpas)), load: load() });
  if (rows > 0) results.push(...(await reading(rows)).map((row) => ({ ...row, load: load() })));
  return results;
}
