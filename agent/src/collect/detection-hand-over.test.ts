import { afterEach, describe, expect, test } from '@jest/globals';
import { HOUR } from '../core/clock.ts';
import { MONDAY } from '../detect/hpa-story.fixture.ts';
import { receiver } from '../notify/notify.fixture.ts';
import { CLUSTER, maxedOut, startDetectionRig, type DetectionRig } from './detection.fixture.ts';

let rig: DetectionRig | undefined;
afterEach(() => rig?.close());

/** At its maximum from minute 3 to minute 20. */
const begin = async (): Promise<DetectionRig> =>
  (rig = await startDetectionRig({
    start: MONDAY + 12 * HOUR,
    receivers: [receiver({ name: 'hook' })],
    twist: (minute) => (minute >= 3 && minute < 20 ? maxedOut : {}),
  }));

async function judge(rig: DetectionRig, detection: DetectionRig['detection'], from: number, to: number) {
  for (let minute = from; minute <= to; minute++) {
    await rig.scanned(minute, minute);
    await detection.afterScan(CLUSTER);
  }
}

describe('a cluster passes from one agent to another', () => {
  test.each([
    ['handed over', true],
    ['taken over, since the first one was silent', false],
  ])('%s: what fires goes on under its id, is told once, and its end is told by the second', async (_, isOurs) => {
    const rig = await begin();
    const [first, second] = [rig.detection, rig.restart()];
    await judge(rig, first, 0, 10);
    const [before] = await rig.past();
    expect(before).toMatchObject({ kind: 'maxed_out', state: 'firing' });
    first.letGo(CLUSTER);
    await first.handOver(CLUSTER, isOurs);
    await judge(rig, second, 11, 30);
    expect((await rig.past()).map(({ id, state }) => [id, state])).toEqual([[before?.id, 'resolved']]);
    expect(await rig.told()).toHaveLength(1);
    expect(first.firing()).toEqual([]);
  });

  test('the first one judges nothing more from the moment it lets go', async () => {
    const rig = await begin();
    await judge(rig, rig.detection, 0, 2);
    rig.detection.letGo(CLUSTER);
    await judge(rig, rig.detection, 3, 12);
    expect(await rig.past()).toEqual([]);
  });

  test('back again, it knows what the other one found', async () => {
    const rig = await begin();
    const [first, second] = [rig.detection, rig.restart()];
    await judge(rig, first, 0, 4);
    await first.handOver(CLUSTER, true);
    await judge(rig, second, 5, 10);
    await second.handOver(CLUSTER, true);
    await judge(rig, first, 11, 30);
    expect((await rig.past()).map(({ state }) => state)).toEqual(['resolved']);
  });
});
