import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { forwardInfo } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

describe('the agent itself', () => {
  test('summary, status and timeslots of an idle agent', async () => {
    expect(await rig.call('GET', '/api/v1/monitoring/summary')).toMatchObject({
      status: 200,
      body: { hpas: { total: 0 } },
    });
    const { body } = await rig.call('GET', '/api/v1/monitoring/status');
    expect(body).toMatchObject({
      version: '1.2.3',
      port_forwards: [],
      time_slots: { total_clusters: 0, current_slot: null },
      database: { total_snapshots: 1_847, baseline_snapshots: 1_728, monitoring_snapshots: 119, size_mb: 2.3 },
    });
    expect((await rig.call('GET', '/api/v1/monitoring/timeslots')).body).toMatchObject({
      current_cycle: null,
      slots: [],
    });
  });

  test('status and timeslots of two clusters', async () => {
    const now = rig.world.clock.now();
    rig.world.forwards = [
      forwardInfo('prod', { state: { kind: 'ready', since: now - 9_300_000, baseUrl: 'http://127.0.0.1:41553' } }),
    ];
    rig.world.schedule = {
      lanes: [{ port: 41553 }, { port: 41554 }],
      slotDurationMs: 30_000,
      cycleDurationMs: 30_000,
      cycleStartedAt: now - 12_000,
      cadenceExceeded: false,
      currentSlotIndex: 0,
      slots: [
        { index: 0, startOffsetMs: 0, clusters: ['prod', ARN], lastExecutedAt: now - 12_000, executingSince: null },
      ],
      lastOutcomes: [],
      tallies: new Map(),
    };
    const status = await rig.call('GET', '/api/v1/monitoring/status');
    expect(status.body).toMatchObject({
      port_forwards: [{ cluster: 'prod', port: 41553, status: 'active', uptime: '2h35m' }],
      time_slots: { current_slot: { port_41553_cluster: 'prod', port_41554_cluster: ARN, time_remaining: '18s' } },
    });
    const { body } = await rig.call('GET', '/api/v1/monitoring/timeslots');
    expect(body).toMatchObject({
      current_cycle: { progress_percent: 40 },
      slots: [{ port_41553: { cluster: 'prod', prometheus_url: 'http://127.0.0.1:41553' }, is_active: true }],
    });
  });

  test('metrics as Prometheus reads them', async () => {
    const { headers, body } = await rig.call('GET', '/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body['text']).toContain('hpa_watch_scans_total');
  });

  test('not ready while it starts: 503 and why', async () => {
    rig.world.ready = { ready: false, error: new AgentError('agent/starting', 'the database is being opened') };
    expect(await rig.call('GET', '/readyz', { token: null })).toMatchObject({
      status: 503,
      body: { status: 'error', code: 'agent/starting', message: 'the database is being opened' },
    });
    expect((await rig.call('GET', '/healthz', { token: null })).status).toBe(200);
  });

  test('a fault nobody foresaw: 500, a request id, and no word of the fault', async () => {
    rig.world.services.store.counts = () => Promise.reject(new TypeError('secret of /var/lib'));
    const { status, body } = await rig.call('GET', '/api/v1/monitoring/status');
    expect(status).toBe(500);
    expect(body).toMatchObject({
      code: 'agent/internal',
      details: { request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  test('a cluster that does not answer is an error, never an empty list', async () => {
    rig.world.services.fleet.discover = () =>
      Promise.reject(new AgentError('kubectl/no-running-pod', 'no pod is running', { retryable: true }));
    const answer = await rig.call('GET', '/api/v1/clusters/prod/hpas');
    expect(answer).toMatchObject({
      status: 502,
      body: { code: 'kubectl/no-running-pod', message: 'no pod is running' },
    });
  });
});
