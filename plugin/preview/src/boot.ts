import type { BootData } from './boot-data';
import { takePreferences } from './preferences';

/** Says in words what stands in the way; there is no theme yet. */
function refuse(text: string): void {
  const paragraph = document.createElement('p');
  paragraph.setAttribute('role', 'alert');
  paragraph.style.cssText =
    'font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 20vh auto; padding: 0 1rem';
  paragraph.textContent = text;
  document.body.append(paragraph);
}

async function boot(): Promise<void> {
  takePreferences();
  // The bundle may come in while the server is asked; it may run only after, since it reads grafanaBootData as it loads.
  const host = () => import(/* webpackChunkName: "host" */ './host');
  const wasUsed = new URLSearchParams(location.search).get('link') === 'used';
  const answer = await fetch('api/boot');
  if (answer.status === 401)
    return refuse(
      wasUsed
        ? 'This link was used already. Open the page in the browser that used it, or start HPA Watch again for a new link.'
        : 'Open this page by the link that HPA Watch printed when it started: it works once and stays open in that browser.',
    );
  if (!answer.ok) return refuse(`HPA Watch cannot show its page: ${await answer.text()}`);
  const data = (await answer.json()) as BootData;
  window.grafanaBootData = data;
  window.__grafana_public_path__ = `${data.settings.appSubUrl}/public/`;
  document.documentElement.lang = data.user.language;
  await (await host()).start();
}

boot().catch((error: unknown) => refuse(`The page did not start: ${String(error)}`));
