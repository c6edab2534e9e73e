import { expect, test } from '@jest/globals';
import { createLogger } from './logger.ts';

test('fields that hold secrets are hidden, at the top and one level below', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    pretty: false,
    destination: { write: (line) => void lines.push(line) },
  });
  const secrets = { token: 'SECRET', tokens: ['SECRET'], authorization: 'Bearer SECRET', password: 'SECRET' };
  logger.info({ ...secrets, receiver: { secret: 'SECRET', ...secrets }, headers: { cookie: 'SECRET' } }, 'told');
  expect(lines.join('')).toContain('told');
  expect(lines.join('')).not.toContain('SECRET');
});
