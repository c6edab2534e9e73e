import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import type { HttpRig } from '../http-rig.fixture.ts';
import { ask, startGrafanaRig } from './grafana.fixture.ts';

/**
 * The plugin's unit tests read answers of the agent from a file. Here each of them is asked for anew, and checked against the contract: the file
 * holds what the agent answers today. After a change that is meant, write it anew with RECORD_ANSWERS=1.
 */

type Recorded = { name: string; path: string; request: unknown; status: number; answer: unknown };

const FILE = new URL('../../../../plugin/src/datasource/recorded.fixture.json', import.meta.url);
const RECORDED = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded[];

let rig: HttpRig;
beforeAll(async () => {
  rig = await startGrafanaRig();
});
afterAll(async () => {
  await rig.stop();
  if (process.env.RECORD_ANSWERS === '1') writeFileSync(FILE, `${JSON.stringify(RECORDED, null, 2)}\n`);
});

test.each(RECORDED)('$name', async (recorded) => {
  const { status, body } = await ask(rig, recorded.path, recorded.request);
  if (process.env.RECORD_ANSWERS === '1') Object.assign(recorded, { status, answer: body });
  expect({ status, answer: body }).toEqual({ status: recorded.status, answer: recorded.answer });
});
