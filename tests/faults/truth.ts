import { MINUTE } from '../../agent/src/core/clock.ts';
import { BASE, END, HPAS, NAMESPACE } from './history.ts';

/** What Prometheus itself has of one HPA in one minute, in the columns of the table. */
export type Row = { replicas: number; memoryMib: number; cpuPercent: number; pressure: number };
/** By HPA, then by minute (epoch ms). */
export type Truth = ReadonlyMap<string, ReadonlyMap<number, Row>>;

/** Minutes that are compared: whoever is enrolled at BASE is scanned from 55 min before it on. */
export const COMPARED = { from: BASE - 50 * MINUTE, to: END };

const HPA = 'kube_horizontalpodautoscaler';
const own = (name: string): string => `namespace="${NAMESPACE}",pod=~"${name}-.*",container!="",container!="POD"`;

/** Written by hand from the documentation of the columns, not taken from the code under test. */
const queriesOf = (name: string): Record<keyof Row, string> => ({
  replicas: `max(${HPA}_status_current_replicas{horizontalpodautoscaler="${name}"})`,
  memoryMib: `sum(container_memory_working_set_bytes{${own(name)}}) / 2 / 1048576`,
  cpuPercent: `100 * sum(rate(container_cpu_usage_seconds_total{${own(name)}}[5m])) / sum(kube_pod_container_resource_requests{${own(name)},resource="cpu"})`,
  pressure:
    `max(${HPA}_status_target_metric{horizontalpodautoscaler="${name}",metric_target_type="utilization"})` +
    ` / max(${HPA}_spec_target_metric{horizontalpodautoscaler="${name}"})`,
});

type Matrix = { data: { result: { values: [number, string][] }[] } };

async function range(url: string, query: string): Promise<Map<number, number>> {
  const form = new URLSearchParams({
    query,
    start: String(COMPARED.from / 1_000),
    end: String(COMPARED.to / 1_000),
    step: '60',
  });
  const answer = (await (await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: form })).json()) as Matrix;
  return new Map((answer.data.result[0]?.values ?? []).map(([at, value]) => [at * 1_000, Number(value)]));
}

/** Asks Prometheus directly. */
export async function readTruth(url: string): Promise<Truth> {
  const truth = new Map<string, Map<number, Row>>();
  for (const name of HPAS) {
    const columns = Object.entries(queriesOf(name)) as [keyof Row, string][];
    const values = await Promise.all(
      columns.map(async ([column, query]) => [column, await range(url, query)] as const),
    );
    const minutes = new Map<number, Row>();
    for (let at = COMPARED.from; at <= COMPARED.to; at += MINUTE) {
      const row = Object.fromEntries(values.map(([column, byMinute]) => [column, byMinute.get(at)]));
      if (Object.values(row).some((value) => value === undefined))
        throw new Error(`the history has no ${name} at ${at}`);
      minutes.set(at, row as Row);
    }
    truth.set(name, minutes);
  }
  return truth;
}
