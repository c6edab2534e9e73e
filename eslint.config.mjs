import js from '@eslint/js';
import grafanaI18n from '@grafana/i18n/eslint-plugin';
import { importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * The direction of imports (one way only):
 * core <- domain <- {config, kubectl, prometheus, storage, baseline, detect, schedule, notify, ownership} <- collect <- http <- compose <- cli.
 * Rooms in braces are siblings and never import each other; `contract` is a leaf that any room may read.
 */
const siblings = [
  'config',
  'kubectl',
  'prometheus',
  'storage',
  'baseline',
  'detect',
  'schedule',
  'notify',
  'ownership',
];
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

/** Grafana 12 and 13.1 run React 18, 13.2 runs React 19: what only one of them has is no part of the plugin. */
const oneReactOnly = {
  imports: [
    {
      name: 'react',
      importNames: ['use', 'useActionState', 'useOptimistic', 'useEffectEvent', 'cache', 'Activity', 'createFactory'],
      message: 'Not in both React 18 and 19.',
    },
    {
      name: 'react-dom',
      importNames: [
        'render',
        'hydrate',
        'findDOMNode',
        'unmountComponentAtNode',
        'useFormState',
        'useFormStatus',
        'preload',
        'preconnect',
      ],
      message: 'Not in both React 18 and 19.',
    },
    { name: 'react-dom/test-utils', message: 'Gone in React 19.' },
  ],
  syntax: [
    [
      'AssignmentExpression > MemberExpression.left[property.name=/^(defaultProps|propTypes|contextTypes)$/]',
      'gone in React 19: use default values of parameters and types',
    ],
    ['PropertyDefinition[static=true][key.name=/^(defaultProps|propTypes|contextTypes)$/]', 'gone in React 19'],
    ['MemberExpression[object.name="React"][property.name=/^(use|useActionState|useOptimistic)$/]', 'only in React 19'],
    ['MemberExpression[object.name="ReactDOM"][property.name=/^(render|hydrate|findDOMNode)$/]', 'gone in React 19'],
    ['JSXAttribute[name.name="ref"][value.type="Literal"]', 'string refs are gone in React 19'],
    ['JSXAttribute[name.name="ref"] ReturnStatement[argument!=null]', 'clean-ups of refs are only in React 19'],
    [
      'JSXAttribute[name.name="ref"] > JSXExpressionContainer > ArrowFunctionExpression[expression=true]',
      'React 19 takes what a ref returns for its clean-up: use a block',
    ],
    [
      ':function > ObjectPattern.params > Property[key.name="ref"]',
      'a ref is a plain prop only in React 19: use forwardRef',
    ],
    [
      'JSXOpeningElement[name.type="JSXIdentifier"][name.name=/Context$/]',
      'a context is its own provider only in React 19: use .Provider',
    ],
    [
      'TSQualifiedName[left.name="JSX"]',
      'the global namespace JSX is gone in React 19: import type { JSX } from react, or let it be inferred',
    ],
    ['CallExpression[callee.name="useRef"][arguments.length=0]', 'useRef wants an argument in React 19'],
  ].map(([selector, why]) => ({ selector, message: `Not the same in React 18 and 19: ${why}.` })),
};

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
    files: ['plugin/src/**/*.ts', 'plugin/src/**/*.tsx'],
    plugins: { '@grafana/i18n': grafanaI18n },
    rules: {
      // Before the language is known.
      '@grafana/i18n/no-translation-top-level': 'error',
      'no-restricted-imports': ['error', { paths: oneReactOnly.imports }],
      'no-restricted-syntax': ['error', ...oneReactOnly.syntax],
    },
  },
  {
    // A page is loaded lazily by its default export; webpack reads its configuration the same way.
    files: [
      'plugin/src/pages/**/*Page.tsx',
      'plugin/src/pages/App.tsx',
      'plugin/webpack.config.ts',
      'plugin/preview/webpack.config.ts',
      'tests/browser/playwright.config.ts',
      'tests/browser/grafana/playwright.config.ts',
      'plugin/preview/src/plain-editor.tsx',
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
