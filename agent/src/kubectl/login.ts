import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { kubeconfigFiles, parseKubeconfig, type KubeconfigPlace } from './kubeconfig.ts';
import { renewalByProgram } from './renewal.ts';

/** How a context's user logs in, as far as a sentence may tell it: no credential is ever part of it. */
export type Login = {
  /** The name of the user entry. */
  user: string;
  /** The program (exec plugin) that fetches the credentials; null where they stand in the kubeconfig. */
  program: string | null;
  /** What a person has to do when the credentials are no longer accepted. */
  renew: string;
};

const text = z.string().nullish();
const execSchema = z.object({
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
});
const userSchema = z.object({
  exec: execSchema.nullish(),
  'auth-provider': z.object({ name: z.string() }).nullish(),
  tokenFile: text,
  token: text,
  'client-certificate': text,
  'client-certificate-data': text,
  username: text,
});
/** Each entry by itself, so that one that is broken hides no other. */
const entry = z.object({ name: z.string() }).loose();
const fileSchema = z.object({ contexts: z.array(entry).nullish(), users: z.array(entry).nullish() });

type KubeconfigUser = z.infer<typeof userSchema>;

/**
 * How the user of a context logs in by these kubeconfigs, in kubectl's order of precedence: the first that names a context or a user counts.
 * null where they do not tell.
 */
export function loginOf(kubeconfigs: readonly string[], context: string): Login | null {
  const files = kubeconfigs.flatMap((yaml) => {
    try {
      return [fileSchema.parse(parseKubeconfig(yaml))];
    } catch {
      // Reading the contexts has told what is wrong with the file.
      return [];
    }
  });
  const found = files.flatMap(({ contexts }) => contexts ?? []).find(({ name }) => name === context);
  const { data: named } = z.object({ user: z.string() }).safeParse(found?.['context']);
  if (!named) return null;
  const user = files.flatMap(({ users }) => users ?? []).find(({ name }) => name === named.user);
  const { data: known } = userSchema.safeParse(user?.['user'] ?? {});
  if (!known) return null;
  return {
    user: named.user,
    program: known.exec ? programOf(known.exec.command) : null,
    renew: renewal(known, context),
  };
}

/** `loginOf` the files there are now; null where they cannot be read. */
export async function readLogin(place: KubeconfigPlace, context: string): Promise<Login | null> {
  const texts = await Promise.all(kubeconfigFiles(place).map((file) => readFile(file, 'utf8').catch(() => '')));
  return loginOf(texts, context);
}

/** `C:\\tools\\aws.exe`, `/usr/bin/aws` -> `aws` */
const programOf = (command: string): string => (command.split(/[/\\]/).at(-1) ?? command).replace(/\.exe$/i, '');

/** What wins where several are given is client-go's rule: a certificate goes along with any, a token beats a user name. */
function renewal(user: KubeconfigUser, context: string): string {
  if (user.exec) {
    const { command, args, env } = user.exec;
    const variables = new Map((env ?? []).map(({ name, value }) => [name, value]));
    return renewalByProgram({ program: programOf(command), args: args ?? [], env: variables }, context);
  }
  if (user['auth-provider'])
    return (
      'its auth-provider is gone from kubectl 1.26 on: log in again with the program that replaces it ' +
      '(kubelogin, gke-gcloud-auth-plugin), which writes the kubeconfig anew'
    );
  if (user.tokenFile) return 'log in again: the token in its tokenFile has ended or was revoked; write a new one there';
  if (user.token) return 'log in again: its token has ended or was revoked; a new one goes into the kubeconfig';
  if (user['client-certificate'] || user['client-certificate-data'])
    return 'log in again: its client certificate has ended or is not trusted; fetch the kubeconfig of the cluster anew';
  if (user.username) return 'log in again: API servers from 1.19 on take no user name and password';
  return 'log in again: the kubeconfig holds no credentials for it';
}
