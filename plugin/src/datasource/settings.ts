import type { DataSourceJsonData, DataSourceSettings } from '@grafana/data';

/** What Grafana keeps of a data source in the open. */
export interface AgentOptions extends DataSourceJsonData {
  /** How often a live query asks for what is new. */
  pollSeconds?: number;
  /** The reading token was entered by itself; else it is the token again. */
  hasOwnReadToken?: boolean;
}

/** What Grafana keeps encrypted and adds to requests on its own; the browser never gets it back. */
export interface AgentSecrets {
  /** For what changes anything: enrol, acknowledge, mute. Added for editors only. */
  token?: string;
  /** For what only looks. */
  readToken?: string;
}

export type AgentSettings = DataSourceSettings<AgentOptions, AgentSecrets>;

export const USUAL_POLL_SECONDS = 15;
const LEAST_POLL_SECONDS = 5;
const MOST_POLL_SECONDS = 3_600;

/** The interval of live queries; what is missing or no number means the usual one. */
export function pollSecondsOf({ pollSeconds }: AgentOptions): number {
  if (typeof pollSeconds !== 'number' || !Number.isFinite(pollSeconds)) return USUAL_POLL_SECONDS;
  return Math.min(MOST_POLL_SECONDS, Math.max(LEAST_POLL_SECONDS, Math.round(pollSeconds)));
}

type Secret = keyof AgentSecrets;

/**
 * Each secret has its route in plugin.json: `token` for writing, `readToken` for reading. Where one token is all there is, both
 * routes must carry it.
 */
export function withToken(settings: AgentSettings, token: string): AgentSettings {
  const own = settings.jsonData.hasOwnReadToken === true;
  return withSecrets(settings, own ? { token } : { token, readToken: token });
}

/** A reading token of its own; emptied, it is the token again (as far as that is known here). */
export function withReadToken(settings: AgentSettings, readToken: string): AgentSettings {
  const token = settings.secureJsonData?.token ?? '';
  const hasOwn = readToken !== '';
  return {
    ...withSecrets(settings, { readToken: hasOwn ? readToken : token }),
    jsonData: { ...settings.jsonData, hasOwnReadToken: hasOwn },
  };
}

export const withoutToken = (settings: AgentSettings): AgentSettings =>
  withoutSecrets(settings, settings.jsonData.hasOwnReadToken === true ? ['token'] : ['token', 'readToken']);

export const withoutReadToken = (settings: AgentSettings): AgentSettings => ({
  ...withoutSecrets(settings, ['readToken']),
  jsonData: { ...settings.jsonData, hasOwnReadToken: true },
});

const withSecrets = (settings: AgentSettings, secrets: AgentSecrets): AgentSettings => ({
  ...settings,
  secureJsonData: { ...settings.secureJsonData, ...secrets },
});

const withoutSecrets = (settings: AgentSettings, names: readonly Secret[]): AgentSettings => ({
  ...settings,
  secureJsonFields: { ...settings.secureJsonFields, ...Object.fromEntries(names.map((name) => [name, false])) },
  secureJsonData: { ...settings.secureJsonData, ...Object.fromEntries(names.map((name) => [name, ''])) },
});

const URL_PATTERN = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/i;

/** What is wrong with the address of the agent; null: nothing. */
export function urlFault(url: string): 'missing' | 'not-a-url' | null {
  if (url.trim() === '') return 'missing';
  return URL_PATTERN.test(url) ? null : 'not-a-url';
}

/** Which token nothing is known of, neither saved nor entered: calls of that kind will be refused. */
export function missingTokens({ secureJsonData, secureJsonFields }: AgentSettings): Secret[] {
  const isThere = (name: Secret) => secureJsonFields?.[name] === true || (secureJsonData?.[name] ?? '') !== '';
  return (['token', 'readToken'] as const).filter((name) => !isThere(name));
}

/** As the routes need it: they add a path to it. */
export const tidyUrl = (url: string): string => url.trim().replace(/\/+$/, '');
