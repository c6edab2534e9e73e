import type { VisualizationSuggestionsSupplier } from '@grafana/data';
import { t } from '@grafana/i18n';
import { chartsOf } from './charts';
import { BASELINE_DEFAULTS, type BaselineFieldConfig, type BaselineOptions } from './options';

/** Suggested where the data hold a band: what this panel draws and others do not. */
export const baselineSuggestions: VisualizationSuggestionsSupplier = {
  getSuggestionsForData: (builder) => {
    if (!chartsOf(builder.data?.series ?? []).some(({ band }) => band !== null)) return;
    builder
      .getListAppender<BaselineOptions, BaselineFieldConfig>({
        name: t('panel.baseline.suggestion', 'Baseline'),
        pluginId: 'hpawatch-baseline-panel',
        options: BASELINE_DEFAULTS,
        cardOptions: {
          previewModifier: (suggestion) => {
            suggestion.options = { ...BASELINE_DEFAULTS, ...suggestion.options, showLegend: false };
          },
        },
      })
      .append({});
  },
};
