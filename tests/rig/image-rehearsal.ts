import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseDockerfile, type Recipe, type Stage, type Step } from './dockerfile.ts';

// CommonJS that says of itself that it is not.
const ignoreRules = createRequire(import.meta.url)('@balena/dockerignore') as () => IgnoreRules;
type IgnoreRules = { add(text: string): IgnoreRules; ignores(path: string): boolean };

const run = promisify(execFile);
export const repository = fileURLToPath(new URL('../../', import.meta.url));

export type RehearsedImage = {
  recipe: Recipe;
  last: Stage;
  /** Where `path` of the last stage's file system stands on this machine. */
  at(path: string): string;
  /** A directory with the commands that the image puts into /usr/local/bin. */
  commands: string;
  remove(): Promise<void>;
};

/**
 * Builds an image without an engine: each stage is a directory, COPY copies as told (the context minus .dockerignore), RUN runs with this
 * machine's Node and npm in place of the base image's. What only an engine can do is left out: ADD from the network, and RUN that works on
 * the system (apt-get); of the latter the links it makes are made.
 */
export async function rehearseImage(dockerfile: string): Promise<RehearsedImage> {
  const recipe = parseDockerfile(await readFile(join(repository, dockerfile), 'utf8'), { TARGETARCH: 'amd64' });
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-image-'));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    const isIgnored = await contextFilter();
    for (const stage of recipe.stages) await build(stage, recipe, dir, isIgnored);
    const last = recipe.stages.at(-1)!;
    const at = (path: string) => join(dir, last.name, path);
    const commands = join(dir, 'commands');
    await mkdir(commands);
    for (const [target, link] of linksOf(last)) await symlink(at(target), join(commands, basename(link)));
    return { recipe, last, at, commands, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function build(stage: Stage, recipe: Recipe, dir: string, isIgnored: (path: string) => boolean): Promise<void> {
  const root = join(dir, stage.name);
  const isOurs = recipe.stages.some(({ name }) => name === stage.from);
  await (isOurs ? cp(join(dir, stage.from), root, { recursive: true, verbatimSymlinks: true }) : mkdir(root));
  let workdir = workdirOf(stage.from, recipe);
  for (const step of stage.steps) {
    if (step.keyword === 'WORKDIR') await mkdir(join(root, (workdir = step.text)), { recursive: true });
    if (step.keyword === 'COPY') await copy(step, recipe, dir, join(root, workdir), root, isIgnored);
    if (step.keyword === 'RUN' && !isSystemWork(step)) await shell(step.text, join(root, workdir));
  }
}

const workdirOf = (name: string, { stages }: Recipe): string =>
  stages.find((stage) => stage.name === name)?.steps.findLast(({ keyword }) => keyword === 'WORKDIR')?.text ?? '/';

export const isSystemWork = ({ text }: Step): boolean => text.startsWith('apt-get ');

async function copy(
  step: Step,
  recipe: Recipe,
  dir: string,
  workdir: string,
  root: string,
  isIgnored: (path: string) => boolean,
): Promise<void> {
  const from = step.flags.get('from');
  const target = step.words.at(-1)!;
  const to = posix.isAbsolute(target) ? join(root, target) : join(workdir, target);
  for (const source of step.words.slice(0, -1)) {
    const path = from === undefined ? join(repository, source) : join(dir, from, source);
    // What a stage gets by ADD from the network is not there.
    if (from !== undefined && isAdded(recipe, from, source)) continue;
    const isDirectory = (await stat(path)).isDirectory();
    const into = target.endsWith('/') && !isDirectory ? join(to, basename(source)) : to;
    await mkdir(dirname(into), { recursive: true });
    const isTaken = (file: string) => from !== undefined || !isIgnored(relative(repository, file));
    if (!isDirectory && !isTaken(path)) throw new Error(`COPY ${source}: .dockerignore leaves it out`);
    await cp(path, into, {
      recursive: true,
      verbatimSymlinks: true,
      filter: async (file) => (await stat(file)).isDirectory() || isTaken(file),
    });
  }
}

/** Whether `path` comes into the stage, or one that it is built from, by ADD. */
function isAdded(recipe: Recipe, name: string, path: string): boolean {
  const stage = recipe.stages.find((one) => one.name === name);
  if (stage === undefined) return false;
  const adds = stage.steps.some(({ keyword, words }) => keyword === 'ADD' && words.at(-1) === path);
  return adds || isAdded(recipe, stage.from, path);
}

async function shell(command: string, cwd: string): Promise<void> {
  const PATH = `${join(repository, 'node_modules/.bin')}:${process.env.PATH}`;
  await run('sh', ['-c', command], { cwd, env: { ...process.env, PATH }, maxBuffer: 16 * 1_048_576 });
}

async function contextFilter(): Promise<(path: string) => boolean> {
  const rules = ignoreRules().add(await readFile(join(repository, '.dockerignore'), 'utf8'));
  return (path) => rules.ignores(path);
}

/** [target, link] of every `ln -s` in a stage. */
const linksOf = ({ steps }: Stage): [string, string][] =>
  steps
    .filter(({ keyword }) => keyword === 'RUN')
    .flatMap(({ text }) => [...text.matchAll(/\bln -s (\S+) (\S+)/g)])
    .map(([, target = '', link = '']) => [target, link]);
