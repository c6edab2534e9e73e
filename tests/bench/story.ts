import { DAY, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { MUST_SAY } from './story/sentences.ts';
import { showClean, showStory, type Showing, type Told } from './story/told.ts';

/** A Monday, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 10, 23);
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `--seeds=1,2`, `--hours=0,3`: hours of the day at which the demo is started, on each day of a week; `--watched=60`: minutes. */
function optionsOf(args: readonly string[]): { seeds: number[]; hours: number[]; watchedMs: number } {
  const wrong = args.filter((arg) => !/^--(seeds|hours|watched)=[\d.,]+$/.test(arg));
  if (wrong.length > 0) throw new RangeError(`no such option: ${wrong.join(', ')}`);
  const listed = (name: string, usual: number[]) =>
    args
      .find((arg) => arg.startsWith(`--${name}=`))
      ?.slice(name.length + 3)
      .split(',')
      .map(Number) ?? usual;
  return {
    seeds: listed('seeds', [1, 2, 3]),
    hours: listed('hours', [0, 3, 6, 9, 12, 15, 18, 21]),
    watchedMs: (listed('watched', [60])[0] ?? 60) * MINUTE,
  };
}

const says = ({ anomalies: [best] }: Told): boolean => best !== undefined && MUST_SAY[best.kind].test(best.sentence);
const share = (part: number, of: number): string => `${part} of ${of}`;

/**
 * What is found of the demo's story, and what is said of a fleet with which nothing is wrong, for starts at any hour of any weekday: a row for
 * each start, a row for each kind of incident, a row in all. The start falls on another minute each time.
 */
export async function bench(args: string[]): Promise<object[]> {
  const { seeds, hours, watchedMs } = optionsOf(args);
  const rows: object[] = [];
  const all: Told[] = [];
  let [strays, clean, hpas, starts] = [0, 0, 0, 0];
  for (const seed of seeds) {
    for (const [day, weekday] of WEEKDAYS.entries()) {
      for (const hour of hours) {
        const minute = (seed * 7 + day * 13 + hour * 5) % 60;
        const showing: Showing = { seed, liveFrom: MONDAY + day * DAY + hour * HOUR + minute * MINUTE, watchedMs };
        const story = showStory(showing);
        const quiet = showClean(showing);
        all.push(...story.told);
        strays += story.strays.length;
        clean += quiet.length;
        hpas += story.hpas;
        starts += 1;
        rows.push({
          row: 'start',
          seed,
          start: `${weekday} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
          found: share(story.told.filter(({ anomalies }) => anomalies.length > 0).length, story.told.length),
          firing_at_start: new Set(story.firingAtStart.map(({ key }) => Object.values(key).join('/'))).size,
          missed: story.told.filter(({ anomalies }) => anomalies.length === 0).map(nameOf),
          strays: story.strays.map(({ sentence }) => sentence),
          clean: quiet.map(({ sentence }) => sentence),
        });
      }
    }
  }
  for (const kind of [...new Set(all.map(({ label }) => label.kind))].sort()) {
    const own = all.filter(({ label }) => label.kind === kind);
    const found = own.filter(({ anomalies }) => anomalies.length > 0);
    const delays = found
      .map(({ label, anomalies }) => Math.min(...anomalies.map(({ firedAt }) => firedAt ?? Infinity)) - label.start)
      .sort((a, b) => a - b);
    rows.push({
      row: 'incident',
      incident: kind,
      found: share(found.length, own.length),
      best_kind: share(
        found.filter(({ label, anomalies }) => anomalies[0]?.kind === label.expected[0]).length,
        own.length,
      ),
      sentence: share(found.filter(says).length, found.length),
      delay_median_min: (delays[Math.floor(delays.length / 2)] ?? NaN) / MINUTE,
    });
  }
  const found = all.filter(({ anomalies }) => anomalies.length > 0);
  const ok = found.length === all.length && found.every(says) && strays === 0 && clean === 0;
  rows.push({ row: 'overall', starts, hpas, found: share(found.length, all.length), strays, clean, ok });
  return rows;
}

const nameOf = ({ label }: Told): string => `${label.kind} of ${label.cluster}/${label.namespace}/${label.hpa}`;
