import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../agent/src/config/load.ts';
import { readCsv } from '../../../agent/src/cli/backtest-csv.ts';
import { systemClock } from '../../../agent/src/core/clock.ts';
import { silentLogger } from '../../../agent/src/core/logger.ts';
import { parseContexts } from '../../../agent/src/kubectl/kubeconfig.ts';
import { createLedger } from '../../../agent/src/kubectl/ledger.ts';
import { assertFinite, outcomeOf, type Target } from '../target.ts';

/** A folder for the files of one target, made when first needed. */
function scratch() {
  let folder: string | null = null;
  return {
    file: (name: string) => join((folder ??= mkdtempSync(join(tmpdir(), 'hpa-watch-fuzz-'))), name),
    clear(keep: string) {
      for (const name of folder === null ? [] : readdirSync(folder))
        if (name !== keep) rmSync(join(folder ?? '', name));
    },
    close: () => folder !== null && rmSync(folder, { recursive: true, force: true }),
  };
}

/** YAML is read by a library at some 2 MB/s; deep nesting costs it more. */
const YAML_US = 60;
const YAML_BASE_MS = 500;

export const kubeconfig: Target = {
  name: 'kubeconfig',
  kind: 'text',
  baseMs: YAML_BASE_MS,
  usPerCharacter: YAML_US,
  run: (input) =>
    outcomeOf(
      () => {
        const names = parseContexts(input, 'kubeconfig');
        for (const name of names)
          if (typeof name !== 'string' || name === '') throw new Error('a context without a name');
        return names;
      },
      { codes: ['config/unreadable'] },
    ),
};

const configFiles = scratch();
export const config: Target = {
  name: 'config',
  kind: 'text',
  baseMs: YAML_BASE_MS,
  usPerCharacter: YAML_US,
  run(input) {
    const file = configFiles.file('settings.yaml');
    writeFileSync(file, input);
    return outcomeOf(
      () => {
        const loaded = loadConfig({ file, env: {}, cwd: '/' });
        assertFinite(loaded, 'config');
        // Plain data: it goes to logs and threads.
        JSON.stringify(loaded);
        return loaded;
      },
      { codes: ['config/invalid', 'config/unreadable'] },
    );
  },
  close: () => void configFiles.close(),
};

export const csv: Target = {
  name: 'csv',
  kind: 'text',
  run: (input) =>
    outcomeOf(
      () => {
        const points = readCsv(input, 'values.csv');
        assertFinite(points, 'points');
        points.forEach(({ ts }, i) => {
          if (ts % 60_000 !== 0 || ts <= (points[i - 1]?.ts ?? -Infinity))
            throw new Error(`minute ${ts} is out of order`);
        });
        return points;
      },
      { codes: ['request/invalid'] },
    ),
};

const ledgerFiles = scratch();
export const pidLedger: Target = {
  name: 'pid-ledger',
  kind: 'json',
  run(input) {
    const file = ledgerFiles.file('kubectl.json');
    writeFileSync(file, input);
    const warned: number[] = [];
    const logger = {
      ...silentLogger,
      warn: (about: object) => void warned.push(JSON.stringify(about).length),
      info: () => undefined,
    };
    // Only read: nothing that stands in it is ended here.
    const entries = createLedger({ file, clock: systemClock, logger }).entries();
    for (const { pid } of entries) if (!Number.isSafeInteger(pid) || pid <= 0) throw new Error(`pid ${pid}`);
    if (warned.some((characters) => characters > 10_000))
      throw new Error(`a log line of ${Math.max(...warned)} characters`);
    ledgerFiles.clear('');
    return `${entries.length} entries, ${warned.length} warnings`;
  },
  close: () => void ledgerFiles.close(),
};
