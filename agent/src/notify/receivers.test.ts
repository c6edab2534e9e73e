import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../core/clock.ts';
import type { NotificationMessage } from '../domain/notification.ts';
import { alertsOf, EXPIRES_MS } from './alertmanager.ts';
import { message, NOW, receiver } from './notify.fixture.ts';
import { receiverOf } from './sender.ts';
import { escapeSlack, slackMessage } from './slack.ts';
import { fillTemplate } from './template.ts';
import { viewOf } from './view.ts';
import { signatureOf } from './webhook.ts';

const queued = (values: Partial<NotificationMessage> = {}) => ({
  id: 7,
  receiver: 'r',
  createdAt: NOW,
  attempts: 0,
  message: message(values),
});
const iso = (ms: number) => new Date(ms).toISOString();
const LINK = 'https://grafana.example/a/hpa-watch?c={{cluster}}&s={{ subject }}';

test('an alert has labels that stay, ends by itself unless it is repeated, and ends now when it is over', () => {
  const [alert, ...others] = alertsOf(message(), LINK, NOW);
  expect(others).toEqual([]);
  expect(alert).toEqual({
    labels: {
      alertname: 'HpaWatchAnomaly',
      cluster: 'prod',
      namespace: 'payments',
      hpa: 'api',
      kind: 'cpu_deviation',
      severity: 'warning',
    },
    annotations: {
      summary: '[warning] CPU deviation: payments/api (prod)',
      description: message().sentence,
      advice: 'Look at the deploy at 14:05.',
      observed: '164',
      expected: '61 to 88',
      promql: 'sum(rate(container_cpu_usage_seconds_total[5m]))',
    },
    startsAt: iso(NOW - 5 * MINUTE),
    endsAt: iso(NOW + EXPIRES_MS),
    generatorURL: 'https://grafana.example/a/hpa-watch?c=prod&s=a',
  });
  const [over] = alertsOf(message({ event: 'resolved', endedAt: NOW - MINUTE }), null, NOW);
  expect(over).toMatchObject({ labels: alert?.labels, endsAt: iso(NOW - MINUTE) });
  expect(over).not.toHaveProperty('generatorURL');
});

test('what became worse ends the alert it was before, and a departure of many has an alert of its own', () => {
  const alerts = alertsOf(message({ severity: 'critical', replaces: 'warning' }), null, NOW);
  expect(alerts.map(({ labels, endsAt }) => [labels.severity, endsAt])).toEqual([
    ['critical', iso(NOW + EXPIRES_MS)],
    ['warning', iso(NOW)],
  ]);
  const [many] = alertsOf(message({ subject: 'e', namespace: null, hpa: null, kind: null }), null, NOW);
  expect(many?.labels).toEqual({
    alertname: 'HpaWatchClusterEvent',
    cluster: 'prod',
    event_id: 'e',
    severity: 'warning',
  });
});

test('an alert never ends before it starts, however the clocks differ', () => {
  fc.assert(
    fc.property(fc.integer({ min: -HOUR, max: HOUR }), fc.integer({ min: -HOUR, max: HOUR }), (start, end) => {
      const event = end < 0 ? 'firing' : 'resolved';
      const told = message({ event, startedAt: NOW + start, endedAt: event === 'firing' ? null : NOW + start + end });
      for (const { startsAt, endsAt } of alertsOf(told, null, NOW))
        expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(Date.parse(startsAt));
    }),
  );
});

