import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { PinoPretty } from 'pino-pretty';

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
  const stream = pretty
    ? PinoPretty({
        colorize: true,
        translateTime: 'SYS:HH:MM:ss',
        destination: destination ?? 2,
        sync: true,
        singleLine: true,
      })
    : (destination ?? pino.destination({ dest: 2, sync: true }));
  return pino(options, stream);
}

export const silentLogger: Logger = pino({ level: 'silent' });
