import js from '@eslint/js';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * The direction of imports (one way only):
 * core <- domain <- {config, kubectl, prometheus, storage, baseline, detect, schedule, notify} <- collect <- http <- compose <- cli.
 * Rooms in braces are siblings and never import each other; `contract` is a leaf that any room may read.
 */
const siblings = ['config', 'kubectl', 'prometheus', 'storage', 'baseline', 'detect', 'schedule', 'notify'];
const layers = {
  contract: [],
  core: ['contract'],
  domain: ['contract', 'core'],
  ...Object.fromEntries(siblings.map((room) => [room, ['contract', 'core', 'domain']])),
  demo: ['contract', 'core', 'domain'],
  collect: ['contract', 'core', 'domain', ...siblings],
  http: ['contract', 'core', 'domain', ...siblings, 'collect'],
};
const src = './agent/src';
const zones = Object.entries(layers).map(([room, allowed]) => ({
  target: `${src}/${room}`,
  from: src,
  except: [...new Set([room, ...allowed])].map((name) => `./${name}`),
  message: `${room} may import only: ${[room, ...allowed].join(', ')} (see docs/architecture.md)`,
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.cache/**', 'coverage/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'tools/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'process', message: 'Only cli.ts talks to the process.' }],
    },
  },
  {
    files: ['agent/src/cli.ts', 'agent/src/cli/**', 'tests/**', 'tools/**', 'provisioning/**', '**/*.test.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-console': 'off' },
  },
  {
    files: ['plugin/**/*.ts', 'plugin/**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    // A page is loaded lazily by its default export; webpack reads its configuration the same way.
    files: [
      'plugin/src/pages/**/*Page.tsx',
      'plugin/src/pages/App.tsx',
      'plugin/webpack.config.ts',
      'plugin/preview/webpack.config.ts',
      'plugin/src/amd-module.d.ts',
    ],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'import-x/no-default-export': 'off' },
    languageOptions: { globals: { process: 'readonly', console: 'readonly', fetch: 'readonly' } },
  },
);
