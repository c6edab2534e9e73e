import type { Page } from '@playwright/test';
import type { AnomalyListAnswer, ClusterListAnswer, TimeslotsAnswer } from '../../agent/src/contract/api.ts';
import type { Faults } from './faults.ts';

/** Where the page reaches the agent: Grafana's proxy of the data source. */
const AGENT = /\/api\/datasources\/proxy\//;

/** The agent does not run: what Grafana's proxy then answers. */
export async function agentDown(page: Page, faults: Faults): Promise<void> {
  faults.expect('502');
  await page.route(AGENT, (route) => route.fulfill({ status: 502, json: { message: 'Bad gateway' } }));
}

/** The agent refuses the token: Grafana's proxy makes a 400 of its 401. */
export async function wrongToken(page: Page, faults: Faults): Promise<void> {
  faults.expect('400');
  const json = { message: 'Authentication to data source failed' };
  await page.route(AGENT, (route) => route.fulfill({ status: 400, json }));
}

/** Nothing is answered, until the test ends. */
export async function neverAnswers(page: Page): Promise<void> {
  await page.route(AGENT, () => undefined);
}

/** What fails from now on works again. */
export const answersAgain = (page: Page): Promise<void> => page.unroute(AGENT);

/** One call of the agent is answered with that body. */
export async function answerWith(page: Page, path: RegExp, json: unknown): Promise<void> {
  const isAsked = (url: URL): boolean => AGENT.test(url.pathname) && path.test(url.pathname);
  await page.route(isAsked, (route) => route.fulfill({ json }));
}

export const NO_CLUSTERS: ClusterListAnswer = { status: 'success', clusters: [] };

export const NO_ANOMALIES: AnomalyListAnswer = {
  status: 'success',
  anomalies: [],
  removed: [],
  revision: 'r.1',
  full: true,
  total: 0,
  next_cursor: null,
};

export const IDLE: TimeslotsAnswer = {
  status: 'success',
  configuration: {
    total_clusters: 0,
    total_slots: 0,
    slot_duration: '30s',
    cycle_duration: '0s',
    cadence_exceeded: false,
    parallel_scans: true,
    ports: [55_553, 55_554],
  },
  current_cycle: null,
  slots: [],
  clusters: [],
};
