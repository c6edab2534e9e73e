import { z } from 'zod';
import { DAY, MINUTE, SECOND } from '../core/clock.ts';
import { parseDuration } from '../core/duration.ts';
import { ANOMALY_KINDS, SEVERITIES } from './anomaly.ts';
import { isClusterName, NAME_RULES } from './hpa.ts';

/** What `{{...}}` may name in a webhook's template. */
export const PLACEHOLDERS = [
  'delivery_id',
  'event',
  'subject',
  'severity',
  'kind',
  'cluster',
  'namespace',
  'hpa',
  'title',
  'sentence',
  'advice',
  'metric',
  'direction',
  'observed',
  'expected',
  'lower',
  'upper',
  'score',
  'started_at',
  'fired_at',
  'ended_at',
  'promql',
  'link',
  'related_total',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The names between `{{` and `}}`, in their order. */
export const placeholdersOf = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');

/** The text with every placeholder replaced; what comes in by a value is never looked at again. */
export const replacePlaceholders = (text: string, valueOf: (name: string) => string): string =>
  text.replace(PLACEHOLDER, (_, name: string) => valueOf(name));

export type TemplateValue =
  string | number | boolean | null | readonly TemplateValue[] | { readonly [key: string]: TemplateValue };

const URL_RULE = 'an http or https URL';
const httpUrl = z
  .string(URL_RULE)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), URL_RULE);

const duration = (minMs: number, maxMs: number, allowed: string) => {
  const rule = `a duration ${allowed}, like "90s" or "1h30m"`;
  return z.string(rule).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
};

const known = (names: readonly string[]) => names.every((name) => (PLACEHOLDERS as readonly string[]).includes(name));
const PLACEHOLDER_RULE = `placeholders among ${PLACEHOLDERS.join(', ')}`;
const templateText = z.string().refine((text) => known(placeholdersOf(text)), PLACEHOLDER_RULE);
const templateValue: z.ZodType<TemplateValue> = z.lazy(() =>
  z.union([
    templateText,
    z.number(),
    z.boolean(),
    z.null(),
    z.array(templateValue),
    z.record(z.string(), templateValue),
  ]),
);

const common = {
  /** What the receiver is called in logs and in the database; default: its type, numbered where there are several. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, '1 to 63 of A-Z, a-z, 0-9 and "._-"')
    .optional(),
  minSeverity: z.enum(SEVERITIES).default('warning'),
  /** null: all. */
  kinds: z.array(z.enum(ANOMALY_KINDS)).min(1, 'a list of at least one kind').nullable().default(null),
  clusters: z
    .array(z.string().refine(isClusterName, NAME_RULES.cluster))
    .min(1, 'a list of at least one cluster')
    .nullable()
    .default(null),
  /** A deviation of one metric alone is told from this score on (decades of probability), a critical one always. */
  minScore: z
    .number('a number from 0 to 50')
    .min(0, 'a number from 0 to 50')
    .max(50, 'a number from 0 to 50')
    .default(4),
  sendResolved: z.boolean().default(true),
  /** The same kind of the same HPA is told again after this time at the earliest, unless it is worse. */
  cooldown: duration(0, 7 * DAY, 'from 0s to 7d').prefault('30m'),
  timeout: duration(SECOND, MINUTE, 'from 1s to 1m').prefault('10s'),
  /** Where the anomaly can be looked at. */
  link: httpUrl
    .refine((text) => known(placeholdersOf(text)), PLACEHOLDER_RULE)
    .nullable()
    .default(null),
};

const receiver = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('alertmanager'), url: httpUrl, ...common }),
    z.strictObject({
      type: z.literal('webhook'),
      url: httpUrl,
      secret: z
        .string('a text of at least 16 characters')
        .min(16, 'a text of at least 16 characters')
        .nullable()
        .default(null),
      template: templateValue.default(null),
      ...common,
    }),
    z.strictObject({ type: z.literal('slack'), url: httpUrl, ...common }),
  ],
  'a receiver of type alertmanager, webhook or slack',
);

export type NotifyReceiver = z.infer<typeof receiver> & { name: string };

/** The setting `notify`: the receivers of notifications, each with a name of its own. */
export const notifySchema = z
  .array(receiver)
  .transform((list): NotifyReceiver[] => {
    const ofType = new Map<string, number>();
    return list.map((entry) => {
      const n = (ofType.get(entry.type) ?? 0) + 1;
      ofType.set(entry.type, n);
      return { ...entry, name: entry.name ?? (n === 1 ? entry.type : `${entry.type}-${n}`) };
    });
  })
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'receivers with names of their own')
  .prefault([]);
