// npm run bench [-- NAME ...]: the named benchmarks, else all. JSON lines on stdout: {bench, ...}; what is compared is
// measured in the same run and given as a ratio.
const BENCHES: Record<string, () => Promise<{ bench: (args: string[]) => Promise<object[]> }>> = {
  backfill: () => import('./backfill.ts'),
  collect: () => import('./collect.ts'),
  detection: () => import('./detection.ts'),
  'detection-live': () => import('./detection-live.ts'),
  fleet: () => import('./fleet.ts'),
  load: () => import('./load.ts'),
  page: () => import('./page.ts'),
  postgres: () => import('./postgres.ts'),
  rivals: () => import('./rivals.ts'),
  storage: () => import('./storage.ts'),
  'storage-size': () => import('./storage-size.ts'),
  story: () => import('./story.ts'),
  tunnel: () => import('./tunnel.ts'),
};

/** Take minutes: only when they are named. */
const ONLY_BY_NAME = new Set(['backfill', 'detection', 'fleet', 'load', 'postgres', 'rivals', 'storage-size', 'story']);

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const options = process.argv.slice(2).filter((arg) => arg.startsWith('-'));
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(1);
}
for (const [name, load] of Object.entries(BENCHES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : ONLY_BY_NAME.has(name)) continue;
  const { bench } = await load();
  for (const row of await bench(options)) console.log(JSON.stringify({ bench: name, ...row }));
}
