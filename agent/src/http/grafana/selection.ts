import type { HpaItem } from '../../contract/api.ts';
import { localId, type HpaKey } from '../../domain/hpa.ts';
import type { Anomaly, Severity } from '../../domain/anomaly.ts';
import type { FleetSnapshot } from '../fleet-look.ts';
import type { FleetHpa } from '../fleet-shelf.ts';
import { resolveSoftly } from '../names.ts';
import type { Fleet } from '../services.ts';
import type { AdHoc } from './ad-hoc.ts';
import { choicesOf, isChosen, isPattern, type Choices } from './choices.ts';

export type Payload = Readonly<Record<string, unknown>>;

/** Which clusters, namespaces and HPAs a payload means. */
export type Places = { cluster: Choices; namespace: Choices; hpa: Choices };

/**
 * Clusters by their canonical names.
 * @throws AgentError `request/invalid`, `cluster/unknown` where no name is that of a cluster, watched or with HPAs left
 */
export function placesOf(
  payload: Payload,
  field: string,
  { fleet, snapshot }: { fleet: Pick<Fleet, 'resolve'>; snapshot: FleetSnapshot },
): Places {
  const cluster = choicesOf(payload['cluster'], `${field}.cluster`)?.map((choice) => {
    const { name, unknown } = isPattern(choice) ? { name: choice, unknown: null } : resolveSoftly(fleet, choice);
    const isKnown = unknown === null || snapshot.hpas.some((hpa) => hpa.cluster === name);
    return { name, unknown: isKnown ? null : unknown };
  });
  // One of several may be gone since the dashboard was saved; where none is known, it is a mistake.
  const wrong = cluster?.every(({ unknown }) => unknown !== null) ? cluster[0]?.unknown : null;
  if (wrong) throw wrong;
  return {
    cluster: cluster?.map(({ name }) => name) ?? null,
    namespace: choicesOf(payload['namespace'], `${field}.namespace`),
    hpa: choicesOf(payload['hpa'], `${field}.hpa`),
  };
}

/** An HPA may be named by its name, with its namespace, or in full. */
export const isPlace = ({ cluster, namespace, hpa }: Places, key: HpaKey): boolean =>
  isChosen(cluster, key.cluster) &&
  isChosen(namespace, key.namespace) &&
  isChosen(hpa, key.hpa, localId(key), `${key.cluster}/${localId(key)}`);

/** How an HPA stands, in one word: what fires, else where its watching stands. */
export const HPA_STATES = [
  'critical',
  'warning',
  'info',
  'ok',
  'learning',
  'partial',
  'failed',
  'paused',
  'gone',
] as const;
export type HpaState = (typeof HPA_STATES)[number];

type Standing = { isGone: boolean; isActive: boolean; worst: Severity | null; baseline: HpaItem['baseline']['state'] };

function stateOf({ isGone, isActive, worst, baseline }: Standing): HpaState {
  if (isGone) return 'gone';
  if (!isActive) return 'paused';
  if (worst !== null) return worst;
  if (baseline === 'ready') return 'ok';
  return baseline === 'queued' || baseline === 'running' ? 'learning' : baseline;
}

export const hpaState = ({ monitoring_active, gone_since, anomalies, baseline }: HpaItem): HpaState =>
  stateOf({
    isGone: gone_since !== null,
    isActive: monitoring_active,
    worst: anomalies.worst,
    baseline: baseline.state,
  });

const passesPlace = (adHoc: AdHoc, key: HpaKey): boolean =>
  adHoc.passes('cluster', key.cluster) &&
  adHoc.passes('namespace', key.namespace) &&
  adHoc.passes('hpa', key.hpa, localId(key));

/** HPAs by place and ad hoc filters; severity and kind are those of what fires. */
export function chosenHpas(
  snapshot: FleetSnapshot,
  places: Places,
  adHoc: AdHoc,
  firing: readonly Anomaly[],
): FleetHpa[] {
  const kinds = adHoc.keys.has('kind') ? Map.groupBy(firing, ({ hpaId }) => hpaId) : null;
  return snapshot.hpas.filter((hpa) => {
    if (!isPlace(places, hpa) || !passesPlace(adHoc, hpa)) return false;
    const { worst } = snapshot.firingOf(hpa);
    const { goneSince, active, state } = hpa;
    return (
      adHoc.passes('state', stateOf({ isGone: goneSince !== null, isActive: active, worst, baseline: state }), state) &&
      adHoc.passes('severity', worst ?? 'none') &&
      adHoc.passes('kind', ...(kinds?.get(hpa.id)?.map(({ kind }) => kind) ?? []))
    );
  });
}

export const isChosenAnomaly = (places: Places, adHoc: AdHoc, { key, state, severity, kind }: Anomaly): boolean =>
  isPlace(places, key) &&
  passesPlace(adHoc, key) &&
  adHoc.passes('state', state) &&
  adHoc.passes('severity', severity) &&
  adHoc.passes('kind', kind);
