import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo } from '../../agent/src/demo/start.ts';
import { nothingAcknowledged } from '../faults/database-findings.ts';
import { killAgent, killStore, type AgentWorld } from '../faults/kill-rounds.ts';
import { newDataDir, removeDataDirs } from '../rig/agent.ts';
import { startHttpReceiver } from '../rig/http-receiver.ts';

/** A few of the kills that `npm run test:kills` does by the hundred, at moments spread over what goes on. */

let world: AgentWorld;
beforeAll(async () => {
  const demo = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', clusters: 1 });
  world = { demo, receiver: await startHttpReceiver() };
});
afterAll(async () => {
  await world.demo.stop();
  await world.receiver.stop();
  removeDataDirs();
});

test('killed under all kinds of writes, the database is whole, and nothing acknowledged is lost or doubled', async () => {
  const dir = newDataDir();
  const all = nothingAcknowledged();
  for (const [kill, afterMs] of [0, 40, 150, 320, 700].entries()) {
    const { findings } = await killStore({ dir, name: `k${kill}` }, { from: 'first write', afterMs }, all);
    expect(findings).toEqual([]);
  }
  expect(all.enrolled.size).toBeGreaterThan(5);
}, 150_000);

test('an agent killed while enrolments come in by HTTP loses none that it answered with 201', async () => {
  const dir = newDataDir();
  const all = nothingAcknowledged();
  for (const [kill, afterMs] of [300, 900, 1_500].entries()) {
    const { findings } = await killAgent(world, { dir, name: `k${kill}` }, afterMs, all);
    expect(findings).toEqual([]);
  }
  expect(all.enrolled.size).toBeGreaterThan(0);
}, 150_000);
