import { learn } from '../../../agent/src/baseline/hpa-profile.ts';
import { DAY, floorTo, MINUTE } from '../../../agent/src/core/clock.ts';
import { judge } from '../../../agent/src/detect/judge.ts';
import { advance } from '../../../agent/src/detect/lifecycle.ts';
import { limitsFor } from '../../../agent/src/detect/limits.ts';
import { newJudgeState } from '../../../agent/src/detect/memory.ts';
import type { Anomaly } from '../../../agent/src/domain/anomaly.ts';
import type { HpaProfile } from '../../../agent/src/domain/profile.ts';
import { emptySample } from '../../../agent/src/domain/sample.ts';
import type { Detector } from './detector.ts';
import type { Alert } from './score.ts';
import { LEARNING_MS } from './worlds.ts';

/** Sentences play no part in the score. */
const NO_WORDS = { sentence: '', advice: null, promql: '' };

/**
 * HPA Watch as it runs live with its default limits: enrolled at hour 72 with three days of history, judged minute by minute, the profile
 * learned again each midnight from what was there until then. An alert lasts from the minute it fires to the minute it is resolved.
 */
export const hpaWatch: Detector = {
  name: 'hpa-watch',
  run({ key, samples, answered }) {
    const limits = limitsFor(key, { defaults: {}, namespaces: {}, hpas: {} });
    const context = { hpaId: 1, key, limits, describe: () => NO_WORDS };
    const byTime = new Map(samples.map((sample) => [sample.ts, sample]));
    const first = floorTo(samples[0]?.ts ?? 0, DAY);
    const last = samples.at(-1)?.ts ?? 0;
    const alerts: Alert[] = [];
    const open = new Map<string, Alert>();
    let profile: HpaProfile = {};
    let state = newJudgeState();
    let known: Anomaly[] = [];
    for (let at = first + LEARNING_MS; at <= last; at += MINUTE) {
      if (at % DAY === 0)
        profile = learn(
          samples.filter(({ ts }) => ts < at),
          { timezone: 'UTC' },
        );
      const sample = byTime.get(at);
      if (sample === undefined && !answered(at)) continue;
      const judged = judge(state, sample ?? emptySample(at), profile, limits);
      state = judged.state;
      const stepped = advance(known, { at, ...judged }, context);
      known = stepped.next;
      for (const { change, anomaly } of stepped.transitions) {
        if (change === 'fired' || change === 'reopened') {
          open.set(anomaly.kind, { kind: anomaly.kind, start: at, end: null });
        } else if (change === 'resolved') {
          const alert = open.get(anomaly.kind);
          if (alert !== undefined) alerts.push({ ...alert, end: at });
          open.delete(anomaly.kind);
        }
      }
    }
    return [...alerts, ...open.values()];
  },
};
