import { learnFrom, METRICS, type PointSeries } from '../../../agent/src/baseline/hpa-profile.ts';
import type { Point } from '../../../agent/src/baseline/season.ts';
import { readProfile, readState } from '../../../agent/src/collect/stored-state.ts';
import { packSeries, unpackSeries } from '../../../agent/src/collect/learning-wire.ts';
import { bandAt, type ProfileMetric } from '../../../agent/src/domain/profile.ts';
import { normaliseRows, packSamples, unpackSamples } from '../../../agent/src/storage/packed.ts';
import { clusterDefinitionOf, coverageOf, messageOf, metricTargetsOf } from '../../../agent/src/storage/stored-json.ts';
import { slackMessage } from '../../../agent/src/notify/slack.ts';
import { alertsOf } from '../../../agent/src/notify/alertmanager.ts';
import { viewOf } from '../../../agent/src/notify/view.ts';
import { resolvedMessage } from '../../../agent/src/notify/message.ts';
import { judge } from '../../../agent/src/detect/judge.ts';
import { DEFAULT_LIMITS } from '../../../agent/src/detect/limits.ts';
import { emptySample } from '../../../agent/src/domain/sample.ts';
import { assertFinite, type Target } from '../target.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const LINK = 'http://127.0.0.1/{{cluster}}/{{namespace}}/{{hpa}}?t={{sentence}}&s={{subject}}';
const SAMPLE = { ...emptySample(NOW), cpuCurrent: 80, memoryCurrent: 100, replicasCurrent: 3, pressure: 1.2 };

/** Each column that holds JSON: what is read of it, used as the agent uses it. Unreadable is null, never an exception. */
export const storedJson: Target = {
  name: 'stored-json',
  kind: 'json',
  run(input) {
    const metrics = metricTargetsOf(input);
    assertFinite(metrics, 'metrics');
    assertFinite(coverageOf(input), 'coverage');
    const definition = clusterDefinitionOf(input);
    const message = messageOf(input);
    if (message !== null) {
      assertFinite(message, 'message');
      for (const told of [message, resolvedMessage(message, NOW)]) {
        JSON.stringify(slackMessage(told, 'http://127.0.0.1'));
        JSON.stringify(alertsOf(told, LINK, NOW));
        viewOf(told, 'id', LINK);
      }
    }
    const profile = readProfile(input);
    for (const one of Object.values(profile?.profile ?? {})) assertFinite(bandAt(one, NOW), 'band');
    const state = readState(input);
    if (state !== null) judge(state.judge, SAMPLE, profile?.profile ?? {}, DEFAULT_LIMITS);
    return [metrics.length > 0, definition !== null, message !== null, profile !== null, state !== null].join(' ');
  },
};

/** Numbers of the text, `NaN` and `Infinity` too. */
const numbersOf = (input: string): Float64Array<ArrayBuffer> =>
  new Float64Array(
    input
      .split(/[\s,]+/)
      .filter((text) => text !== '')
      .slice(0, 20_000)
      .map(Number),
  );

export const packedSamples: Target = {
  name: 'packed-samples',
  kind: 'text',
  run(input) {
    const rows = numbersOf(input);
    const samples = unpackSamples(rows);
    for (const { ts: _, ...values } of samples) assertFinite(values, 'sample');
    const normal = unpackSamples(normaliseRows(packSamples(samples)));
    assertFinite(normal, 'kept');
    normal.forEach(({ ts }, i) => {
      if (i > 0 && ts <= (normal[i - 1]?.ts ?? 0)) throw new Error('rows out of order');
    });
    return `${Math.min(samples.length, 5)} ${Math.min(normal.length, 5)}`;
  },
};

const DECADE_MS = 10 * 366 * 86_400_000;

const inOrder = (points: readonly Point[]): Point[] => {
  const known = new Map(points.filter(({ ts }) => Math.abs(NOW - ts) < DECADE_MS).map((point) => [point.ts, point]));
  return [...known.values()].sort((a, b) => a.ts - b.ts);
};

const mapOf = (series: PointSeries, change: (points: readonly Point[]) => Point[]): PointSeries =>
  Object.fromEntries(METRICS.map((metric) => [metric, change(series[metric])])) as Record<ProfileMetric, Point[]>;

export const learningWire: Target = {
  name: 'learning-wire',
  kind: 'text',
  baseMs: 500,
  run(input) {
    const unordered = unpackSeries(input.split('\n').slice(0, 8).map(numbersOf));
    assertFinite(unordered, 'series');
    // Times are those of rows read for a window of time, in their order.
    const series = unpackSeries(packSeries(mapOf(unordered, inOrder)));
    if (JSON.stringify(unpackSeries(packSeries(series))) !== JSON.stringify(series))
      throw new Error('a series changes on its way');
    const profile = learnFrom(series, { timezone: 'UTC' });
    assertFinite(profile, 'profile');
    return Object.keys(profile).join(' ');
  },
};
