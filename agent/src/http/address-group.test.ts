import { expect, test } from '@jest/globals';
import { addressGroup } from './address-group.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::1', '0:0:0:0::/64'],
  ['fd00:1:2:3:aaaa::1', 'fd00:1:2:3::/64'],
  ['fd00:1:2:3:bbbb:1:2:3', 'fd00:1:2:3::/64'],
  ['FE80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  [undefined, ''],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
