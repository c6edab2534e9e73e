import { expect, type ConsoleMessage, type Page, type Response } from '@playwright/test';

export type Faults = {
  /** This may happen: a part of the fault's line, such as `502 GET /api/v1/access`. */
  expect(text: string): void;
  check(): void;
};

/** Of the agent, or of the page itself. */
const pathOf = (url: string): string =>
  new URL(url).pathname.replace(/^\/preview/, '').replace(/^\/api\/datasources\/proxy\/uid\/[^/]+\/agent/, '');

const refused = (response: Response): string =>
  `${response.status()} ${response.request().method()} ${pathOf(response.url())}`;

/** Chromium also tells each refused call on the console; that is the same fault. */
const isRefusal = (message: ConsoleMessage): boolean =>
  message.text().startsWith('Failed to load resource: the server');

/** What nobody may see on a page: errors on the console, uncaught ones, calls that were refused, calls to another host. */
export function watchFaults(page: Page, host: string): Faults {
  const seen: string[] = [];
  const expected: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message)) seen.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) seen.push(refused(response));
  });
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && asked !== host) seen.push(`another host: ${request.url()}`);
  });
  return {
    expect: (text) => void expected.push(text),
    check() {
      expect(seen.filter((fault) => !expected.some((text) => fault.includes(text)))).toEqual([]);
    },
  };
}
