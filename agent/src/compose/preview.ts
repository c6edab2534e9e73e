import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Router } from 'express';
import { AgentError } from '../core/errors.ts';
import type { HostSettings } from '../http/hosts.ts';
import { createPreview, PREVIEW_PATH } from '../http/preview/preview.ts';
import type { Throttle } from '../http/throttle.ts';
import { createSessions } from '../http/preview/session.ts';

export type PreviewFolders = { hostDir: string; pluginDir: string };

export type Preview = {
  router: Router;
  /** Known to the agent beside those of the settings; they never leave the process. */
  writeToken: string;
  readToken: string;
  /**
   * From now on the page reads the agent at this address. `show` is given the link that opens it once, and another one each time a link was
   * used.
   */
  listensOn(url: string, show: (link: string) => void): void;
};

/** Where `npm run build` puts the app and its host page, seen from the checkout. */
export const previewFolders = (checkout: string): PreviewFolders => ({
  hostDir: join(checkout, 'plugin/preview/dist'),
  pluginDir: join(checkout, 'plugin/dist'),
});

/** Whether both stand there. */
export const isBuilt = ({ hostDir, pluginDir }: PreviewFolders): boolean =>
  existsSync(join(hostDir, 'index.html')) && existsSync(join(pluginDir, 'plugin.json'));

/** @throws AgentError `config/invalid` where the page is not built */
export function openPreview(
  folders: PreviewFolders,
  { certificate, throttle, ...hosts }: HostSettings & { certificate: () => string | null; throttle: Throttle },
): Preview {
  if (!isBuilt(folders))
    throw new AgentError('config/invalid', `The preview page is not built (${folders.hostDir}): npm run build:all`);
  const token = () => randomBytes(32).toString('base64url');
  const secrets = { token: token(), readToken: token() };
  let agentUrl = '';
  let show: (link: string) => void = () => undefined;
  const sessions = createSessions(() => show(link()));
  const link = () => `${agentUrl}${PREVIEW_PATH}/?key=${sessions.key()}`;
  const router = createPreview({
    ...folders,
    ...hosts,
    sessions,
    certificate,
    throttle,
    isSecure: certificate() !== null,
    dataSources: () => [{ uid: 'hpa-watch', name: 'HPA Watch', url: agentUrl, secrets }],
  });
  return {
    router,
    writeToken: secrets.token,
    readToken: secrets.readToken,
    listensOn(url, toShow) {
      agentUrl = reachable(url);
      show = toShow;
      show(link());
    },
  };
}

/** An agent that listens on every address is reached on this machine's own. */
const reachable = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
