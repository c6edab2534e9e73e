/** An exec plugin as a kubeconfig names it. */
export type ExecPlugin = { program: string; args: readonly string[]; env: ReadonlyMap<string, string> };

/** A profile as a person names one. It becomes part of a command that is shown, so nothing else may. */
const PROFILE = /^[\w.@+-]+$/;

/** The value of `--name VALUE` or `--name=VALUE`. */
function option({ args }: ExecPlugin, ...names: string[]): string | null {
  for (const [index, arg] of args.entries()) {
    const name = names.find((one) => arg === one || arg.startsWith(`${one}=`));
    if (name !== undefined) return arg === name ? (args[index + 1] ?? null) : arg.slice(name.length + 1);
  }
  return null;
}

const hasOption = ({ args }: ExecPlugin, name: string): boolean =>
  args.some((arg) => arg === name || arg.startsWith(`${name}=`));

const run = (command: string): string => `log in again: run \`${command}\``;

function aws(plugin: ExecPlugin): string {
  const profile = option(plugin, '--profile') ?? plugin.env.get('AWS_PROFILE') ?? '';
  const command = PROFILE.test(profile) ? `aws sso login --profile ${profile}` : 'aws sso login';
  return `${run(command)}, or renew its access key`;
}

/** Azure's kubelogin and the one for OpenID Connect (also `kubectl oidc-login`) share their name. */
function kubelogin(plugin: ExecPlugin, context: string): string {
  if (hasOption(plugin, '--oidc-issuer-url')) return inTerminal(plugin, context);
  switch (option(plugin, '--login', '-l') ?? plugin.env.get('AAD_LOGIN_METHOD')) {
    case 'azurecli':
      return run('az login');
    case 'azd':
      return run('azd auth login');
    case 'spn':
      return "renew the service principal's secret or certificate (AAD_SERVICE_PRINCIPAL_CLIENT_SECRET)";
    case 'msi':
    case 'workloadidentity':
      return 'check the managed or workload identity of this machine and what it may do';
    default:
      return inTerminal(plugin, context);
  }
}

const google = (plugin: ExecPlugin): string =>
  run(
    hasOption(plugin, '--use_application_default_credentials')
      ? 'gcloud auth application-default login'
      : 'gcloud auth login',
  );

/** Whatever it is: kubectl in a terminal lets it ask a person, and most keep the answer. */
const inTerminal = ({ program }: Pick<ExecPlugin, 'program'>, context: string): string =>
  `log in again: use kubectl with the context "${context}" once in a terminal, where ${program} can ask you`;

const BY_PROGRAM: Readonly<Record<string, (plugin: ExecPlugin, context: string) => string>> = {
  aws,
  'aws-iam-authenticator': aws,
  az: () => run('az login'),
  doctl: () => run('doctl auth init'),
  gcloud: google,
  'gke-gcloud-auth-plugin': google,
  ibmcloud: () => run('ibmcloud login'),
  kubelogin,
  oci: () => run('oci session authenticate'),
  tsh: () => run('tsh login'),
};

/** What a person has to do when the credentials that an exec plugin gives are no longer accepted. */
export const renewalByProgram = (plugin: ExecPlugin, context: string): string =>
  (Object.hasOwn(BY_PROGRAM, plugin.program) ? BY_PROGRAM[plugin.program] : undefined)?.(plugin, context) ??
  inTerminal(plugin, context);
