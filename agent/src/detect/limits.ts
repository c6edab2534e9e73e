import type { AnomalyKind } from '../domain/anomaly.ts';
import { ANOMALY_KINDS } from '../domain/anomaly.ts';
import type { HpaKey } from '../domain/hpa.ts';

/** What every kind has: whether it is on; minutes needed to open; minutes of quiet to close; minutes within which it opens again. */
const common = (enterMinutes: number, leaveMinutes: number) => ({
  enabled: true as boolean,
  enterMinutes,
  leaveMinutes,
  reopenMinutes: 15,
});

/** Of the four deviations. Distances are in half-widths of the band. */
const deviation = () => ({
  ...common(4, 2),
  /** Beyond this it can open; below `holdDistance` it is over. */
  enterDistance: 1,
  holdDistance: 0.7,
  /** Where the load itself is usual, this far and this long: longer than a scale-down stabilization window (5 min) and a blip. */
  unexplainedDistance: 1.4,
  unexplainedMinutes: 15,
  /** Surprise in decades of probability from which a slow departure counts. */
  surprise: 6,
  /** From this distance on it is critical. */
  criticalDistance: 6,
});

/**
 * Default limits. They were tuned on simulated fleets with a faithful controller and are reported on others (docs/detection.md);
 * where a rule exists upstream, its file names it.
 */
export const DEFAULT_LIMITS = {
  cpu_deviation: deviation(),
  memory_deviation: { ...deviation(), enterDistance: 1.5, unexplainedDistance: 2 },
  replicas_deviation: deviation(),
  pressure_deviation: deviation(),
  level_shift: {
    ...common(1, 3),
    /** Change of the load, as a share. */ change: 0.3,
    /** The same where no metric is outside its band. */
    unshownChange: 0.5,
    minutes: 60,
    maxHours: 24,
  },
  maxed_out: { ...common(3, 2), pressure: 1.1, holdPressure: 0.9 },
  scaling_stuck: { ...common(5, 2), pressure: 1.25, holdPressure: 1.1 },
  oscillation: {
    ...common(1, 1),
    reversals: 3,
    holdReversals: 2,
    criticalReversals: 6,
    withinMinutes: 10,
    pauseMinutes: 4,
  },
  replicas_mismatch: { ...common(6, 2), stillMinutes: 5 },
  scaling_inactive: { ...common(3, 2) },
  underutilised: { ...common(1, 2), pressure: 0.5, holdPressure: 0.6, hours: 2, atMinHours: 24 },
  memory_leak: { ...common(1, 20), percentAnHour: 10, holdPercentAnHour: 4, minutes: 60, risingShare: 0.8 },
  telemetry_lost: { ...common(1, 1), minutes: 4 },
  config_changed: { ...common(1, 1), shownMinutes: 5 },
} as const satisfies Record<AnomalyKind, Record<string, number | boolean>>;

type Widened<T> = { -readonly [K in keyof T]: T[K] extends boolean ? boolean : number };
export type Limits = { readonly [K in AnomalyKind]: Readonly<Widened<(typeof DEFAULT_LIMITS)[K]>> };

/** Limits that differ, per kind; what is left out stays. */
export type LimitOverrides = { [K in AnomalyKind]?: Partial<Widened<(typeof DEFAULT_LIMITS)[K]>> };

/** From wide to narrow. Namespaces by name or `cluster/namespace`; HPAs by `namespace/hpa` or `cluster/namespace/hpa`. */
export type LimitSettings = {
  defaults: LimitOverrides;
  namespaces: Readonly<Record<string, LimitOverrides>>;
  hpas: Readonly<Record<string, LimitOverrides>>;
};

const merged = (limits: Limits, overrides: LimitOverrides | undefined): Limits => {
  if (overrides === undefined) return limits;
  const entries = ANOMALY_KINDS.map((kind) => [kind, { ...limits[kind], ...overrides[kind] }]);
  return Object.fromEntries(entries) as Limits;
};

/** The limits of one HPA: the narrower setting wins, limit by limit. */
export function limitsFor({ cluster, namespace, hpa }: HpaKey, settings: LimitSettings): Limits {
  const { defaults, namespaces, hpas } = settings;
  return [
    defaults,
    namespaces[namespace],
    namespaces[`${cluster}/${namespace}`],
    hpas[`${namespace}/${hpa}`],
    hpas[`${cluster}/${namespace}/${hpa}`],
  ].reduce<Limits>(merged, DEFAULT_LIMITS);
}

export type LimitProblem = { path: string; found: unknown; allowed: string };

/** What is wrong with overrides as somebody wrote them; [] where nothing is. */
export function limitProblems(overrides: Readonly<Record<string, unknown>>): LimitProblem[] {
  return Object.entries(overrides).flatMap(([kind, values]): LimitProblem[] => {
    if (!isKind(kind)) return [{ path: kind, found: values, allowed: `one of ${ANOMALY_KINDS.join(', ')}` }];
    if (typeof values !== 'object' || values === null)
      return [{ path: kind, found: values, allowed: 'limits by name' }];
    const known: Readonly<Record<string, number | boolean>> = DEFAULT_LIMITS[kind];
    return Object.entries(values).flatMap(([name, value]: [string, unknown]): LimitProblem[] => {
      const path = `${kind}.${name}`;
      const usual = Object.hasOwn(known, name) ? known[name] : undefined;
      if (usual === undefined) return [{ path, found: value, allowed: `one of ${Object.keys(known).join(', ')}` }];
      if (typeof usual === 'boolean')
        return typeof value === 'boolean' ? [] : [{ path, found: value, allowed: 'true or false' }];
      const isLimit = typeof value === 'number' && Number.isFinite(value) && value >= 0;
      return isLimit ? [] : [{ path, found: value, allowed: 'a number of 0 or more' }];
    });
  });
}

const isKind = (name: string): name is AnomalyKind => (ANOMALY_KINDS as readonly string[]).includes(name);
