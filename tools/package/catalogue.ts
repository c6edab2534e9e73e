// What Grafana's plugin catalogue looks at in an archive; each rule says what is wrong, in a sentence.
import { posix } from 'node:path';

/** The files of the plugin by their path under its root, such as `panels/baseline/plugin.json`. */
export type PluginFiles = ReadonlyMap<string, Buffer>;

/** `version` is that of the npm package. */
export type Expected = { id: string; version: string };

type Manifest = {
  id?: unknown;
  type?: unknown;
  name?: unknown;
  includes?: { path?: unknown; type?: unknown }[];
  info?: {
    version?: unknown;
    updated?: unknown;
    description?: unknown;
    author?: { name?: unknown };
    keywords?: unknown;
    logos?: { small?: unknown; large?: unknown };
    screenshots?: { name?: unknown; path?: unknown }[];
    links?: { url?: unknown }[];
  };
  dependencies?: { grafanaDependency?: unknown };
};

type Rule = (files: PluginFiles, expected: Expected) => string[];

const ID = /^[0-9a-z]+-([0-9a-z]+-)?(app|panel|datasource)$/;
const TYPES = ['app', 'panel', 'datasource'];

const text = (files: PluginFiles, path: string): string => files.get(path)?.toString('utf8') ?? '';

const manifests = (files: PluginFiles): { path: string; folder: string; manifest: Manifest }[] =>
  [...files.keys()]
    .filter((path) => posix.basename(path) === 'plugin.json')
    .flatMap((path) => {
      try {
        return [{ path, folder: posix.dirname(path), manifest: JSON.parse(text(files, path)) as Manifest }];
      } catch {
        return [];
      }
    });

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const hasRequired: Rule = (files) =>
  ['plugin.json', 'module.js', 'README.md', 'CHANGELOG.md', 'LICENSE']
    .filter((path) => (files.get(path)?.length ?? 0) === 0)
    .map((path) => `${path} is missing or empty`);

const isFilled: Rule = (files) =>
  [...files.keys()]
    .filter((path) => /\.(json|md)$/.test(path) && /%[A-Z_]+%/.test(text(files, path)))
    .map((path) => `${path} has a placeholder that was not filled: ${/%[A-Z_]+%/.exec(text(files, path))?.[0]}`);

const describesItself: Rule = (files, { id, version }) => {
  const found = manifests(files);
  const unread = [...files.keys()].filter(
    (path) => posix.basename(path) === 'plugin.json' && !found.some((one) => one.path === path),
  );
  const root = found.find(({ folder }) => folder === '.')?.manifest;
  return [
    ...unread.map((path) => `${path} is no JSON`),
    ...(root?.id === id ? [] : [`plugin.json has the id ${String(root?.id)}, not ${id}`]),
    ...found.flatMap(({ path, manifest: { id: own, type, name, info, dependencies } }) =>
      [
        [isText(own) && ID.test(own), `id ${String(own)} is not of the form org-name-type`],
        [isText(type) && TYPES.includes(type), `type ${String(type)} is none of ${TYPES.join(', ')}`],
        [isText(own) && isText(type) && own.endsWith(`-${type}`), 'id does not end in its type'],
        [isText(own) && own.split('-')[0] === id.split('-')[0], 'id begins with another organisation than the app'],
        [isText(name), 'name is missing'],
        [isText(info?.description), 'info.description is missing'],
        [isText(info?.author?.name), 'info.author.name is missing'],
        [Array.isArray(info?.keywords) && info.keywords.length > 0, 'info.keywords is empty'],
        [info?.version === version, `info.version is ${String(info?.version)}, the package's is ${version}`],
        [isText(info?.updated) && /^\d{4}-\d{2}-\d{2}$/.test(info.updated), 'info.updated is no date'],
        [
          isText(dependencies?.grafanaDependency) && />=\s*\d+\.\d+\.\d+/.test(dependencies.grafanaDependency),
          'dependencies.grafanaDependency names no oldest version',
        ],
        [
          (info?.links ?? []).every(({ url }) => isText(url) && url.startsWith('https://')),
          'a link is no https address',
        ],
      ].flatMap(([holds, problem]) => (holds === true ? [] : [`${path}: ${String(problem)}`])),
    ),
  ];
};

const hasImages: Rule = (files) =>
  manifests(files).flatMap(({ path, folder, manifest: { info } }) => {
    const shots = info?.screenshots ?? [];
    const images = [info?.logos?.small, info?.logos?.large, ...shots.map((shot) => shot.path)];
    return [
      ...images
        .filter((image) => !isText(image) || !files.has(posix.join(folder, image)))
        .map((image) => `${path}: the image ${String(image)} is not in the archive`),
      ...shots.filter(({ name }) => !isText(name)).map(() => `${path}: a screenshot has no name`),
      ...(folder === '.' && shots.length === 0 ? [`${path}: info.screenshots is empty`] : []),
    ];
  });

/** What the app says it brings is there, and nothing is there that it does not say. */
const includesAll: Rule = (files) => {
  const root = manifests(files).find(({ folder }) => folder === '.')?.manifest;
  const named = (root?.includes ?? []).filter(({ type }) => type !== 'page').map(({ path }) => String(path));
  const nested = manifests(files).flatMap(({ path, folder }) => (folder === '.' ? [] : [path]));
  return [
    ...named.filter((path) => !files.has(path)).map((path) => `plugin.json includes ${path}, which is not there`),
    ...nested.filter((path) => !named.includes(path)).map((path) => `plugin.json does not include ${path}`),
  ];
};

const hasSourceMaps: Rule = (files) =>
  manifests(files).flatMap(({ folder }) =>
    ['module.js', 'module.js.map']
      .map((name) => posix.join(folder, name))
      .filter((path) => !files.has(path))
      .map((path) => `${path} is not there`),
  );

const isReadable: Rule = (files) => {
  const readme = text(files, 'README.md');
  const lines = readme.split('\n').filter((line) => line.trim() !== '');
  return [
    [!readme.includes('<!--'), 'README.md has an HTML comment'],
    [lines.length >= 5, 'README.md says next to nothing'],
    [
      !/grafana(-| )cli|plugins install|npm (install|run)|docker compose/i.test(readme),
      'README.md tells how to install: the catalogue does that itself',
    ],
    [/^## /m.test(text(files, 'CHANGELOG.md')), 'CHANGELOG.md tells of no version'],
  ].flatMap(([holds, problem]) => (holds === true ? [] : [String(problem)]));
};

const leavesOut: Rule = (files) =>
  [...files.keys()]
    .filter((path) => /(^|\/)(\.|node_modules\/)|\.test\.|\.tsx?$|\.env/.test(path))
    .map((path) => `${path} does not belong into the archive`);

const RULES: Rule[] = [
  hasRequired,
  isFilled,
  describesItself,
  hasImages,
  includesAll,
  hasSourceMaps,
  isReadable,
  leavesOut,
];

/** Everything the catalogue would refuse; empty: nothing. */
export const catalogueProblems = (files: PluginFiles, expected: Expected): string[] =>
  RULES.flatMap((rule) => rule(files, expected));
