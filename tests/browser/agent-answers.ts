import type { Page, Route } from '@playwright/test';

/** What the pages are told instead of what the agent says, for states that a healthy demo does not have. */

const inAgent = (path: string): RegExp => new RegExp(`/agent${path}(\\?|$)`);

/** A call of the agent, such as `/api/v1/monitoring/hpas`, answered by `answer`. */
export const answering = (page: Page, path: string, answer: (route: Route) => Promise<void>): Promise<unknown> =>
  page.route(inAgent(path), answer);

/** The agent's own answer with something of it changed. */
export const changing = <T extends object>(page: Page, path: string, change: (body: T) => T): Promise<unknown> =>
  answering(page, path, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as T) });
  });

const EVERY_CALL = /\/agent\/(api\/v1\/|healthz)/;

/** As Grafana's proxy answers where nobody listens at the agent's address. */
export const takeAgentDown = (page: Page): Promise<unknown> =>
  page.route(EVERY_CALL, (route) => route.fulfill({ status: 502, body: '' }));

/** As Grafana's proxy answers where the agent refuses the token: a 401 of the agent becomes this. */
export const refuseToken = (page: Page): Promise<unknown> =>
  page.route(EVERY_CALL, (route) =>
    route.fulfill({ status: 400, json: { message: 'Authentication to data source failed' } }),
  );

/** As an agent answers what only its database knows, while that is away. */
export const takeDatabaseAway = (page: Page): Promise<unknown> =>
  page.route(EVERY_CALL, (route) =>
    route.fulfill({
      status: 503,
      json: {
        status: 'error',
        code: 'storage/unreachable',
        message: 'The database db:5432 cannot be reached (refused).',
      },
    }),
  );

/** An agent that takes every call and never answers. */
export const holdBack = (page: Page): Promise<unknown> => page.route(EVERY_CALL, () => new Promise<void>(() => {}));

export const comeBack = (page: Page): Promise<void> => page.unroute(EVERY_CALL);
