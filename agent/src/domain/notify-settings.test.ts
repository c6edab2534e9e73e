import { expect, test } from '@jest/globals';
import { notifySchema } from './notify-settings.ts';

const URL = 'https://example.test/hook';

test('receivers have defaults and names of their own', () => {
  const parsed = notifySchema.parse([
    { type: 'slack', url: URL },
    {
      type: 'webhook',
      url: URL,
      name: 'pager',
      secret: 'sixteen or more characters',
      template: { a: ['{{title}}', 1] },
    },
    { type: 'slack', url: URL, minSeverity: 'critical', cooldown: '2h', sendResolved: false, clusters: ['prod'] },
    { type: 'alertmanager', url: 'http://user:pass@127.0.0.1:9093/am', kinds: ['maxed_out'] },
  ]);
  expect(parsed.map(({ name }) => name)).toEqual(['slack', 'pager', 'slack-2', 'alertmanager']);
  expect(parsed[0]).toEqual({
    type: 'slack',
    name: 'slack',
    url: URL,
    minSeverity: 'warning',
    kinds: null,
    clusters: null,
    minScore: 4,
    sendResolved: true,
    cooldown: 30 * 60_000,
    timeout: 10_000,
    link: null,
  });
  expect(notifySchema.parse(undefined)).toEqual([]);
});

test.each<[string, Record<string, unknown>, (string | number)[]]>([
  ['no type', { url: URL }, [0, 'type']],
  ['an unknown type', { type: 'mail', url: URL }, [0, 'type']],
  ['no address', { type: 'slack' }, [0, 'url']],
  ['an address of another kind', { type: 'slack', url: 'file:///etc/passwd' }, [0, 'url']],
  ['a short secret', { type: 'webhook', url: URL, secret: 'short' }, [0, 'secret']],
  ['a secret where none is used', { type: 'slack', url: URL, secret: 'sixteen or more characters' }, [0]],
  ['an unknown kind', { type: 'slack', url: URL, kinds: ['nothing'] }, [0, 'kinds', 0]],
  ['no kind at all', { type: 'slack', url: URL, kinds: [] }, [0, 'kinds']],
  ['a name that is an option', { type: 'slack', url: URL, name: '-x' }, [0, 'name']],
  ['a number for a time', { type: 'slack', url: URL, cooldown: 30 }, [0, 'cooldown']],
  ['a timeout that is too long', { type: 'slack', url: URL, timeout: '2m' }, [0, 'timeout']],
  ['an unknown placeholder in a link', { type: 'slack', url: URL, link: `${URL}/{{secret}}` }, [0, 'link']],
])('%s is refused where it stands', (_, entry, path) => {
  const { error } = notifySchema.safeParse([entry]);
  expect(error?.issues.map((issue) => issue.path)).toEqual([path]);
});

test('an unknown placeholder in a template and a name given twice are refused', () => {
  const template = { deep: ['{{nope}}'] };
  expect(notifySchema.safeParse([{ type: 'webhook', url: URL, template }]).success).toBe(false);
  const twice = [
    { type: 'slack', url: URL, name: 'a' },
    { type: 'webhook', url: URL, name: 'a' },
  ];
  expect(notifySchema.safeParse(twice).success).toBe(false);
});
