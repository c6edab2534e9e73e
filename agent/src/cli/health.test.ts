import { expect, test } from '@jest/globals';
import { readinessUrl } from './health.ts';

test.each([
  ['127.0.0.1', 8085, false, 'http://127.0.0.1:8085/readyz'],
  ['0.0.0.0', 8085, false, 'http://127.0.0.1:8085/readyz'],
  ['::', 9000, true, 'https://[::1]:9000/readyz'],
  ['::1', 9000, false, 'http://[::1]:9000/readyz'],
  ['10.1.2.3', 8085, true, 'https://10.1.2.3:8085/readyz'],
  ['localhost', 8085, false, 'http://localhost:8085/readyz'],
])('an agent that listens on %s:%i (TLS: %s) is asked at %s', (host, port, isTls, url) => {
  expect(readinessUrl({ host, port }, isTls)).toBe(url);
});
