import type { DataFrame } from '@grafana/data';
import { t } from '@grafana/i18n';
import { chartsOf } from './charts';
import { BASELINE_DEFAULTS, type BaselineOptions } from './options';

type Suggestion = {
  name: string;
  pluginId: string;
  options: BaselineOptions;
  cardOptions: { previewModifier(suggestion: { options?: Partial<BaselineOptions> }): void };
};

/** What Grafana 12 hands over. */
type Builder = {
  data?: { series: DataFrame[] };
  getListAppender(suggestion: Suggestion): { append(more: object): void };
};

/** Suggested where the data hold a band: what this panel draws and others do not. */
function suggestionsOf(frames: readonly DataFrame[]): Suggestion[] {
  if (!chartsOf(frames).some(({ band }) => band !== null)) return [];
  return [
    {
      name: t('panel.baseline.suggestion', 'Baseline'),
      pluginId: 'hpawatch-baseline-panel',
      options: BASELINE_DEFAULTS,
      cardOptions: {
        previewModifier(suggestion) {
          suggestion.options = { ...BASELINE_DEFAULTS, ...suggestion.options, showLegend: false };
        },
      },
    },
  ];
}

/** Grafana 13 calls it with a summary of the data and takes no object any more; Grafana 12 calls its method. */
export const baselineSuggestions = Object.assign(
  ({ rawFrames = [] }: { rawFrames?: DataFrame[] }): Suggestion[] => suggestionsOf(rawFrames),
  {
    getSuggestionsForData(builder: Builder): void {
      for (const suggestion of suggestionsOf(builder.data?.series ?? []))
        builder.getListAppender(suggestion).append({});
    },
  },
);
