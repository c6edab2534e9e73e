/** What a person may wish for in the address (`?theme=light&lang=pt-BR&role=Viewer`) or by the switches; kept in cookies, since the server needs them too. */
export const PREFERENCES = {
  theme: { cookie: 'hpa-watch-preview-theme', allowed: ['dark', 'light'] },
  lang: { cookie: 'hpa-watch-preview-lang', allowed: ['en-US', 'pt-BR'] },
  role: { cookie: 'hpa-watch-preview-role', allowed: ['Viewer', 'Editor', 'Admin'] },
} as const;

export type PreferenceName = keyof typeof PREFERENCES;

export function keepPreference(name: PreferenceName, value: string): void {
  const { cookie, allowed } = PREFERENCES[name];
  if ((allowed as readonly string[]).includes(value))
    document.cookie = `${cookie}=${value}; path=/preview; SameSite=Strict`;
}

/** Keeps what the address wishes for and takes it out of it, so that the plugin's pages see only their own. */
export function takePreferences(): void {
  const url = new URL(location.href);
  let taken = false;
  for (const name of Object.keys(PREFERENCES) as PreferenceName[]) {
    const value = url.searchParams.get(name);
    if (value === null) continue;
    keepPreference(name, value);
    url.searchParams.delete(name);
    taken = true;
  }
  if (taken) history.replaceState(history.state, '', url);
}
