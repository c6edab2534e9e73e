import { dateMath, dateTime, type DateTime, type RawTimeRange, type TimeRange } from '@grafana/data';

const rawOf = (text: string): string | DateTime => (/^\d+$/.test(text) ? dateTime(Number(text)) : text);

/** A range as the address writes it, as Grafana's pickers take it. */
export function timeRangeOf(from: string, to: string, now: number): TimeRange {
  const raw: RawTimeRange = { from: rawOf(from), to: rawOf(to) };
  const instant = (text: string, isEnd: boolean): DateTime =>
    /^\d+$/.test(text)
      ? dateTime(Number(text))
      : (dateMath.toDateTime(text, { roundUp: isEnd, now: dateTime(now) }) ?? dateTime(now));
  return { from: instant(from, false), to: instant(to, true), raw };
}

/** As the address writes it. */
export function rangeText({ raw }: TimeRange): { from: string; to: string } {
  const text = (end: string | DateTime): string => (typeof end === 'string' ? end : String(end.valueOf()));
  return { from: text(raw.from), to: text(raw.to) };
}

/** Whether it moves with the clock. */
export const isLive = (to: string): boolean => to.startsWith('now');
