import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { parseDuration } from '../core/duration.ts';
import { LOG_LEVELS } from '../core/logger.ts';
import { isOrigin, ORIGIN_ALLOWED } from './origin.ts';
import { isToken, TOKEN_ALLOWED } from './token.ts';
import { notifySchema } from '../domain/notify-settings.ts';
import { isClusterName, isNamespaceName, NAME_RULES } from '../domain/hpa.ts';

type DurationRange = { minMs: number; maxMs: number; allowed: string };

const duration = ({ minMs, maxMs, allowed }: DurationRange) =>
  z.string(`a duration ${allowed}, like "90s" or "1h30m"`).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({ code: 'custom', message: `a duration ${allowed}, like "90s" or "1h30m"` });
    return z.NEVER;
  });

const port = z.int('a port from 1 to 65535').min(1, 'a port from 1 to 65535').max(65_535, 'a port from 1 to 65535');
const text = (allowed: string) => z.string(allowed).min(1, allowed);
const token = z.string(TOKEN_ALLOWED).refine(isToken, TOKEN_ALLOWED);
const httpUrl = z.string('an http or https URL').refine((value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password;
}, 'an http or https URL without user and password');

/** A value handed to kubectl as an argument may not look like an option. */
const argument = (allowed: string) =>
  text(allowed).regex(/^[^-\s][^\s]*$/, `${allowed}, not beginning with "-" and without spaces`);

const prometheusFields = {
  namespace: z.string().refine(isNamespaceName, NAME_RULES.namespace),
  service: z
    .string()
    .refine(
      (name) => name === 'auto' || isNamespaceName(name),
      'a service name (1 to 63 of a-z, 0-9 and "-") or "auto"',
    ),
  port,
};
const timeout = duration({ minMs: SECOND, maxMs: 5 * MINUTE, allowed: 'from 1s to 5m' });

const prometheus = z
  .strictObject({
    namespace: prometheusFields.namespace.default('monitoring'),
    service: prometheusFields.service.default('prometheus-server'),
    port: prometheusFields.port.default(9090),
    timeout: timeout.prefault('30s'),
  })
  .prefault({});

const cluster = z
  .strictObject({
    name: z.string().refine(isClusterName, NAME_RULES.cluster),
    context: argument('a kubectl context').optional(),
    prometheusUrl: httpUrl.optional(),
    namespace: prometheusFields.namespace.optional(),
    service: prometheusFields.service.optional(),
    port: prometheusFields.port.optional(),
    timeout: timeout.optional(),
  })
  .refine((value) => !(value.context !== undefined && value.prometheusUrl !== undefined), {
    path: ['prometheusUrl'],
    message: 'either context or prometheusUrl, not both',
  });

// Which kinds and limits there are is the detectors' knowledge; whoever joins config and detectors checks the rest.
const limitOverrides = z.record(z.string(), z.unknown(), 'limits by kind').prefault({});
const scopedOverrides = z
  .record(z.string(), z.record(z.string(), z.unknown(), 'limits by kind'), 'limits by name')
  .prefault({});

const AGENT_NAME = 'a name: 1 to 253 of A-Z, a-z, 0-9 and "._:-", beginning with a letter or digit';

export const settingsSchema = z.strictObject({
  listen: z
    .strictObject({
      host: text('a host name or address').default('127.0.0.1'),
      port: z
        .int('a port from 0 (any free one) to 65535')
        .min(0, 'a port from 0 (any free one) to 65535')
        .max(65_535, 'a port from 0 (any free one) to 65535')
        .default(8085),
      allowPublic: z.boolean().default(false),
      allowedHosts: z.array(text('a host name')).default([]),
      corsOrigins: z.array(z.string(ORIGIN_ALLOWED).refine(isOrigin, ORIGIN_ALLOWED)).default([]),
    })
    .prefault({}),
  auth: z
    .strictObject({
      token: token.nullable().default(null),
      tokenFile: text('a file').nullable().default(null),
      tokens: z.array(token).default([]),
      readToken: token.nullable().default(null),
      readTokenFile: text('a file').nullable().default(null),
      readTokens: z.array(token).default([]),
    })
    .prefault({}),
  tls: z
    .strictObject({ cert: text('a file').nullable().default(null), key: text('a file').nullable().default(null) })
    .prefault({})
    .refine((tls) => (tls.cert === null) === (tls.key === null), {
      path: ['key'],
      message: 'both cert and key, or neither',
    }),
  dataDir: text('a directory').default('~/.hpa-watch'),
  kubectl: z
    .strictObject({
      path: argument('the kubectl program').default('kubectl'),
      kubeconfig: text('a file').nullable().default(null),
      contextSuffix: z
        .string()
        .regex(/^[A-Za-z0-9._:@/+-]*$/, 'A-Z, a-z, 0-9 and "._:@/+-"')
        .default('-admin'),
    })
    .prefault({}),
  prometheus,
  lanes: z
    .union(
      [z.literal('auto'), z.array(port).min(1, 'a list of at least one port')],
      '"auto" or a list of ports from 1 to 65535',
    )
    .refine((lanes) => lanes === 'auto' || new Set(lanes).size === lanes.length, 'a list of ports without repetition')
    .default([55_553, 55_554]),
  forwardMode: z.enum(['persistent', 'rotating']).nullable().default(null),
  slotDuration: duration({ minMs: SECOND, maxMs: 10 * MINUTE, allowed: 'from 1s to 10m' })
    .nullable()
    .default(null),
  clusters: z.array(cluster).default([]),
  baseline: z
    .strictObject({
      window: duration({ minMs: HOUR, maxMs: 30 * DAY, allowed: 'from 1h to 30d' }).prefault('72h'),
      step: duration({ minMs: MINUTE, maxMs: HOUR, allowed: 'from 1m to 1h' }).prefault('5m'),
      minCoverage: z
        .number('a percentage from 1 to 100')
        .min(1, 'a percentage from 1 to 100')
        .max(100, 'a percentage from 1 to 100')
        .default(70),
    })
    .prefault({})
    .refine((value) => value.step % MINUTE === 0, { path: ['step'], message: 'whole minutes' }),
  retention: z
    .strictObject({
      minutes: duration({ minMs: HOUR, maxMs: 365 * DAY, allowed: 'from 1h to 365d' }).prefault('7d'),
      total: duration({ minMs: DAY, maxMs: 3_650 * DAY, allowed: 'from 1d to 3650d' }).prefault('30d'),
    })
    .prefault({})
    .refine((value) => value.minutes <= value.total, {
      path: ['minutes'],
      message: 'a duration not above retention.total',
    }),
  database: z
    .strictObject({
      bufferMib: z
        .int('whole mebibytes from 1 to 65536')
        .min(1, 'whole mebibytes from 1 to 65536')
        .max(65_536, 'whole mebibytes from 1 to 65536')
        .default(256),
    })
    .prefault({}),
  detect: z.strictObject({ defaults: limitOverrides, namespaces: scopedOverrides, hpas: scopedOverrides }).prefault({}),
  notify: notifySchema,
  sharing: z
    .strictObject({
      name: z
        .string(AGENT_NAME)
        .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/, AGENT_NAME)
        .nullable()
        .default(null),
      lease: duration({ minMs: 3 * SECOND, maxMs: 5 * MINUTE, allowed: 'from 3s to 5m' }).prefault('15s'),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;
export type ClusterSettings = Settings['clusters'][number];
