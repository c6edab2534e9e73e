import { t } from '@grafana/i18n';
import type { AnomalyKindName, AnomalyStateName } from '@hpa-watch/agent/contract';

/** What each kind of anomaly is called. */
export const kindName = (kind: AnomalyKindName): string =>
  ({
    cpu_deviation: () => t('kind.cpu_deviation', 'CPU unusual'),
    memory_deviation: () => t('kind.memory_deviation', 'Memory unusual'),
    replicas_deviation: () => t('kind.replicas_deviation', 'Replicas unusual'),
    pressure_deviation: () => t('kind.pressure_deviation', 'Pressure unusual'),
    level_shift: () => t('kind.level_shift', 'New level'),
    maxed_out: () => t('kind.maxed_out', 'At its maximum'),
    scaling_stuck: () => t('kind.scaling_stuck', 'Scaling stuck'),
    oscillation: () => t('kind.oscillation', 'Replicas flap'),
    replicas_mismatch: () => t('kind.replicas_mismatch', 'Replicas do not follow'),
    scaling_inactive: () => t('kind.scaling_inactive', 'Scaling inactive'),
    underutilised: () => t('kind.underutilised', 'Underused'),
    memory_leak: () => t('kind.memory_leak', 'Memory leak'),
    telemetry_lost: () => t('kind.telemetry_lost', 'Telemetry lost'),
    config_changed: () => t('kind.config_changed', 'Configuration changed'),
  })[kind]();

export const anomalyStateName = (state: AnomalyStateName): string =>
  ({
    pending: () => t('anomaly-state.pending', 'not yet for long enough'),
    firing: () => t('anomaly-state.firing', 'goes on'),
    resolved: () => t('anomaly-state.resolved', 'over'),
  })[state]();
