// Which files a browser loads until the first page of the app is shown, as webpack's own graph of chunks tells it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Configuration, MultiStats, Stats } from 'webpack';

const FIRST_PAGE = ['./pages/App', './fleet/FleetPage', './en-US/hpawatch-monitor-app.json'];

type Webpack = (options: Configuration, done: (error: Error | null, stats?: Stats | MultiStats) => void) => void;

/** Builds the app and answers the names of those files. @throws Error where the build fails */
export async function buildAndTrace(pluginDir: string): Promise<string[]> {
  const webpack = createRequire(join(pluginDir, 'package.json'))('webpack') as Webpack;
  const { default: configOf } = (await import(pathToFileURL(join(pluginDir, 'webpack.config.ts')).href)) as {
    default: (env: { production: boolean }) => Configuration;
  };
  const stats = await new Promise<Stats>((resolve, reject) => {
    // Without the cache of the everyday build: what is shipped is built from nothing.
    webpack({ ...configOf({ production: true }), cache: false }, (error, made) => {
      if (error !== null) reject(error);
      else resolve(made as Stats);
    });
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ colors: false, all: false, errors: true }));
  const { chunkGroups, entrypoints } = stats.compilation;
  const shown = chunkGroups.filter((group) => group.origins.some(({ request }) => FIRST_PAGE.includes(request)));
  const missing = FIRST_PAGE.filter(
    (wanted) => !shown.some((group) => group.origins.some((o) => o.request === wanted)),
  );
  if (missing.length > 0)
    throw new Error(`the bundle no longer loads ${missing.join(', ')}: mend tools/package/first-load.ts`);
  const files = [entrypoints.get('module'), ...shown].flatMap((group) => group?.getFiles() ?? []);
  return [...new Set(files)].filter((file) => file.endsWith('.js'));
}
