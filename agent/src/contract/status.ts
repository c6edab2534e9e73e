import { z } from 'zod';
import { clusterNameSchema, durationSchema, successSchema, timestampSchema } from './common.ts';
import { forwardSchema } from './forward.ts';
import { clusterScansSchema } from './timeslots.ts';

const count = z.number().int().min(0);

const lanesSchema = z
  .array(z.object({ port: z.number().int(), cluster: clusterNameSchema.nullable() }))
  .describe('the same as the port_N_cluster fields, as a list');

/** Beside the named fields: `port_N_cluster` for each lane port N, the cluster or null. */
const slotTimesSchema = z
  .object({ index: count, start_time: timestampSchema, end_time: timestampSchema, lanes: lanesSchema })
  .catchall(z.unknown());

export type PortCluster = { [field: `port_${number}_cluster`]: string | null };
export type SlotTimes = {
  index: number;
  start_time: string;
  end_time: string;
  lanes: z.infer<typeof lanesSchema>;
} & PortCluster;

export const timeSlotsSchema = z.object({
  total_clusters: count,
  total_slots: count,
  slot_duration: durationSchema,
  cycle_duration: durationSchema,
  cadence_exceeded: z.boolean().describe('the cycle is longer than a minute'),
  current_slot: slotTimesSchema
    .extend({ time_remaining: durationSchema })
    .nullable()
    .describe('beside the named fields one `port_N_cluster` for each lane port N; null while idle'),
  next_slot: slotTimesSchema.nullable(),
  all_slots: z.array(
    z.object({
      index: count,
      clusters: z.array(clusterNameSchema.nullable()).describe('one a lane, null where the lane is empty'),
      duration: durationSchema,
      is_active: z.boolean(),
    }),
  ),
});

export const agentSchema = z.object({
  id: z.string().describe('of this run of it'),
  name: z.string(),
  version: z.string(),
  url: z.string().nullable().describe('where it listens, as it sees itself'),
  started_at: timestampSchema,
  seen_at: timestampSchema.describe('its last sign of life'),
  state: z
    .enum(['live', 'unsure', 'leaving', 'silent', 'left', 'lost'])
    .describe(
      'unsure: the database does not answer, it keeps what it has; silent: its lease has run out; left: it was stopped; lost: others took over',
    ),
  clusters: z.array(
    z.object({
      cluster: clusterNameSchema,
      since: timestampSchema,
      fence: count.nullable().describe('grows with each change of the owner; null with SQLite, where there is none'),
      last_scan: timestampSchema.nullable(),
      behind_seconds: z
        .number()
        .min(0)
        .nullable()
        .describe(
          'since the last minute that is there of every HPA; up to 135 is usual; null: nothing was scanned yet',
        ),
    }),
  ),
  duties: z.array(z.string()).describe('what it does for all: housekeeping, notifications'),
  cannot_reach: z.array(clusterNameSchema).describe('its kubeconfig lacks their contexts'),
});
export type AgentView = z.infer<typeof agentSchema>;

export const statusAnswerSchema = z.object({
  status: successSchema,
  version: z.string(),
  port_forwards: z.array(forwardSchema),
  time_slots: timeSlotsSchema,
  scans: z.array(clusterScansSchema),
  agents: z
    .array(agentSchema)
    .describe(
      'all that share the database, and what each watches; forwards, slots and scans are those of the agent asked',
    ),
  process: z.object({
    started_at: timestampSchema,
    uptime: durationSchema,
    memory_mb: z.number().min(0).nullable().describe('resident set; 1 MB = 1,000,000 bytes'),
    event_loop_p99_ms: z
      .number()
      .min(0)
      .nullable()
      .describe('how late the agent itself reacts, lately; null right after its start'),
  }),
  credentials: z
    .array(
      z.object({
        setting: z.string().describe('the setting that names the file'),
        loaded_at: timestampSchema.describe('when what is used now was read'),
        expires_at: timestampSchema.nullable().describe('of a certificate; null of a token'),
        error: z
          .string()
          .nullable()
          .describe('why what the file holds now is not used; what was read before stays in use'),
      }),
    )
    .describe('files of tokens and certificate, which are read again when they change'),
  database: z.object({
    total_snapshots: count,
    baseline_snapshots: count,
    monitoring_snapshots: count,
    size_mb: z.number().min(0).describe('1 MB = 1,000,000 bytes'),
    oldest_snapshot: timestampSchema.nullable(),
    exact: z.boolean().describe('false: the counts are estimates, or from before the database went away'),
    away: z
      .object({ since: timestampSchema, reason: z.string() })
      .nullable()
      .describe('the database takes nothing now; scans go on, and what they bring is buffered; null: it does'),
    buffer: z
      .object({
        batches: count,
        size_mb: z.number().min(0),
        limit_mb: z.number().min(0).describe('`database.bufferMib`'),
        is_full: z.boolean().describe('clusters are not scanned until there is room'),
      })
      .nullable()
      .describe('what waits on the disk of this agent for the database; null: SQLite, which cannot be away'),
    rebuilt: z
      .object({
        at: timestampSchema,
        reason: z.string().describe('what was wrong with the database before'),
        kept_as: z.string().nullable().describe('where the damaged one is kept; null: there was no file'),
        clusters: count,
        hpas: count,
        samples: count.describe('read out of the damaged one; the others are read from Prometheus'),
        anomalies: count,
        incomplete: z.array(z.string()).describe('tables that could not be read to their end'),
        message: z.string(),
      })
      .nullable()
      .describe('the last time a damaged database was replaced, until the damaged one is removed'),
  }),
});

type TimeSlots = Omit<z.infer<typeof timeSlotsSchema>, 'current_slot' | 'next_slot'> & {
  current_slot: (SlotTimes & { time_remaining: string }) | null;
  next_slot: SlotTimes | null;
};
export type TimeSlotsView = TimeSlots;
export type StatusAnswer = Omit<z.infer<typeof statusAnswerSchema>, 'time_slots'> & { time_slots: TimeSlots };
