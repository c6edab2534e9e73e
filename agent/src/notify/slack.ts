import type { NotificationMessage } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { deliveryIdOf, endpointOf, type Receiver } from './receiver.ts';
import { viewOf } from './view.ts';

// https://docs.slack.dev/reference/block-kit/blocks
const HEADER_CHARS = 150;
const SECTION_CHARS = 3_000;
const RELATED_SHOWN = 5;

/**
 * The three characters that mean something in Slack's text, https://docs.slack.dev/messaging/formatting-message-text, so that nothing in it is
 * a link or a mention; Mattermost and Rocket.Chat take a plain @ for one, so a word joiner that nobody sees follows it.
 */
export const escapeSlack = (text: string): string =>
  unaddressed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const unaddressed = (text: string): string => text.replace(/@(?=[\p{L}\p{N}_.-])/gu, '@\u2060');

/** An address stays as it is but for what would end it. */
const escapeLink = (link: string): string =>
  link.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C');

const cut = (text: string, chars: number): string =>
  text.length <= chars ? text : `${text.slice(0, chars - 3).toWellFormed()}...`;

/** Cut before it is escaped, so that no escape is cut in the middle; five times as long at most. */
const escaped = (text: string, chars: number): string => {
  const whole = escapeSlack(text);
  return whole.length <= chars ? whole : escapeSlack(cut(text, Math.floor(chars / 5)));
};

const icon = ({ event, severity }: NotificationMessage): string =>
  event === 'resolved'
    ? ':large_green_circle:'
    : { critical: ':red_circle:', warning: ':large_orange_circle:', info: ':large_blue_circle:' }[severity];

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** `text` says all that matters, for notifications and for what takes Slack's webhooks without its blocks. */
export function slackMessage(message: NotificationMessage, link: string | null) {
  const { title, sentence, advice, related, relatedTotal, event, startedAt } = message;
  const lines = [sentence, ...(advice === null || event === 'resolved' ? [] : [advice])];
  const also = related
    .slice(0, RELATED_SHOWN)
    .map(({ namespace, hpa, kind }) => `- ${namespace}/${hpa}: ${kind.replaceAll('_', ' ')}`);
  const more = relatedTotal - also.length;
  const context = [
    `since ${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...(link === null ? [] : [`<${escapeLink(link)}|Show>`]),
  ];
  return {
    text: `${icon(message)} ${escaped(`${title}\n${lines.join('\n')}`, SECTION_CHARS)}`,
    blocks: [
      // Plain text is shown as it is.
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(`${icon(message)} ${unaddressed(title)}`, HEADER_CHARS), emoji: true },
      },
      section(escaped(lines.join('\n'), SECTION_CHARS)),
      ...(also.length === 0
        ? []
        : [section(escaped([...also, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'), SECTION_CHARS))]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: context.join(' · ') }] },
    ],
  };
}

/** Slack, and what takes the same messages (Mattermost, Rocket.Chat). */
export function slack({ name, url, timeout, link }: NotifyReceiver): Receiver {
  const endpoint = endpointOf(url);
  return {
    name,
    origin: endpoint.origin,
    timeoutMs: timeout,
    batchSize: 1,
    requestFor([notification]) {
      if (notification === undefined) throw new RangeError('a request needs a message');
      const view = viewOf(notification.message, deliveryIdOf(notification), link);
      const body = slackMessage(notification.message, view.link === null ? null : String(view.link));
      return { url: endpoint.url, headers: endpoint.headers, body: JSON.stringify(body) };
    },
    refresh: null,
  };
}
