import { t } from '@grafana/i18n';

/** For how long an HPA can be muted; `for` as the agent takes it. */
export const muteChoices = (): { for: string; label: string }[] => [
  { for: '1h', label: t('mute.1h', '1 hour') },
  { for: '4h', label: t('mute.4h', '4 hours') },
  { for: '1d', label: t('mute.1d', '1 day') },
  { for: '7d', label: t('mute.7d', '7 days') },
  { for: '30d', label: t('mute.30d', '30 days') },
];
