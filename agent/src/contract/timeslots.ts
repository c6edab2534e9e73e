import { z } from 'zod';
import { forwardSchema } from './forward.ts';
import { clusterNameSchema, durationSchema, faultSchema, successSchema, timestampSchema } from './common.ts';

const count = z.number().int().min(0);

/** What the last pass over a cluster did. */
export const lastScanSchema = z.object({
  started_at: timestampSchema,
  duration_ms: z.number().min(0),
  result: z.enum(['ok', 'failed', 'overrun']),
  hpas: count,
  rows: count,
  requests: count,
  error: faultSchema.nullable(),
  notes: z.array(z.string()).describe("what this cluster's metrics lack"),
});
export type LastScan = z.infer<typeof lastScanSchema>;

/** One lane in one slot; all null where the lane has no cluster in this slot. */
export const laneSchema = z.object({
  cluster: clusterNameSchema.nullable(),
  prometheus_url: z.string().nullable(),
  last_scan: lastScanSchema.nullable(),
});
export type LaneView = z.infer<typeof laneSchema>;

/** The scans of one cluster in the last 24 hours, or since the agent started. */
export const scanTallySchema = z.object({
  since: timestampSchema,
  total: count,
  failed: count,
  overruns: count,
  mean_ms: z.number().min(0).nullable().describe('null before the first scan'),
  max_ms: z.number().min(0).nullable(),
});
export type ScanTallyView = z.infer<typeof scanTallySchema>;

export const clusterScansSchema = z.object({
  cluster: clusterNameSchema,
  last_scan: lastScanSchema.nullable(),
  scans: scanTallySchema,
});
export type ClusterScans = z.infer<typeof clusterScansSchema>;

const slotShape = {
  index: count,
  start_offset: durationSchema,
  duration: durationSchema,
  is_active: z.boolean(),
  last_executed: timestampSchema.nullable(),
  executing_since: timestampSchema.nullable(),
  time_remaining: durationSchema.nullable().describe('null unless active'),
  lanes: z.array(laneSchema.extend({ port: z.number().int() })).describe('the same as the port_N fields, as a list'),
};
const slotSchema = z
  .object(slotShape)
  .catchall(z.unknown())
  .describe('beside the named fields one `port_N` for each lane port N');

export const timeslotsAnswerSchema = z.object({
  status: successSchema,
  configuration: z.object({
    total_clusters: count,
    total_slots: count,
    slot_duration: durationSchema,
    cycle_duration: durationSchema,
    cadence_exceeded: z.boolean(),
    parallel_scans: z.boolean().describe('there is more than one lane'),
    ports: z.array(z.number().int()),
  }),
  current_cycle: z
    .object({
      started_at: timestampSchema,
      ends_at: timestampSchema,
      progress_percent: z.number().min(0).max(100),
      current_slot_index: count,
    })
    .nullable()
    .describe('null while idle'),
  slots: z.array(slotSchema),
  clusters: z
    .array(
      clusterScansSchema.extend({
        lane_port: z.number().int().nullable(),
        slot_index: count.nullable().describe('null until it has its place'),
        hpas: count.describe('enrolled HPAs'),
        forward: forwardSchema.nullable(),
      }),
    )
    .describe('each watched cluster: its place, the way to it, its scans'),
});

export type ClusterSchedule = z.infer<typeof timeslotsAnswerSchema>['clusters'][number];
export type SlotView = z.infer<z.ZodObject<typeof slotShape>> & { [field: `port_${number}`]: LaneView };
export type TimeslotsAnswer = Omit<z.infer<typeof timeslotsAnswerSchema>, 'slots'> & { slots: SlotView[] };
