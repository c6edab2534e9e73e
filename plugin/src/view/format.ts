import { t } from '@grafana/i18n';
import i18next from 'i18next';
import type { BaselineMetric } from '@hpa-watch/agent/contract';

/** Numbers with their units, as every page shows them. What is not known is a dash, never 0. */

export const UNKNOWN = '–';
const SPACE = '\u00a0';
const MIB_PER_GIB = 1_024;

type Known<T> = T | null | undefined;

const formats = new Map<string, Intl.NumberFormat>();

/** In the language of Grafana, with at most so many digits after the point. */
export function formatNumber(value: Known<number>, maxDigits = 0): string {
  if (value === null || value === undefined) return UNKNOWN;
  const key = `${i18next.language}/${maxDigits}`;
  const known = formats.get(key);
  const format = known ?? new Intl.NumberFormat(i18next.language, { maximumFractionDigits: maxDigits });
  if (known === undefined) formats.set(key, format);
  return format.format(value);
}

const withUnit = (value: Known<number>, digits: number, unit: string): string =>
  value === null || value === undefined ? UNKNOWN : `${formatNumber(value, digits)}${SPACE}${unit}`;

/** One digit after the point only where it tells something. */
const digitsOf = (value: Known<number>): number => (Math.abs(value ?? 0) < 10 ? 1 : 0);

export const formatPercent = (value: Known<number>): string => withUnit(value, digitsOf(value), '%');

/** MiB, from 1024 on GiB. */
export function formatMemory(mib: Known<number>): string {
  if (mib === null || mib === undefined || Math.abs(mib) < MIB_PER_GIB) return withUnit(mib, digitsOf(mib), 'MiB');
  return withUnit(mib / MIB_PER_GIB, 1, 'GiB');
}

export const formatReplicas = (value: Known<number>): string => formatNumber(value, 1);

/** current/target; 1 is at the target. */
export const formatPressure = (value: Known<number>): string => withUnit(value, 2, '×');

const FORMATS: Record<BaselineMetric, (value: Known<number>) => string> = {
  cpu: formatPercent,
  memory: formatMemory,
  replicas: formatReplicas,
  pressure: formatPressure,
};

/** A value of one of the metrics that have a baseline; without metric as a plain number. */
export const formatMetric = (metric: BaselineMetric | null, value: Known<number>): string =>
  metric === null ? formatNumber(value, 2) : FORMATS[metric](value);

/** `61–88 %`: the unit once, where both ends have the same. */
export function formatRange(metric: BaselineMetric | null, lower: number, upper: number): string {
  const [low, high] = [formatMetric(metric, lower), formatMetric(metric, upper)];
  const unit = high.split(SPACE)[1];
  const bare = unit !== undefined && low.endsWith(`${SPACE}${unit}`) ? low.slice(0, -unit.length - 1) : low;
  return `${bare}–${high}`;
}

export const metricName = (metric: BaselineMetric): string =>
  ({
    cpu: () => t('metric.cpu', 'CPU'),
    memory: () => t('metric.memory', 'Memory'),
    replicas: () => t('metric.replicas', 'Replicas'),
    pressure: () => t('metric.pressure', 'Pressure'),
  })[metric]();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `12 s`, `23 min`, `2 h 35 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE) return withUnit(Math.floor(whole / SECOND), 0, 's');
  if (whole < HOUR) return withUnit(Math.floor(whole / MINUTE), 0, 'min');
  if (whole < DAY) return two(whole, HOUR, 'h', MINUTE, 'min');
  return two(whole, DAY, 'd', HOUR, 'h');
}

function two(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  const first = withUnit(Math.floor(ms / big), 0, bigUnit);
  return rest === 0 ? first : `${first}${SPACE}${withUnit(rest, 0, smallUnit)}`;
}

/** The largest unit alone: `12 s`, `2 h`. */
export const formatShortDuration = (ms: number): string => formatDuration(ms).split(SPACE).slice(0, 2).join(SPACE);

/** How long ago an ISO time was, without "ago": `23 min`. */
export const formatAge = (iso: Known<string>, now: number): string =>
  iso === null || iso === undefined ? UNKNOWN : formatDuration(now - Date.parse(iso));

export const formatAgo = (iso: Known<string>, now: number): string =>
  iso === null || iso === undefined
    ? t('format.never', 'never')
    : t('format.ago', '{{age}} ago', { age: formatShortDuration(now - Date.parse(iso)) });
