import { spawn, type ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setBackendSrv, type BackendSrv, type BackendSrvRequest, type FetchResponse } from '@grafana/runtime';
import { Observable } from 'rxjs';

/** What of Grafana stands between the data source and an agent. */

export type ProxiedAgent = {
  /** The address of a data source with those secrets, as a user of that role has it. */
  proxyOf(secrets: string, role?: 'Viewer' | 'Editor'): string;
  stop(): Promise<void>;
};

/** A whole agent over the simulated fleet behind the proxy; ready when its HPAs have their baselines. */
export async function startProxiedAgent(): Promise<ProxiedAgent> {
  const root = join(__dirname, '../..');
  const node = join(root, 'node_modules/.bin/node');
  const child: ChildProcess = spawn(node, [join(root, 'tests/rig/proxied-agent.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the agent behind the proxy ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return {
    proxyOf: (secrets, role = 'Viewer') => `${url}/${secrets}/${role}`,
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}

/** Calls made so far, as `METHOD path`. */
export const calls: string[] = [];

/** Grafana's fetch over real HTTP: 4xx and 5xx are thrown, a body that is no JSON becomes the message; unsubscribing aborts. */
export function useHttp(): void {
  const fetch = <T>(options: BackendSrvRequest): Observable<FetchResponse<T>> =>
    new Observable((subscriber) => {
      const { url, method = 'GET' } = options;
      const data: unknown = options.data;
      const sent = request(url, { method, headers: { 'content-type': 'application/json' } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          const body = bodyOf(text);
          if (status >= 400)
            return subscriber.error({ status, statusText: answer.statusMessage, data: body, config: options });
          subscriber.next({ status, data: body as T, config: options } as FetchResponse<T>);
          subscriber.complete();
        });
      });
      calls.push(`${method} ${new URL(url).pathname.replace(/^(\/[^/]+){3}/, '')}`);
      sent.on('error', (error) => subscriber.error(error));
      sent.end(data === undefined ? undefined : JSON.stringify(data));
      return () => sent.destroy();
    });
  setBackendSrv({ fetch } as unknown as BackendSrv);
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { message: text };
  }
}
