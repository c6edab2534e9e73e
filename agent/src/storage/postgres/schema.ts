import type { Migration } from './migrations.ts';
import { ANOMALIES } from './schema-anomalies.ts';
import { OWNERSHIP } from './schema-ownership.ts';
import { PACE } from './schema-pace.ts';
import { SAMPLES } from './schema-samples.ts';

/** The numbered steps of the schema. */
export const MIGRATIONS: readonly Migration[] = [SAMPLES, OWNERSHIP, ANOMALIES, PACE];
