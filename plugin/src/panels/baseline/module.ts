import { FieldColorModeId, FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { t } from '@grafana/i18n';
import { initNestedTranslations } from '../../locales/load-nested';
import { USUAL_BAND_OPACITY, USUAL_LINE_WIDTH } from '../../view/band-chart/look';
import { BaselinePanel } from './BaselinePanel';
import { BASELINE_DEFAULTS, completeOptions, type BaselineFieldConfig, type BaselineOptions } from './options';
import { baselineSuggestions } from './suggestions';

await initNestedTranslations();

export const plugin = new PanelPlugin<BaselineOptions, BaselineFieldConfig>(BaselinePanel)
  .setMigrationHandler(({ options }) => completeOptions(options))
  .setSuggestionsSupplier(baselineSuggestions)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: false },
        defaultValue: { mode: FieldColorModeId.Fixed, fixedColor: 'blue' },
      },
    },
    disableStandardOptions: [
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Mappings,
      FieldConfigProperty.NoValue,
      FieldConfigProperty.Links,
      FieldConfigProperty.Filterable,
    ],
    useCustomConfig: (builder) => {
      const category = [t('panel.baseline.category', 'Baseline')];
      builder
        .addSliderInput({
          path: 'lineWidth',
          name: t('panel.baseline.line-width', 'Line width'),
          category,
          defaultValue: USUAL_LINE_WIDTH,
          settings: { min: 0.5, max: 5, step: 0.5 },
        })
        .addSliderInput({
          path: 'bandOpacity',
          name: t('panel.baseline.band-opacity', 'Band opacity'),
          category,
          defaultValue: USUAL_BAND_OPACITY,
          settings: { min: 0, max: 100, step: 1 },
        });
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addBooleanSwitch({
        path: 'showExpected',
        name: t('panel.baseline.show-expected', 'Expected value'),
        description: t('panel.baseline.show-expected-text', 'The most likely value within the band, dashed'),
        defaultValue: BASELINE_DEFAULTS.showExpected,
      })
      .addBooleanSwitch({
        path: 'showReferences',
        name: t('panel.baseline.show-references', 'Targets and limits'),
        description: t(
          'panel.baseline.show-references-text',
          'Target, least and most replicas, where they are queried',
        ),
        defaultValue: BASELINE_DEFAULTS.showReferences,
      })
      .addBooleanSwitch({
        path: 'showAnomalies',
        name: t('panel.baseline.show-anomalies', 'Anomalies'),
        description: t(
          'panel.baseline.show-anomalies-text',
          'From a query of anomalies in this panel, or from annotations of the dashboard',
        ),
        defaultValue: BASELINE_DEFAULTS.showAnomalies,
      })
      .addBooleanSwitch({
        path: 'showLegend',
        name: t('panel.baseline.show-legend', 'Legend'),
        defaultValue: BASELINE_DEFAULTS.showLegend,
      });
  });
