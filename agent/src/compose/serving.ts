import type { Config } from '../config/load.ts';
import { followFiles, type FollowedFiles } from '../core/followed-files.ts';
import { isLoopback } from '../core/loopback.ts';
import { createApp } from '../http/app.ts';
import { certificatePair, type CertificatePair } from '../http/certificate.ts';
import { startHttp } from '../http/server.ts';
import type { Services } from '../http/services.ts';
import { createThrottle } from '../http/throttle.ts';
import { openCredentials } from './credentials.ts';
import { openPreview, type PreviewFolders } from './preview.ts';
import { createStops } from './stops.ts';

/** `show` is given the link that opens the page once, and another one each time a link was used. */
export type PreviewWanted = { folders: PreviewFolders; show: (link: string) => void };

export type ServingOptions = {
  services: Services;
  config: Pick<Config, 'listen' | 'auth' | 'tls'>;
  /** The file in the data directory, where the settings give no token. */
  keptTokenFile: string | null;
  preview?: PreviewWanted | null | undefined;
};

/** Serves the API, and the preview where one is wanted, at the address of the settings. */
export async function startServing(options: ServingOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const { services, config, keptTokenFile, preview: wanted } = options;
  const { clock, logger, metrics } = services;
  const { listen, auth, tls: pair } = config;
  const stops = createStops(logger);
  try {
    let use: (pair: CertificatePair) => void = () => undefined;
    const certificate = pair && (await followCertificate(pair, services, (next) => use(next)));
    if (certificate) stops.push(() => certificate.stop());
    const hosts = { listenHost: listen.host, allowedHosts: listen.allowedHosts };
    const throttle = createThrottle(clock);
    const preview = wanted
      ? openPreview(wanted.folders, { ...hosts, throttle, certificate: () => certificate?.current().cert ?? null })
      : null;
    const further = preview
      ? { writeTokens: [preview.writeToken], readTokens: [preview.readToken] }
      : { writeTokens: [], readTokens: [] };
    const credentials = await openCredentials({ auth, keptTokenFile, further, clock, logger });
    stops.push(() => credentials.stop());
    const app = createApp(services, {
      tokens: () => credentials.tokens(),
      throttle,
      credentials: () => [
        ...credentials.states().map((state) => ({ ...state, expiresAt: null })),
        ...(certificate ? [{ ...certificate.state(), expiresAt: certificate.current().expiresAt }] : []),
      ],
      corsOrigins: listen.corsOrigins,
      ...hosts,
      ...(preview && { preview: preview.router }),
    });
    const http = await startHttp({
      app: app.app,
      host: listen.host,
      port: listen.port,
      ...(certificate && { tls: certificate.current() }),
      onlyLoopback: certificate === null && !listen.allowPublic,
    }).catch((error: unknown) => {
      app.stop();
      throw error;
    });
    stops.push(async () => {
      app.stop();
      await http.stop();
    });
    use = (next) => {
      http.useCertificate(next);
      metrics.certificateExpiry.set(next.expiresAt / 1_000);
    };
    if (certificate) {
      metrics.registry.registerMetric(metrics.certificateExpiry);
      use(certificate.current());
    } else if (!isLoopback(listen.host)) {
      logger.warn(
        { host: listen.host },
        'listening without TLS: tokens are readable on the way, unless a proxy before it does TLS',
      );
    }
    if (wanted) preview?.listensOn(http.url, wanted.show);
    return { url: http.url, stop: stops.all };
  } catch (error) {
    await stops.all();
    throw error;
  }
}

function followCertificate(
  { cert, key }: { cert: string; key: string },
  { clock, logger }: Pick<Services, 'clock' | 'logger'>,
  onChange: (pair: CertificatePair) => void,
): Promise<FollowedFiles<CertificatePair>> {
  return followFiles({
    setting: 'tls',
    paths: [cert, key],
    make: ([certText = '', keyText = '']) => certificatePair(certText, keyText, clock.now()),
    onChange,
    clock,
    logger,
  });
}
