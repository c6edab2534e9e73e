import type { BrowserContext } from '@playwright/test';
import type { DemoAgent } from '../rig/demo-agent.ts';

export type View = { theme?: 'dark' | 'light'; role?: 'Viewer' | 'Editor' | 'Admin'; lang?: 'en-US' | 'pt-BR' };

/** The browser holds the session of a link that was used for it. */
export async function signIn(context: BrowserContext, preview: Pick<DemoAgent, 'url' | 'openSession'>): Promise<void> {
  const { name, value } = await preview.openSession();
  await context.addCookies([
    { name, value, domain: new URL(preview.url).hostname, path: '/preview', httpOnly: true, sameSite: 'Strict' },
  ]);
}

/** `view` as the page takes it from the address. */
export function previewUrl(agentUrl: string, path: string, view: View): string {
  const url = new URL(`/preview${path}`, agentUrl);
  for (const [key, value] of Object.entries(view)) url.searchParams.set(key, value);
  return url.href;
}
