import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { inLines, onOneLine } from './plain-text.ts';

export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'> & {
  child(bindings: Record<string, unknown>): Logger;
};

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LoggerOptions = {
  level: LogLevel;
  /** Human-readable lines (a terminal); otherwise one JSON object a line. */
  pretty: boolean;
  destination?: DestinationStream;
};

/** Logs go to stderr, so that a command's answer on stdout stays clean. Secrets are removed wherever they could stand. */
export function createLogger({ level, pretty, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [
        'token',
        '*.token',
        'tokens',
        '*.tokens',
        'authorization',
        '*.authorization',
        'headers.cookie',
        '*.secret',
        'password',
        '*.password',
      ],
      censor: '[hidden]',
    },
  };
  const to = destination ?? pino.destination({ dest: 2, sync: true });
  return pino(options, pretty ? forPeople(to) : { write: (line) => to.write(withoutUnseen(line)) });
}

/** What pino leaves as it is in a JSON line, and what terminals and readers of lines may take for something else. */
const withoutUnseen = (line: string): string =>
  line.replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (character) =>
    [...character]
      .flatMap((one) => one.split(''))
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** Names of a cluster and words of kubectl stand in logs: they are shown, never obeyed. */
function forPeople(to: DestinationStream): DestinationStream {
  const pretty = prettyFactory({ colorize: true, translateTime: 'SYS:HH:MM:ss', singleLine: true });
  return { write: (line) => to.write(pretty(shown(JSON.parse(line), ''))) };
}

function shown(value: unknown, key: string): unknown {
  if (typeof value === 'string') return key === 'stack' ? inLines(value) : onOneLine(value);
  if (Array.isArray(value)) return value.map((inner) => shown(inner, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [onOneLine(name), shown(inner, name)]));
}

export const silentLogger: Logger = pino({ level: 'silent' });
