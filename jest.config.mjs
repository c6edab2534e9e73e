import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
/** The router whose context the links of @grafana/ui look for. */
const hostRouter = createRequire(require.resolve('@grafana/ui/package.json')).resolve('react-router-dom-v5-compat');

const common = {
  rootDir: '.',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
};

/** Packages of Grafana's libraries that are ES modules only. */
const esModules = [
  '@grafana/schema',
  '@wojtekmaj/date-utils',
  'd3(-[a-z-]+)?',
  'delaunator',
  'get-user-locale',
  'internmap',
  'marked',
  'memoize',
  'mimic-function',
  'ol',
  'p-limit',
  'react-calendar',
  'react-data-grid',
  'robust-predicates',
  'uuid',
  'yocto-queue',
];

/** The Grafana libraries are CommonJS here, so these run without --experimental-vm-modules (npm run unit:plugin, integration:plugin). */
const ofPlugin = {
  rootDir: '.',
  testEnvironment: 'jsdom',
  transform: {
    '^.+\\.m?[tj]sx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`node_modules/(?!(${esModules.join('|')})/)`],
  setupFiles: ['<rootDir>/plugin/src/browser.fixture.ts'],
  moduleNameMapper: {
    '\\.(css|scss|svg)$': '<rootDir>/plugin/src/empty-asset.fixture.ts',
    '^host-router$': hostRouter,
  },
};

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['agent/src', 'tests/rig', 'tests/fuzz', 'tests/injection', 'tests/soak'].map(
        (folder) => `<rootDir>/${folder}/**/*.test.ts`,
      ),
    },
    {
      ...ofPlugin,
      displayName: 'plugin',
      testMatch: ['src', 'preview'].flatMap((folder) =>
        ['ts', 'tsx'].map((end) => `<rootDir>/plugin/${folder}/**/*.test.${end}`),
      ),
    },
    { ...ofPlugin, displayName: 'plugin-integration', testMatch: ['<rootDir>/plugin/integration/**/*.test.ts'] },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/tests/faults/**/*.test.ts'] },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/tests/integration/**/*.test.ts'] },
  ],
  testTimeout: 30_000,
};
