import { expect, test } from '@jest/globals';
import { notifySchema } from '../../agent/src/domain/notify-settings.ts';
import { startAlertmanager } from '../rig/alertmanager.ts';
import { anomalies, ended, eventually, HPAS, pass, withNotifyRig } from '../rig/notify-rig.ts';

test(
  'a real Alertmanager takes the alerts, keeps one where it became worse, and tells the end',
  () =>
    withNotifyRig(async ({ onStop, receiver, openStore, startSending }) => {
      const pager = await receiver();
      const alertmanager = await startAlertmanager(pager.url);
      onStop(() => alertmanager.stop());
      const store = await openStore();
      const link = 'https://grafana.example/a/hpa-watch/{{subject}}';
      const receivers = notifySchema.parse([{ type: 'alertmanager', url: alertmanager.url, link }]);
      const before = startSending(store, receivers);
      const firing = await anomalies(store, { severity: 'warning' });
      const worse = firing.map((anomaly) => ({ ...anomaly, severity: 'critical' as const }));
      type Labels = Record<string, string>;
      type Alert = {
        labels: Labels;
        annotations: Labels;
        startsAt: string;
        endsAt: string;
        generatorURL: string;
      };
      const active = async () =>
        (await (await fetch(`${alertmanager.url}/api/v2/alerts?active=true`)).json()) as Alert[];
      const ofSeverity = (alerts: Alert[], severity: string) =>
        alerts.filter(({ labels }) => labels.severity === severity).length;

      await pass(store, receivers, firing, before);
      const taken = await eventually(active, (alerts) => alerts.length === HPAS);
      const one = taken.find(({ labels }) => labels.hpa === 'api-0');
      expect(one?.labels).toEqual({
        alertname: 'HpaWatchAnomaly',
        cluster: 'prod',
        namespace: 'payments',
        hpa: 'api-0',
        kind: 'maxed_out',
        severity: 'warning',
      });
      expect(one?.annotations).toMatchObject({ description: firing[0]?.sentence, advice: 'Raise maxReplicas.' });
      expect(Date.parse(one?.startsAt ?? '')).toBe(firing[0]?.startedAt);
      expect(one?.generatorURL).toBe('https://grafana.example/a/hpa-watch/anomaly-0');

      // Repeated before it expires, at a start at once: its end moves on, and nothing new is queued for it.
      await before.stop();
      const sender = startSending(store, receivers);
      expect(await pass(store, receivers, firing, sender)).toBe(0);
      const firstEnd = Date.parse(one?.endsAt ?? '');
      const later = await eventually(active, (alerts) => alerts.some(({ endsAt }) => Date.parse(endsAt) > firstEnd));
      expect(Math.max(...later.map(({ endsAt }) => Date.parse(endsAt)))).toBeGreaterThan(firstEnd);

      await pass(store, receivers, worse, sender);
      const critical = await eventually(active, (alerts) =>
        alerts.every(({ labels }) => labels.severity === 'critical'),
      );
      expect([ofSeverity(critical, 'critical'), ofSeverity(critical, 'warning')]).toEqual([HPAS, 0]);

      await pass(store, receivers, ended(worse), sender);
      expect(await eventually(active, (alerts) => alerts.length === 0)).toEqual([]);
      const told = () =>
        pager.taken().flatMap((body) => (body as { alerts: { status: string; labels: Labels }[] }).alerts);
      const resolved = await eventually(
        () => told().filter(({ status, labels }) => status === 'resolved' && labels.severity === 'critical'),
        (alerts) => alerts.length >= HPAS,
      );
      expect(new Set(resolved.map(({ labels }) => labels.hpa)).size).toBe(HPAS);
    }),
  60_000,
);