test('Alertmanager is asked below its prefix, its password goes as a header', () => {
  const settings = receiver({ type: 'alertmanager', url: 'http://me:p%40ss@127.0.0.1:9093/am/' });
  const { url, headers, body } = receiverOf(settings).requestFor([queued(), queued({ subject: 'b' })], NOW);
  expect(url).toBe('http://127.0.0.1:9093/am/api/v2/alerts');
  expect(headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  expect(JSON.parse(body)).toHaveLength(2);
});

test('a webhook gets everything, signed with the time', () => {
  const secret = 'a secret of enough characters';
  const settings = receiver({ secret, link: LINK });
  const { url, headers, body } = receiverOf(settings).requestFor([queued({ related: [] })], NOW + 999);
  expect(url).toBe('http://127.0.0.1:1/hook');
  expect(JSON.parse(body)).toEqual({
    version: 1,
    delivery_id: `a:firing:warning:${NOW}`,
    event: 'firing',
    subject: 'a',
    severity: 'warning',
    kind: 'cpu_deviation',
    cluster: 'prod',
    namespace: 'payments',
    hpa: 'api',
    title: '[warning] CPU deviation: payments/api (prod)',
    sentence: message().sentence,
    advice: 'Look at the deploy at 14:05.',
    metric: 'cpu',
    direction: 'over',
    observed: 164,
    expected: 70,
    lower: 61,
    upper: 88,
    score: 6,
    started_at: iso(NOW - 5 * MINUTE),
    fired_at: iso(NOW - 2 * MINUTE),
    ended_at: null,
    promql: message().promql,
    link: 'https://grafana.example/a/hpa-watch?c=prod&s=a',
    related_total: 0,
    related: [],
  });
  const timestamp = String(NOW / 1_000);
  const hmac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  expect(headers).toMatchObject({
    'x-hpa-watch-timestamp': timestamp,
    'x-hpa-watch-signature': `sha256=${hmac}`,
    'x-hpa-watch-delivery': `a%3Afiring%3Awarning%3A${NOW}`,
  });
  expect(signatureOf(secret, timestamp, `${body} `)).not.toBe(`sha256=${hmac}`);
  expect(receiverOf(receiver()).requestFor([queued()], NOW).headers).not.toHaveProperty('x-hpa-watch-signature');
});

test('a template keeps its shape whatever the values hold, and numbers stay numbers', () => {
  const template = {
    text: '{{severity}}: {{ sentence }}',
    score: '{{score}}',
    ended: '{{ended_at}}',
    n: 1,
    tags: ['{{hpa}}'],
  };
  const nasty = '"}, {{promql}} \\ \n';
  const view = viewOf(message({ sentence: nasty }), 'id', null);
  expect(JSON.parse(JSON.stringify(fillTemplate(template, view)))).toEqual({
    text: `warning: ${nasty}`,
    score: 6,
    ended: null,
    n: 1,
    tags: ['api'],
  });
  expect(fillTemplate('{{advice}}.', viewOf(message({ advice: null }), 'id', null))).toBe('.');
  const { body } = receiverOf(receiver({ template })).requestFor([queued()], NOW);
  expect(JSON.parse(body)).toMatchObject({ score: 6 });
});

test('Slack gets a text that says it all, and blocks; what has a meaning there is escaped', () => {
  const related = [
    { namespace: 'n', hpa: 'h', kind: 'maxed_out' as const, severity: 'warning' as const, sentence: 's' },
  ];
  const told = message({ sentence: 'a < b & <!channel>', related, relatedTotal: 3 });
  const { text, blocks } = slackMessage(told, 'https://g.example/?a=1&b=2');
  expect(text).toBe(
    ':large_orange_circle: [warning] CPU deviation: payments/api (prod)\na &lt; b &amp; &lt;!channel&gt;\nLook at the deploy at 14:05.',
  );
  expect(blocks).toEqual([
    {
      type: 'header',
      text: {
        type: 'plain_text',
        text: ':large_orange_circle: [warning] CPU deviation: payments/api (prod)',
        emoji: true,
      },
    },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: 'a &lt; b &amp; &lt;!channel&gt;\nLook at the deploy at 14:05.' },
    },
    { type: 'section', text: { type: 'mrkdwn', text: '- n/h: maxed out\nand 2 more' } },
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: 'since 2026-01-05 11:55 UTC · <https://g.example/?a=1&amp;b=2|Show>' }],
    },
  ]);
});

test('Slack texts stay within what Slack takes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 9_000 }), (sentence) => {
      const { blocks, text } = slackMessage(message({ sentence: `${sentence}&<>`.repeat(3), title: sentence }), null);
      expect(text.length).toBeLessThan(3_100);
      for (const block of blocks)
        if ('text' in block) expect(block.text?.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);
    }),
    { numRuns: 50 },
  );
  expect(escapeSlack('&lt;')).toBe('&amp;lt;');
});
