import { dateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';

export const HPA_TABS = ['now', 'baseline', 'history'] as const;
export type HpaTab = (typeof HPA_TABS)[number];

/** What the page shows, as the address holds it. */
export type HpaView = {
  tab: HpaTab;
  /** Epoch ms, or relative as Grafana writes it (`now-3h`). */
  from: string;
  to: string;
  timeZone: string | null;
  refresh: string;
  /** Id of the one whose drawer is open. */
  anomaly: string | null;
};

export const REFRESH_INTERVALS = ['10s', '30s', '1m', '5m'];
export const DEFAULT_RANGE = { from: 'now-6h', to: 'now' };
const DEFAULT_REFRESH = '30s';

const RELATIVE = /^now([-+]\d+[smhdwMy])?(\/[smhdwMy])?$/;
const isInstant = (text: string): boolean => RELATIVE.test(text) || /^\d{10,16}$/.test(text);

export function parseHpaView(search: string): HpaView {
  const query = new URLSearchParams(search);
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const refresh = query.get('refresh');
  const range = isInstant(from) && isInstant(to) ? { from, to } : DEFAULT_RANGE;
  return {
    tab: HPA_TABS.find((tab) => tab === query.get('tab')) ?? 'now',
    ...range,
    timeZone: query.get('timezone') || null,
    refresh:
      refresh === '' || REFRESH_INTERVALS.includes(refresh ?? DEFAULT_REFRESH)
        ? (refresh ?? DEFAULT_REFRESH)
        : DEFAULT_REFRESH,
    anomaly: query.get('anomaly') || null,
  };
}

/** For `locationService.partial`: null takes a parameter away. */
export function hpaViewQuery({ tab, from, to, timeZone, refresh, anomaly }: HpaView): Record<string, string | null> {
  const isDefault = from === DEFAULT_RANGE.from && to === DEFAULT_RANGE.to;
  return {
    tab: tab === 'now' ? null : tab,
    from: isDefault ? null : from,
    to: isDefault ? null : to,
    timezone: timeZone,
    refresh: refresh === DEFAULT_REFRESH ? null : refresh,
    anomaly,
  };
}

const rawInstant = (text: string): RawTimeRange['from'] => (RELATIVE.test(text) ? text : dateTime(Number(text)));
const textInstant = (raw: RawTimeRange['from']): string => (typeof raw === 'string' ? raw : String(raw.valueOf()));

/** What Grafana's picker shows; relative ends are those of now. */
export const toTimeRange = ({ from, to }: Pick<HpaView, 'from' | 'to'>, timeZone: string): TimeRange =>
  rangeUtil.convertRawToRange({ from: rawInstant(from), to: rawInstant(to) }, timeZone);

export const fromTimeRange = ({ raw }: Pick<TimeRange, 'raw'>): Pick<HpaView, 'from' | 'to'> => ({
  from: textInstant(raw.from),
  to: textInstant(raw.to),
});

export type Move = 'backward' | 'forward' | 'out';

/** The picker's arrows move by half the range, its magnifier doubles it; never beyond now. Epoch ms. */
export function moveRange(
  { from, to }: { from: number; to: number },
  move: Move,
  now: number,
): Pick<HpaView, 'from' | 'to'> {
  const half = Math.floor((to - from) / 2);
  const [left, right] = { backward: [-half, -half], forward: [half, half], out: [-half, half] }[move] as [
    number,
    number,
  ];
  const end = Math.min(to + right, Math.max(to, now));
  const start = move === 'forward' ? end - (to - from) : from + left;
  return { from: String(start), to: String(end) };
}

export const isLive = ({ to }: Pick<HpaView, 'to'>): boolean => to.startsWith('now');
