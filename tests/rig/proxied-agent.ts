// A whole agent over the simulated fleet, behind Grafana's data source proxy: what a browser of a Grafana would talk to. A program of its own, for
// tests that run where the agent's modules do not. Prints where it is in one line of JSON when every HPA has its baseline; ends with its input.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import express from 'express';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo } from '../../agent/src/demo/start.ts';
import { passageOf } from '../../agent/src/http/preview/data-source.ts';
import { ROLES, type ProxyRoute, type Role } from '../../agent/src/http/preview/plugin-folders.ts';
import { proxyTo } from '../../agent/src/http/preview/proxy.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess } from './agent.ts';
import { freePort } from './free-port.ts';

const TOKEN = 'integration-tests-0123456789';
const READ_TOKEN = 'only-reads-0123456789';
const PLUGIN = new URL('../../plugin/src/datasource/plugin.json', import.meta.url);

const { routes } = JSON.parse(readFileSync(PLUGIN, 'utf8')) as { routes: ProxyRoute[] };
/** Takes connections and never answers. */
const frozen = createServer().listen(0, '127.0.0.1');
await once(frozen, 'listening');
const portOf = (address: ReturnType<typeof frozen.address>) => (address as AddressInfo).port;

const story = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', since: Date.now() - 15 * 60_000 });
const agent = await startAgentProcess({
  dataDir: newDataDir(),
  auth: { token: TOKEN, readToken: READ_TOKEN },
  slotDuration: '2s',
  lanes: [await freePort(), await freePort()],
  clusters: story.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })),
});
// Where something fails from here on, no agent is left behind.
process.on('exit', (code) => code !== 0 && process.kill(agent.pid));
for (const { name } of story.clusters) await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true });
await eventually('every HPA has a baseline, and something fires', 90_000, async () => {
  const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=1000&sort=worst');
  const done = body.hpas.every(({ baseline, last_scan }) => /ready|partial/.test(baseline.state) && last_scan);
  return body.hpas.length > 0 && done && body.hpas[0]?.worst_anomaly ? true : null;
});

/** `/proxy/SECRETS/ROLE/...`, as a user of that role calls through a data source with those secrets. */
const SECRETS: Record<string, { url: string; secrets: Record<string, string> }> = {
  'two-tokens': { url: agent.url, secrets: { token: TOKEN, readToken: READ_TOKEN } },
  'one-token': { url: agent.url, secrets: { token: TOKEN, readToken: TOKEN } },
  'read-token': { url: agent.url, secrets: { token: READ_TOKEN, readToken: READ_TOKEN } },
  'wrong-token': { url: agent.url, secrets: { token: 'x'.repeat(20), readToken: 'x'.repeat(20) } },
  'wrong-write-token': { url: agent.url, secrets: { token: 'x'.repeat(20), readToken: READ_TOKEN } },
  frozen: { url: `http://127.0.0.1:${portOf(frozen.address())}`, secrets: { token: TOKEN, readToken: READ_TOKEN } },
  away: { url: `http://127.0.0.1:${await freePort()}`, secrets: { token: TOKEN, readToken: READ_TOKEN } },
};

const app = express();
app.use('/proxy/:secrets/:role', (req, res) => {
  const source = SECRETS[req.params.secrets];
  const role = ROLES.find((one: Role) => one === req.params.role);
  if (source === undefined || role === undefined) return void res.status(404).end();
  const { pathname, search } = new URL(req.url, 'http://localhost');
  const passage = passageOf(
    routes,
    { uid: 'agent', name: 'HPA Watch', ...source },
    { method: req.method, path: pathname.slice(1), search, role },
  );
  if (passage.kind === 'denied') return void res.status(403).json({ message: 'Access denied' });
  proxyTo(req, res, { url: passage.url, headers: passage.headers, certificate: null, timeoutMs: 1_000 });
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${portOf(server.address())}/proxy` }));
});

process.stdin.resume().on('end', () => {
  void (async () => {
    server.closeAllConnections();
    server.close();
    frozen.close();
    await agent.stop();
    await story.stop();
    removeDataDirs();
    process.exit(0);
  })();
});
