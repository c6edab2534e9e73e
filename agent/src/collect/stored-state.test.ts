import { expect, test } from '@jest/globals';
import { HOUR } from '../core/clock.ts';
import { judge } from '../detect/judge.ts';
import { DEFAULT_LIMITS } from '../detect/limits.ts';
import { loadTimes, MONDAY, PROFILE, story, watch, type Twist } from '../detect/hpa-story.fixture.ts';
import { newJudgeState } from '../detect/memory.ts';
import { loadStates } from './detection-memory.ts';
import { watchState } from './held-state.ts';
import { NO_PROFILE } from './packed-profile.ts';
import { readProfile, readState } from './stored-state.ts';

const TWISTS: [string, Twist][] = [
  ['a usual day', () => ({})],
  ['more load and back', loadTimes(2, 60, 150)],
  ['holes', (minute) => (minute % 50 > 40 ? null : {})],
  ['another limit, no CPU', (minute) => ({ cpuCurrent: minute > 30 ? null : 50, replicasMax: minute > 90 ? 20 : 12 })],
];

test.each(TWISTS)('what a judge remembers of %s is read as it was written, minute by minute', (_, twist) => {
  let state = newJudgeState();
  for (const sample of story(6, twist)) {
    ({ state } = judge(state, sample, PROFILE, DEFAULT_LIMITS));
    const written = JSON.stringify({ judge: state, anomalies: [] });
    expect(readState(written)).toEqual(JSON.parse(written));
  }
});

test('anomalies and profiles are read as they were written', () => {
  const { fired: anomalies } = watch(story(6, loadTimes(3, 60, 300)));
  expect(anomalies.length).toBeGreaterThan(0);
  const written = JSON.stringify({ judge: newJudgeState(), anomalies });
  expect(readState(written)).toEqual(JSON.parse(written));
  const kept = JSON.stringify({ learnedAt: MONDAY, profile: PROFILE });
  expect(readProfile(kept)).toEqual(JSON.parse(kept));
});

test.each(['', 'null', '{}', '{"judge":{},"anomalies":[]}', '[1', '{"learnedAt":1,"profile":{"cpu":{"level":1e999}}}'])(
  '%s is nothing known, and its cluster is judged all the same',
  async (text) => {
    expect([readState(text), readProfile(text)]).toEqual([null, null]);
    const store = {
      openAnomalies: async () => [],
      listAnomalies: async () => ({ items: [], next: null, total: 0 }),
      detectorStates: async () => [{ hpaId: 7, state: text, profile: text, updatedAt: MONDAY }],
    };
    const known = (await loadStates(store, 'prod', MONDAY + HOUR)).get(7);
    expect(known).toMatchObject({ profile: NO_PROFILE, learnedAt: null });
    expect(known && watchState(known.state)).toEqual({ judge: newJudgeState(), anomalies: [] });
  },
);
