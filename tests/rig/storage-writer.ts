import { MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';

/**
 * Writes to the database given as its argument until it is killed: enrols HPAs and writes a row for each, and prints the name
 * of every HPA whose enrolment was acknowledged. To be killed with SIGKILL.
 */
const [path = '', prefix = ''] = process.argv.slice(2);
const store = await openSqliteStore({ path, now: Date.now });
const start = Date.UTC(2026, 0, 5);
const ids: number[] = [];
for (let n = 0; ; n++) {
  const hpa = `${prefix}-${n}`;
  const [enrolled] = await store.enrol([{ cluster: 'a', namespace: 'b', hpa }], start);
  process.stdout.write(`${hpa}\n`);
  ids.push(enrolled?.hpa.id ?? 0);
  const sample = { ...emptySample(start + n * MINUTE), cpuCurrent: n, cpuTarget: n % 7 };
  const samples = ids.slice(-50).map((hpaId) => ({ hpaId, samples: [sample] }));
  await store.writeSamples({ now: start, isBaseline: n % 2 === 0, samples });
}
