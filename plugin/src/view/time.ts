import { dateTimeFormat } from '@grafana/data';

/** Instants in the time zone that the user chose in Grafana. Takes ISO 8601 or epoch ms. */

const format = (at: string | number, text: string): string => dateTimeFormat(at, { format: text });

/** `2026-01-05 14:02` */
export const formatTime = (at: string | number): string => format(at, 'YYYY-MM-DD HH:mm');

/** `14:02`, of another day `01-05 14:02`. */
export function formatClock(at: string | number, now: number): string {
  const isToday = format(at, 'YYYY-MM-DD') === format(now, 'YYYY-MM-DD');
  return format(at, isToday ? 'HH:mm' : 'MM-DD HH:mm');
}

/** `14:02:07` */
export const formatSeconds = (at: string | number): string => format(at, 'HH:mm:ss');

/** A mark of a time axis whose marks are `stepMs` apart: the date from one day on. */
export const formatTick = (at: number, stepMs: number): string => format(at, stepMs >= 86_400_000 ? 'MM-DD' : 'HH:mm');
