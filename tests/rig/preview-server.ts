import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { systemClock } from '../../agent/src/core/clock.ts';
import { previewFolders } from '../../agent/src/compose/preview.ts';
import type { PreviewDataSource } from '../../agent/src/http/preview/data-source.ts';
import { createPreview, PREVIEW_PATH } from '../../agent/src/http/preview/preview.ts';
import { createSessions } from '../../agent/src/http/preview/session.ts';
import { createThrottle } from '../../agent/src/http/throttle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type PreviewServer = {
  url: string;
  /** The session to set as a cookie: name and value. */
  openSession(): Promise<{ name: string; value: string }>;
  stop(): Promise<void>;
};

const listening = async (server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/**
 * The preview by itself, as a Grafana beside the agent would be: it stays when the agent does not. Its data sources are the good one, `own`, and
 * three in trouble: `nobody` listens, `silent` never answers, `wrong-token` is not known to the agent.
 */
export async function startPreviewServer(agent: { url: string; token: string }): Promise<PreviewServer> {
  const silent = createServer(() => undefined);
  const silentUrl = await listening(silent as unknown as Server);
  const own = { token: agent.token, readToken: agent.token };
  const guess = { token: 'guess', readToken: 'guess' };
  const dataSources: PreviewDataSource[] = [
    { uid: 'own', name: 'HPA Watch', url: agent.url, secrets: own },
    { uid: 'nobody', name: 'Nobody', url: 'http://127.0.0.1:1', secrets: own },
    { uid: 'silent', name: 'Silent', url: silentUrl, secrets: own },
    { uid: 'wrong-token', name: 'Wrong token', url: agent.url, secrets: guess },
  ];
  const sessions = createSessions(() => undefined);
  const app = express();
  app.use(
    PREVIEW_PATH,
    createPreview({
      ...previewFolders(root),
      sessions,
      listenHost: '127.0.0.1',
      allowedHosts: [],
      dataSources: () => dataSources,
      certificate: () => null,
      throttle: createThrottle(systemClock),
      isSecure: false,
      proxyTimeoutMs: 500,
    }),
  );
  const server = createHttpServer(app);
  const url = await listening(server);
  return {
    url,
    async openSession() {
      const answer = await fetch(`${url}${PREVIEW_PATH}/?key=${sessions.key()}`, { redirect: 'manual' });
      const [name = '', value = ''] = answer.headers.get('set-cookie')?.split(';')[0]?.split('=') ?? [];
      return { name, value };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      silent.close();
      await once(server, 'close');
    },
  };
}
