import { z } from 'zod';
import { clusterNameSchema, hpaKeyShape, successSchema } from './common.ts';
import { metricTargetSchema, scaleTargetSchema } from './hpas.ts';
import { forwardSchema } from './forward.ts';
import { lastScanSchema } from './timeslots.ts';

const CONTEXT_RULE = 'a kubectl context: 1 to 253 characters, not beginning with "-", without control characters';
const URL_RULE = 'an http or https address without credentials, query and fragment, such as http://127.0.0.1:9090';

/** Body of POST /api/v1/clusters. Neither context nor prometheus_url: the context is found by the name. */
export const clusterRequestSchema = z.strictObject({
  name: clusterNameSchema,
  context: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[^-\p{Cc}][^\p{Cc}]*$/u)
    .describe(CONTEXT_RULE)
    .optional(),
  prometheus_url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/)
    .describe(URL_RULE)
    .optional(),
});
export type ClusterRequest = z.infer<typeof clusterRequestSchema>;

export const clusterSchema = z.object({
  name: clusterNameSchema,
  context: z.string().nullable().describe('null where an address is used'),
  prometheus_url: z.string().nullable().describe('where the agent reaches its Prometheus'),
  source: z.enum(['config', 'api']).describe('config: from the settings file, api: added at run time'),
  lane_port: z.number().int().nullable(),
  hpas: z.number().int().min(0).describe('enrolled HPAs'),
  ready: z.number().int().min(0).describe('enrolled HPAs with a baseline'),
  forward: forwardSchema.nullable(),
  last_scan: lastScanSchema.nullable(),
  watched_by: z
    .string()
    .nullable()
    .optional()
    .describe(
      'where several agents share a database: the name of the one that watches it (forward and scan are known to that one); null: none',
    ),
});
export type ClusterView = z.infer<typeof clusterSchema>;

export const clusterListAnswerSchema = z.object({ status: successSchema, clusters: z.array(clusterSchema) });
export type ClusterListAnswer = z.infer<typeof clusterListAnswerSchema>;

export const clusterAnswerSchema = z.object({ status: successSchema, message: z.string(), cluster: clusterSchema });
export type ClusterAnswer = z.infer<typeof clusterAnswerSchema>;

export const discoveredHpaSchema = z.object({
  namespace: hpaKeyShape.namespace,
  hpa: hpaKeyShape.hpa,
  target: scaleTargetSchema.nullable(),
  replicas_min: z.number().nullable(),
  replicas_max: z.number().nullable(),
  replicas_current: z.number().nullable(),
  metrics: z.array(metricTargetSchema),
  enrolled: z.boolean(),
});
export type DiscoveredHpaView = z.infer<typeof discoveredHpaSchema>;

export const discoveryAnswerSchema = z.object({
  status: successSchema,
  cluster: clusterNameSchema,
  hpas: z.array(discoveredHpaSchema),
  notes: z.array(z.string()).describe("what this cluster's metrics lack"),
});
export type DiscoveryAnswer = z.infer<typeof discoveryAnswerSchema>;
