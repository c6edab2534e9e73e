import { readFileSync } from 'node:fs';
import type { Config } from '../config/load.ts';
import { createApp } from '../http/app.ts';
import { startHttp } from '../http/server.ts';
import type { Services } from '../http/services.ts';
import { openPreview, type PreviewFolders } from './preview.ts';

/** `show` is given the link that opens the page once, and another one each time a link was used. */
export type PreviewWanted = { folders: PreviewFolders; show: (link: string) => void };

export type ServingOptions = {
  services: Services;
  config: Pick<Config, 'listen' | 'auth' | 'tls'>;
  /** Counts where it is given; else the tokens of the settings. */
  keptToken: string | null;
  preview?: PreviewWanted | null | undefined;
};

/** Serves the API, and the preview where one is wanted, at the address of the settings. */
export async function startServing({
  services,
  config,
  keptToken,
  preview: wanted,
}: ServingOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const { listen, auth } = config;
  const tls = config.tls && { cert: readFileSync(config.tls.cert, 'utf8'), key: readFileSync(config.tls.key, 'utf8') };
  const hosts = { listenHost: listen.host, allowedHosts: listen.allowedHosts };
  const preview = wanted ? openPreview(wanted.folders, { ...hosts, certificate: tls?.cert ?? null }) : null;
  const app = createApp(services, {
    writeTokens: [...(keptToken === null ? auth.writeTokens : [keptToken]), ...(preview ? [preview.writeToken] : [])],
    readTokens: [...auth.readTokens, ...(preview ? [preview.readToken] : [])],
    ...hosts,
    ...(preview && { preview: preview.router }),
  });
  const http = await startHttp({ app: app.app, host: listen.host, port: listen.port, ...(tls && { tls }) });
  if (wanted) preview?.listensOn(http.url, wanted.show);
  return {
    url: http.url,
    async stop() {
      app.stop();
      await http.stop();
    },
  };
}
