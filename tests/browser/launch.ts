import type { LaunchOptions } from '@playwright/test';

export const VIEWPORT = { width: 1440, height: 900 };

/** Debian's Chromium; nothing of it may talk to anybody. */
export const CHROMIUM: LaunchOptions = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
