import type { IconName } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { HpaItem } from '@hpa-watch/agent/contract';

/** The one word that says how an HPA is, from what needs a person most to what needs nobody. */
export const HPA_STATES = [
  'critical',
  'warning',
  'failed',
  'gone',
  'info',
  'partial',
  'learning',
  'ok',
  'paused',
] as const;
export type HpaState = (typeof HPA_STATES)[number];

type Told = {
  monitoring_active: boolean;
  gone_since: string | null;
  anomalies: Pick<HpaItem['anomalies'], 'worst'>;
  baseline: Pick<HpaItem['baseline'], 'state'>;
};

/** A paused or vanished HPA is not judged, so that wins over what fired last. */
export function hpaState({ monitoring_active, gone_since, anomalies, baseline }: Told): HpaState {
  if (!monitoring_active) return 'paused';
  if (gone_since !== null) return 'gone';
  if (anomalies.worst !== null) return anomalies.worst;
  if (baseline.state === 'queued' || baseline.state === 'running') return 'learning';
  return baseline.state === 'ready' ? 'ok' : baseline.state;
}

export const hpaStateRank = (state: HpaState): number => HPA_STATES.indexOf(state);

export const hpaStateName = (state: HpaState): string =>
  ({
    critical: () => t('severity.critical', 'critical'),
    warning: () => t('severity.warning', 'warning'),
    info: () => t('severity.info', 'info'),
    failed: () => t('hpa-state.failed', 'failed'),
    gone: () => t('hpa-state.gone', 'gone'),
    partial: () => t('hpa-state.partial', 'partial'),
    learning: () => t('hpa-state.learning', 'learning'),
    ok: () => t('hpa-state.ok', 'ok'),
    paused: () => t('hpa-state.paused', 'paused'),
  })[state]();

export const HPA_STATE_ICONS: Record<HpaState, IconName> = {
  critical: 'exclamation-circle',
  warning: 'exclamation-triangle',
  info: 'info-circle',
  failed: 'times-circle',
  gone: 'question-circle',
  partial: 'adjust-circle',
  learning: 'hourglass',
  ok: 'check-circle',
  paused: 'pause',
};
