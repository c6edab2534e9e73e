import { isIPv6 } from 'node:net';

/**
 * Who a socket's remote address counts as: an IPv4 address as it is (also where it comes mapped into IPv6), an IPv6 address with its /64
 * network, since whoever has one address of that has all of them.
 */
export function addressGroup(address: string | undefined): string {
  const bare = (address ?? '').replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
