// The production bundle as Grafana loads it: AMD modules, one for the app and one for each nested plugin, with what Grafana's loader shares left out.
// After the configuration that @grafana/create-plugin generates (Apache-2.0).
import { createRequire } from 'node:module';
import { join } from 'node:path';
import CopyPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import manifest from './package.json' with { type: 'json' };

const src = join(import.meta.dirname, 'src');
const APP_ID = 'hpawatch-monitor-app';
/** Nested plugins; each has its own plugin.json, module and img. */
const NESTED = ['datasource', 'panels/schedule', 'panels/enrolment', 'panels/baseline'];

/** What Grafana's loader shares with plugins. */
const SHARED = [
  { 'amd-module': 'module' },
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react-dom',
  'react-redux',
  'redux',
  'react-router',
  'rxjs',
  'lodash',
  'moment',
  'd3',
  'i18next',
  '@emotion/css',
  '@emotion/react',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
];

const filled = (content: Buffer): string =>
  content
    .toString('utf8')
    .replaceAll('%VERSION%', manifest.version)
    .replaceAll('%TODAY%', new Date().toISOString().slice(0, 10))
    .replaceAll('%PLUGIN_ID%', APP_ID);

export default (env: { production?: boolean }): Configuration => {
  const isProduction = env.production === true;
  return {
    mode: isProduction ? 'production' : 'development',
    devtool: 'source-map',
    context: src,
    entry: Object.fromEntries([
      ['module', './module.tsx'],
      ...NESTED.map((folder): [string, string] => [`${folder}/module`, `./${folder}/module.ts`]),
    ]),
    externals: SHARED,
    cache: { type: 'filesystem', buildDependencies: { config: [import.meta.filename] } },
    resolve: { extensions: ['.ts', '.tsx', '.js', '.mjs'] },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          exclude: /node_modules/,
          use: {
            loader: createRequire(import.meta.url).resolve('swc-loader'),
            options: {
              jsc: {
                target: 'es2021',
                parser: { syntax: 'typescript', tsx: true },
                transform: { react: { runtime: 'automatic' } },
              },
            },
          },
        },
      ],
    },
    optimization: { splitChunks: { chunks: 'async' } },
    performance: { hints: false },
    output: {
      clean: true,
      path: join(import.meta.dirname, 'dist'),
      filename: '[name].js',
      chunkFilename: '[name].[contenthash].js',
      library: { type: 'amd' },
      publicPath: `public/plugins/${APP_ID}/`,
      uniqueName: APP_ID,
      crossOriginLoading: 'anonymous',
    },
    plugins: [
      new CopyPlugin({
        patterns: [
          { from: '**/plugin.json', to: '.', transform: filled },
          { from: 'README.md', to: '.', transform: filled },
          { from: '../LICENSE', to: '.' },
          { from: '../CHANGELOG.md', to: '.' },
          { from: '../THIRD-PARTY-NOTICES.txt', to: '.' },
          { from: '**/img/**', to: '.' },
          { from: 'dashboards/*.json', to: '.', noErrorOnMissing: true },
          { from: 'locales/**/*.json', to: '.', noErrorOnMissing: true },
          { from: '**/query_help.md', to: '.', noErrorOnMissing: true },
        ],
      }),
    ],
  };
};
