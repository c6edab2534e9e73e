// The host page: everything that Grafana would give the plugin's bundle, from the real packages.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import CopyPlugin from 'copy-webpack-plugin';
import MinimizerPlugin from 'minimizer-webpack-plugin';
import type { Configuration } from 'webpack';
import { EmitFiles } from './emit-files.ts';
import { restOfIcons } from './rest-of-icons.ts';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const packageDir = (name: string): string => dirname(require.resolve(`${name}/package.json`));
/** Modules that Grafana's core reaches inside @grafana/runtime and that its package does not export. */
const runtimeInside = (file: string): string => join(packageDir('@grafana/runtime'), 'dist/esm', file);

const icons = join(packageDir('@grafana/ui'), 'dist/public/img/icons');

export default (env: { production?: boolean }): Configuration => ({
  mode: env.production === true ? 'production' : 'development',
  devtool: env.production === true ? false : 'source-map',
  context: here,
  entry: { boot: './src/boot.ts' },
  cache: { type: 'filesystem', name: 'preview', buildDependencies: { config: [import.meta.filename] } },
  resolve: {
    extensions: ['.ts', '.tsx', '.js', '.mjs'],
    alias: {
      '@monaco-editor/react$': join(here, 'src/plain-editor.tsx'),
      'monaco-editor$': false,
      // What Grafana gives plugins as react-router, and the one whose context the links of @grafana/ui look for.
      'host-router$': createRequire(require.resolve('@grafana/ui/package.json')).resolve('react-router-dom-v5-compat'),
      'runtime-inside/plugin-page$': runtimeInside('components/PluginPage.mjs'),
      'runtime-inside/panel-data-error-view$': runtimeInside('components/PanelDataErrorView.mjs'),
    },
  },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        use: {
          loader: require.resolve('swc-loader'),
          options: {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
          },
        },
      },
      // As the sources of Grafana are bundled: imports without extensions, and the default export of CommonJS modules that have one.
      { test: /\.m?js$/, type: 'javascript/auto', resolve: { fullySpecified: false } },
      // Styles of the chart, the drawer and others that Grafana's own bundle brings along.
      { test: /\.css$/, type: 'css/global' },
    ],
  },
  experiments: { css: true },
  optimization: { minimizer: [new MinimizerPlugin({ minify: MinimizerPlugin.swcMinify, extractComments: false })] },
  performance: { hints: false },
  output: {
    clean: true,
    path: join(here, 'dist'),
    filename: '[name].js',
    chunkFilename: '[name].[contenthash].js',
    cssChunkFilename: '[name].[contenthash].css',
    publicPath: '/preview/public/build/',
    uniqueName: 'hpa-watch-preview',
  },
  plugins: [
    new EmitFiles(restOfIcons(join(packageDir('@grafana/data'), 'dist/types/types/icon.d.ts'), icons)),
    new CopyPlugin({
      patterns: [
        { from: 'index.html' },
        { from: icons, to: 'img/icons' },
        // Under the names that @grafana/ui asks for; its package has the icons but no fonts.
        ...['Regular', 'Medium', 'Italic', 'MediumItalic'].map((cut) => ({
          from: join(packageDir('inter-ui'), `web/Inter-${cut}.woff2`),
          to: `fonts/inter/Inter-${cut}.woff2`,
        })),
        {
          from: require.resolve('@fontsource-variable/roboto-mono/files/roboto-mono-latin-wght-normal.woff2'),
          // The name that @grafana/ui asks for.
          to: 'fonts/roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2',
        },
      ],
    }),
  ],
});
