import { AgentError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';

/** A name of `allowedHosts` that begins with a dot stands for all names that end so, such as those of the pods of a StatefulSet. */
export type HostSettings = { listenHost: string; allowedHosts: string[] };

/** `name:port`, `[::1]:port` or a bare name -> the name in lower case, without brackets and closing dot. */
export function hostnameOf(host: string): string {
  const bare =
    /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? (/^[^:]*:[^:]*:/.test(host) ? host : host.replace(/:\d*$/, ''));
  return bare.toLowerCase().replace(/\.$/, '');
}

/** No host name is longer. */
const LONGEST_SHOWN = 253;

/**
 * Refuses a Host that is not the agent's own: a page of a stranger whose DNS name was turned to 127.0.0.1 (DNS rebinding)
 * would arrive with its own name here.
 * @returns throws AgentError `auth/host-denied`
 */
export function createHostCheck({ listenHost, allowedHosts }: HostSettings): (host: string | undefined) => void {
  const names = [listenHost, ...allowedHosts].map(hostnameOf);
  const allowed = new Set(names.filter((name) => !name.startsWith('.')));
  const endings = names.filter((name) => name.length > 1 && name.startsWith('.'));
  const isBelow = (full: string) => endings.some((ending) => full.length > ending.length && full.endsWith(ending));
  return (host) => {
    const full = hostnameOf(host ?? '');
    if (isLoopback(full) || allowed.has(full) || isBelow(full)) return;
    const name = full.slice(0, LONGEST_SHOWN);
    throw new AgentError('auth/host-denied', `This agent does not answer for the host ${JSON.stringify(name)}`, {
      details: {
        field: 'Host',
        value: name,
        allowed: 'localhost, 127.0.0.0/8, ::1, listen.host and listen.allowedHosts',
      },
    });
  };
}
