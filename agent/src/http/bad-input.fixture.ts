import { expect } from '@jest/globals';
import type { CallOptions, HttpRig } from './http-rig.fixture.ts';

/** One call that must be refused, and what its `details` must say. */
export type BadInput = {
  call: [method: string, path: string, options?: CallOptions];
  status?: number;
  code?: string;
  field: string;
  value?: unknown;
  allowed: unknown;
};

export const text = (part: string): unknown => expect.stringContaining(part);

/** Makes the call and expects: the code, the field, the value found, what is allowed, nothing written and nothing told. */
export async function expectRefused(rig: HttpRig, input: BadInput): Promise<void> {
  const { call, status = 400, code = 'request/invalid', ...fault } = input;
  rig.world.writes.splice(0);
  const answer = await rig.call(...call);
  expect(answer).toMatchObject({ status, body: { status: 'error', code, details: fault } });
  expect(String(answer.body['message']).length).toBeGreaterThan(10);
  expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|node_modules|\.ts:|write-token/);
  expect(rig.world.writes).toEqual([]);
}
