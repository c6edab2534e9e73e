import type { z } from 'zod';
import { GRAFANA_TARGETS, type GrafanaAnswer, type grafanaQuerySchema } from '../../contract/grafana.ts';
import type { HpaKey } from '../../domain/hpa.ts';
import type { FleetSnapshot } from '../fleet-look.ts';
import type { FleetHpa } from '../fleet-shelf.ts';
import { invalid } from '../input.ts';
import type { Services } from '../services.ts';
import type { TimeRange } from '../time-range.ts';
import { adHocOf, type AdHoc } from './ad-hoc.ts';
import { annotationTable, anomalyTable, anomalyTarget, readAnomalies, type AnomalyRequest } from './anomaly-answer.ts';
import { isChosen } from './choices.ts';
import { readDrawn, type Drawn, type LinePlan } from './drawn.ts';
import { hpaTable } from './hpa-table.ts';
import { payloadOf } from './payload.ts';
import { queryRange } from './query-range.ts';
import { chosenHpas, placesOf, type Places } from './selection.ts';
import { seriesOfHpa, seriesTarget } from './series-answer.ts';
import type { WatchingTables } from './watching.ts';

export type QueryDeps = Pick<Services, 'store' | 'anomalies' | 'baselines' | 'fleet' | 'clock'> & {
  snapshot: FleetSnapshot;
  watching: WatchingTables;
};

const MOST_HPAS = 100;

type Query = z.output<typeof grafanaQuerySchema>;

/** What one target asks for, checked. */
type Plan =
  | LinePlan
  | { target: 'anomalies' | 'annotations'; request: AnomalyRequest }
  | { target: 'hpas'; refId: string; hpas: FleetHpa[] }
  | { target: 'slots' | 'forwards' | 'clusters' | 'summary'; refId: string; places: Places };

/**
 * The answers of all targets, in their order. The samples of all HPAs of all targets are read at once.
 * @throws AgentError `request/invalid` naming the target's field, `cluster/unknown`
 */
export async function answerQuery(query: Query, deps: QueryDeps): Promise<GrafanaAnswer> {
  const now = deps.clock.now();
  const range = queryRange(query, now);
  const adHoc = adHocOf(query);
  const plans = query.targets.flatMap((target, index) => planOf(target, index, adHoc, deps));
  const drawn = await readDrawn(plans.filter(drawsLines), range, deps);
  const answers = await Promise.all(plans.map((plan) => answerPlan(plan, { range, adHoc, drawn, now, deps })));
  return answers.flat();
}

const drawsLines = (plan: Plan): plan is LinePlan => plan.target === 'series' || plan.target === 'band';

/** A target that is hidden or still empty asks for nothing. */
function planOf(given: Query['targets'][number], index: number, adHoc: AdHoc, deps: QueryDeps): Plan[] {
  const field = `targets[${index}]`;
  const name = given.target?.trim() ?? '';
  if (given.hide === true || name === '') return [];
  const target = GRAFANA_TARGETS.find((known) => known === name);
  if (target === undefined)
    throw invalid(`${field}.target is ${JSON.stringify(name)}; allowed: ${GRAFANA_TARGETS.join(', ')}`, {
      field: `${field}.target`,
      value: name,
      allowed: GRAFANA_TARGETS,
    });
  const refId = given.refId ?? defaultRefId(index);
  const payload = payloadOf(given.payload, `${field}.payload`);
  const places = placesOf(payload, `${field}.payload`, deps);
  const chosen = () => chosenHpas(deps.snapshot, places, adHoc, deps.anomalies.firing());
  switch (target) {
    case 'series':
    case 'band': {
      const request = seriesTarget(target, refId, payload, `${field}.payload`);
      return [{ target, request, hpas: fewEnough(chosen(), `${field}.payload.hpa`) }];
    }
    case 'anomalies':
    case 'annotations':
      return [{ target, request: anomalyTarget(refId, places, payload, `${field}.payload`) }];
    case 'hpas':
      return [{ target, refId, hpas: chosen() }];
    default:
      return [{ target, refId, places }];
  }
}

const defaultRefId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

function fewEnough(hpas: FleetHpa[], field: string): FleetHpa[] {
  if (hpas.length <= MOST_HPAS) return hpas;
  throw invalid(`${hpas.length} HPAs are chosen; choose fewer by cluster, namespace, hpa or a filter`, {
    field,
    value: `${hpas.length} HPAs`,
    allowed: `at most ${MOST_HPAS} HPAs a query`,
  });
}

type Context = { range: TimeRange; adHoc: AdHoc; drawn: Drawn; now: number; deps: QueryDeps };

async function answerPlan(plan: Plan, { range, adHoc, drawn, now, deps }: Context): Promise<GrafanaAnswer> {
  switch (plan.target) {
    case 'series':
    case 'band':
      return plan.hpas.flatMap((hpa) => {
        const { samples = [], profile = null } = drawn.get(hpa.id) ?? {};
        return seriesOfHpa(plan.request, { key: keyOf(hpa), samples, profile }, range);
      });
    case 'anomalies':
    case 'annotations': {
      const { request } = plan;
      const found = await readAnomalies(deps.store, request, adHoc, range);
      return [
        plan.target === 'anomalies' ? anomalyTable(request.refId, found) : annotationTable(request.refId, found, now),
      ];
    }
    case 'hpas':
      return [
        hpaTable(
          plan.refId,
          plan.hpas.map((hpa) => deps.snapshot.itemOf(hpa)),
        ),
      ];
    default: {
      const isShown = (cluster: string) => isChosen(plan.places.cluster, cluster) && adHoc.passes('cluster', cluster);
      return [await deps.watching[plan.target](plan.refId, isShown)];
    }
  }
}

const keyOf = ({ cluster, namespace, hpa }: HpaKey): HpaKey => ({ cluster, namespace, hpa });
