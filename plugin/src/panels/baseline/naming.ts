import { t } from '@grafana/i18n';

/** Names of the lines that a value is compared with. */
export const referenceName = (id: string): string =>
  ({
    cpu_target: t('panel.baseline.target', 'Target'),
    replicas_min: t('panel.baseline.min', 'Min'),
    replicas_max: t('panel.baseline.max', 'Max'),
    replicas_desired: t('panel.baseline.desired', 'Desired'),
    at_target: t('panel.baseline.at-target', 'At target'),
  })[id] ?? id;
