import { emptySample, type Sample } from '../domain/sample.ts';

export const sample = (ts: number, values: Partial<Sample> = {}): Sample => ({ ...emptySample(ts), ...values });
