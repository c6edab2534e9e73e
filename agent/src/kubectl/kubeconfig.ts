import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { AgentError } from '../core/errors.ts';
import { parsePlainYaml, YamlRefused } from '../core/plain-yaml.ts';

export type KubeconfigPlace = {
  /** The file given in the settings; it alone counts, as with kubectl's --kubeconfig. */
  kubeconfig: string | null;
  /** The environment variable KUBECONFIG: a list of files, those missing are passed over. */
  kubeconfigEnv: string | undefined;
  home: string;
};

/** The files that make up the kubeconfig, in kubectl's order of precedence. */
export function kubeconfigFiles({ kubeconfig, kubeconfigEnv, home }: KubeconfigPlace): string[] {
  if (kubeconfig !== null) return [kubeconfig];
  const listed = (kubeconfigEnv ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? [...new Set(listed)] : [join(home, '.kube', 'config')];
}

/** Hundreds of contexts with their certificates are far below. */
const MOST_CHARACTERS = 16 * 1_048_576;

/** A kubeconfig as plain data. @throws YamlRefused */
export const parseKubeconfig = (text: string): unknown => parsePlainYaml(text, MOST_CHARACTERS);

const kubeconfigSchema = z.object({
  contexts: z.array(z.object({ name: z.string().min(1) })).nullish(),
});

/**
 * The names of the contexts in one kubeconfig, in its order.
 * @throws AgentError `config/unreadable` where the text is no kubeconfig
 */
export function parseContexts(text: string, file: string): string[] {
  let raw: unknown;
  try {
    raw = parseKubeconfig(text);
  } catch (cause) {
    if (!(cause instanceof YamlRefused)) throw cause;
    // The parser's message may quote the file, and a kubeconfig holds credentials: only the place is told.
    throw unreadable(file, `it is not YAML${cause.at ? ` (line ${cause.at.line}, column ${cause.at.col})` : ''}`);
  }
  const parsed = kubeconfigSchema.safeParse(raw ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw unreadable(file, `at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? 'not a kubeconfig'}`);
  }
  return (parsed.data.contexts ?? []).map(({ name }) => name);
}

/**
 * The contexts there are, each once, in order. Files that are missing are passed over as kubectl does; where none of
 * them exists there are no contexts.
 * @throws AgentError `config/unreadable` for a file given by name that is missing, or one that cannot be read or parsed
 */
export async function readContexts(place: KubeconfigPlace): Promise<string[]> {
  const names = new Set<string>();
  for (const file of kubeconfigFiles(place)) {
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' && place.kubeconfig === null) return null;
      throw unreadable(file, cause.code === 'ENOENT' ? 'there is no such file' : cause.message, cause);
    });
    if (text !== null) parseContexts(text, file).forEach((name) => names.add(name));
  }
  return [...names];
}

const unreadable = (file: string, why: string, cause?: unknown) =>
  new AgentError('config/unreadable', `The kubeconfig ${file} cannot be used: ${why}`, { details: { file }, cause });
