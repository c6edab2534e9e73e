import { isIPv4 } from 'node:net';

/** Whether a host name or an address, an IPv6 one with or without brackets, is this machine seen from itself. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
