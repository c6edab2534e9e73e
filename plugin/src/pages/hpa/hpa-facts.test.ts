import { expect, test } from '@jest/globals';
import type { HpaDetail } from '@hpa-watch/agent/contract';
import { conditionsText } from './hpa-facts';

const limits = { replicas_desired: 7, replicas_min: 3, replicas_max: 7 };

test.each<[HpaDetail['conditions'], Partial<typeof limits> | null, string]>([
  [{ scaling_active: true, scaling_limited: false }, {}, 'scales freely'],
  [{ scaling_active: true, scaling_limited: true }, {}, 'held at its maximum'],
  [{ scaling_active: true, scaling_limited: true }, { replicas_desired: 3 }, 'held at its minimum'],
  [{ scaling_active: true, scaling_limited: true }, null, 'limited'],
  [{ scaling_active: false, scaling_limited: false }, {}, 'scaling is inactive'],
  [{ scaling_active: null, scaling_limited: null }, {}, '–'],
])('%j with %j: %s', (conditions, over, text) => {
  expect(conditionsText(conditions, over && { ...limits, ...over })).toBe(text);
});
