import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { createMetrics } from '../../agent/src/core/metrics.ts';
import type { NotificationMessage } from '../../agent/src/domain/notification.ts';
import { alertsOf } from '../../agent/src/notify/alertmanager.ts';
import { message, NOW, receiver } from '../../agent/src/notify/notify.fixture.ts';
import { slackMessage } from '../../agent/src/notify/slack.ts';
import { webhook, type WebhookSettings } from '../../agent/src/notify/webhook.ts';

const hostile: fc.Arbitrary<NotificationMessage> = fc
  .record({
    cluster: hostileText,
    namespace: hostileText,
    hpa: hostileText,
    title: hostileText,
    sentence: hostileText,
    advice: hostileText,
    subject: hostileText,
    promql: hostileText,
  })
  .map((texts) =>
    message({
      ...texts,
      relatedTotal: 1,
      related: [
        {
          namespace: texts.namespace,
          hpa: texts.hpa,
          kind: 'maxed_out',
          severity: 'critical',
          sentence: texts.sentence,
        },
      ],
    }),
  );

const LINK = 'https://g.example/d/{{cluster}}/{{hpa}}?var={{sentence}}&s={{subject}}';

test('Slack and its kin: no name is a link, a mention or mark-up of ours, and no field is too long', () => {
  fc.assert(
    fc.property(hostile, (told) => {
      const { text, blocks } = slackMessage(told, 'https://g.example/?a=1&b=<|>');
      const marked = blocks.flatMap((block) =>
        'elements' in block ? [] : 'text' in block && block.text && block.type === 'section' ? [block.text.text] : [],
      );
      for (const one of [text, ...marked]) {
        expect(one).not.toMatch(/[<>]/);
        expect(one.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
        expect(one).not.toMatch(/@(channel|here|all|everyone)\b/i);
        expect(one.length).toBeLessThanOrEqual(3_030);
      }
      const context = JSON.stringify(blocks.at(-1));
      expect(context.match(/</g)).toHaveLength(1);
      expect(context.match(/\|/g)).toHaveLength(1);
      expect(JSON.stringify(blocks)).not.toMatch(/"[^"]*@(channel|here|all|everyone)\b/i);
    }),
    HOSTILE_RUNS,
  );
});

test('Alertmanager: labels say what they said, and a link holds each value as one part of a URL', () => {
  fc.assert(
    fc.property(hostile, (told) => {
      const [alert] = JSON.parse(JSON.stringify(alertsOf(told, LINK, NOW))) as ReturnType<typeof alertsOf>;
      expect(alert?.labels).toMatchObject({ cluster: told.cluster, namespace: told.namespace, hpa: told.hpa });
      const url = new URL(alert?.generatorURL ?? '');
      expect(url.origin).toBe('https://g.example');
      expect(url.searchParams.get('var')).toBe(told.sentence.toWellFormed());
      expect([...url.searchParams.keys()]).toEqual(['var', 's']);
      expect(url.hash).toBe('');
    }),
    HOSTILE_RUNS,
  );
});

test('a webhook: its template keeps its shape, its headers hold nothing of the message', () => {
  const template = { a: '{{sentence}}', list: ['{{hpa}} of {{cluster}}', 5], '{{hpa}}': null };
  const hook = webhook(receiver({ template, secret: '0123456789abcdef', link: LINK }) as WebhookSettings);
  fc.assert(
    fc.property(hostile, (told) => {
      const { body, headers } = hook.requestFor(
        [{ id: 1, receiver: 'r', createdAt: NOW, attempts: 0, message: told }],
        NOW,
      );
      expect(JSON.parse(body)).toEqual({
        a: told.sentence,
        list: [`${told.hpa} of ${told.cluster}`, 5],
        '{{hpa}}': null,
      });
      for (const value of Object.values(headers)) expect(value).toMatch(/^[\x21-\x7e]*$/);
    }),
    HOSTILE_RUNS,
  );
});

/** The text format: https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
const SAMPLE = /^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? [-+0-9.eNaIif]+$/;

test('/metrics: each series is one line of the format, with its labels as they are', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, async (cluster, hpa) => {
      const metrics = createMetrics({ processMetrics: false });
      metrics.anomalyFiring.set({ cluster, namespace: hpa, hpa, kind: 'maxed_out', severity: 'critical' }, 1);
      metrics.scans.inc({ cluster, result: 'ok' });
      const text = await metrics.registry.metrics();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      for (const line of lines) expect(line).toMatch(SAMPLE);
      const firing = lines.filter((line) => line.startsWith('hpa_watch_anomaly_firing'));
      expect(firing).toHaveLength(1);
      const shown = /cluster="((?:[^"\\\n]|\\.)*)"/.exec(firing[0] ?? '')?.[1] ?? '';
      expect(shown.replaceAll(/\\(.)/g, (_, escape: string) => (escape === 'n' ? '\n' : escape))).toBe(cluster);
    }),
    { ...HOSTILE_RUNS, numRuns: 150 },
  );
});
