import type { ResourceLoader, Resources } from '@grafana/i18n';

/** Texts of a language, loaded when Grafana speaks it; what a language lacks is shown in English, which stands in the code. */
export const loadResources: ResourceLoader = async (language: string) => {
  const loaded: { default: Resources } =
    language === 'pt-BR'
      ? await import('./pt-BR/hpawatch-monitor-app.json')
      : await import('./en-US/hpawatch-monitor-app.json');
  return loaded.default;
};
