import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { table } from '../../agent/src/cli/table.ts';
import { AgentError } from '../../agent/src/core/errors.ts';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { createLogger } from '../../agent/src/core/logger.ts';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** The colours that the logger itself writes. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

function logged(pretty: boolean, write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger({ level: 'info', pretty, destination: { write: (line: string) => void (text += line) } }));
  return text;
}

test('one event is one line of JSON, whatever stands in it, and says what it said', () => {
  fc.assert(
    fc.property(hostileText, hostileText, hostileText, (cluster, field, words) => {
      const line = logged(false, (logger) =>
        logger.child({ cluster }).warn({ [`x${field}`]: words, list: [words] }, `scan failed: ${words}`),
      );
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(UNSEEN);
      const event = JSON.parse(line) as Record<string, unknown>;
      expect(String(event['cluster']).toWellFormed()).toBe(cluster.toWellFormed());
      expect(String(event['msg']).toWellFormed()).toBe(`scan failed: ${words}`.toWellFormed());
    }),
    HOSTILE_RUNS,
  );
});

test('for people it is one line too, and nothing in it moves the cursor or changes a colour', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (cluster, words) => {
      const text = logged(true, (logger) => logger.error({ cluster, words }, `forward: ${words}`));
      expect(text.trimEnd().split('\n')).toHaveLength(1);
      expect(text.trimEnd().replace(COLOURS, '')).not.toMatch(UNSEEN);
    }),
    HOSTILE_RUNS,
  );
});

test('an error keeps the lines of its stack and nothing else that a terminal would obey', () => {
  const error = new AgentError('kubectl/exited', 'kubectl: \u001b[2J\u009b0m gone\rINFO: all is well');
  const text = logged(true, (logger) => logger.error({ err: error }, 'request failed'));
  expect(text.split('\n').length).toBeGreaterThan(3);
  expect(text.replace(COLOURS, '').replaceAll('\n', '')).not.toMatch(UNSEEN);
  expect(text).toContain('\\u{001b}[2J');
});

test('a table has a line a row, and its cells show what they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hostileText, hostileText), { maxLength: 4 }), (rows) => {
      const lines = table(['CLUSTER', '>HPAS'], rows).split('\n');
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(line).not.toMatch(UNSEEN);
    }),
    HOSTILE_RUNS,
  );
});
