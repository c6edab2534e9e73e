import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createHeldTags, isHeld, weakEtag } from './etag.ts';

test('what is equal has one tag, what differs another', () => {
  expect(weakEtag({ a: [1, null] })).toBe(weakEtag({ a: [1, null] }));
  expect(weakEtag({ a: [1, null] })).not.toBe(weakEtag({ a: [1, 0] }));
  expect(weakEtag({})).toMatch(/^W\/"[\w-]{27}"$/);
});

test.each([
  [undefined, false],
  ['', false],
  ['W/"a"', true],
  ['"a"', true],
  ['*', true],
  ['"b", W/"a"', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match %j holds W/"a": %s', (header, expected) => {
  expect(isHeld(header, 'W/"a"')).toBe(expected);
});

test('a tag is good until anything happens or five seconds pass', async () => {
  const clock = new FakeClock();
  let changes = 0;
  const tags = createHeldTags({ count: () => changes }, clock);
  tags.keep('/a', 'W/"1"', tags.moment());
  expect([tags.find('/a'), tags.find('/a?x=1')]).toEqual(['W/"1"', undefined]);
  await clock.advance(4_999);
  expect(tags.find('/a')).toBe('W/"1"');
  await clock.advance(1);
  expect(tags.find('/a')).toBeUndefined();
  const asked = tags.moment();
  changes++;
  tags.keep('/a', 'W/"2"', asked);
  // Something happened while the answer was made: it may not have it.
  expect(tags.find('/a')).toBeUndefined();
});

test('only the latest tags are held', () => {
  const tags = createHeldTags({ count: () => 0 }, new FakeClock());
  for (let i = 0; i < 501; i++) tags.keep(`/${i}`, `W/"${i}"`, tags.moment());
  expect([tags.find('/0'), tags.find('/1')]).toEqual([undefined, 'W/"1"']);
});
