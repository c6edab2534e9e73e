import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { READ_TOKEN, startRig, WRITE_TOKEN, type HttpRig } from '../http-rig.fixture.ts';
import type { PreviewDataSource } from './data-source.ts';
import { systemClock } from '../../core/clock.ts';
import { createThrottle } from '../throttle.ts';
import { createPreview, PREVIEW_PATH } from './preview.ts';
import { createSessions } from './session.ts';

const dataSourceJson = (): object =>
  JSON.parse(readFileSync(new URL('../../../../plugin/src/datasource/plugin.json', import.meta.url), 'utf8')) as object;

const APP = {
  id: 'hpawatch-monitor-app',
  type: 'app',
  name: 'HPA Watch',
  info: { logos: { small: 'img/logo.svg', large: 'img/logo.svg' } },
  includes: [
    { type: 'page', name: 'Fleet', path: '/a/hpawatch-monitor-app/fleet' },
    { type: 'datasource', name: 'HPA Watch', path: 'datasource/plugin.json' },
  ],
};

export type Asked = {
  method?: string;
  cookie?: string | null;
  role?: 'Viewer' | 'Editor' | 'Admin';
  headers?: Record<string, string>;
  body?: unknown;
};

export type PreviewRig = {
  agent: HttpRig;
  /** The link that opens the page now. */
  link(): string;
  /** Uses the link and answers the cookie. */
  open(): Promise<string>;
  /** One call below /preview, redirects not followed; with the cookie of an opened page unless told otherwise. */
  call(path: string, asked?: Asked): Promise<Response>;
  stop(): Promise<void>;
};

/** The real app with its preview, over a built page of a few lines; `others` are data sources beside the agent's own. */
export async function startPreviewRig(
  others: (agentUrl: string) => readonly PreviewDataSource[] = () => [],
): Promise<PreviewRig> {
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-preview-'));
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  put('secret.txt', 'outside of both folders');
  put('host/index.html', '<title>host page</title>');
  put('host/boot.js', 'boot');
  put('host/host.0123456789abcdef0123.js', 'host');
  put('host/img/icons/unicons/bolt.svg', '<svg/>');
  put('host/fonts/inter/Inter-Regular.woff2', 'font');
  put('plugin/plugin.json', JSON.stringify(APP));
  put('plugin/module.js', 'app');
  put('plugin/datasource/plugin.json', JSON.stringify(dataSourceJson()));
  put('plugin/datasource/module.js', 'data source');
  const sessions = createSessions(() => undefined);
  let agentUrl = '';
  const secrets = { token: WRITE_TOKEN, readToken: READ_TOKEN };
  const agent = await startRig({
    preview: createPreview({
      hostDir: join(dir, 'host'),
      pluginDir: join(dir, 'plugin'),
      listenHost: '127.0.0.1',
      allowedHosts: [],
      sessions,
      dataSources: () => [{ uid: 'own', name: 'HPA Watch', url: agentUrl, secrets }, ...others(agentUrl)],
      certificate: () => null,
      throttle: createThrottle(systemClock),
      isSecure: false,
      proxyTimeoutMs: 200,
    }),
  });
  agentUrl = agent.server.url;
  let cookie: string | null = null;
  const link = () => `${agentUrl}${PREVIEW_PATH}/?key=${sessions.key()}`;
  const open = async () => {
    const answer = await fetch(link(), { redirect: 'manual' });
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  };
  return {
    agent,
    link,
    open,
    async call(path, { method = 'GET', cookie: given, role, headers = {}, body } = {}) {
      const session = given === undefined ? (cookie ??= await open()) : given;
      const cookies = [session, role && `hpa-watch-preview-role=${role}`].filter(Boolean).join('; ');
      return fetch(`${agentUrl}${PREVIEW_PATH}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(cookies !== '' && { cookie: cookies }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    },
    async stop() {
      await agent.stop();
      rmSync(dir, { recursive: true });
    },
  };
}
