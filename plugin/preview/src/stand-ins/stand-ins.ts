import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import type { SetFieldConfigOptionsArgs } from '@grafana/data';
import { BarsStandIn, StatStandIn } from './ValuesStandIn';
import { TableStandIn } from './TableStandIn';
import { TimeSeriesStandIn } from './TimeSeriesStandIn';

/** Custom options of a core panel, by name, with what it draws where nothing is said. */
const custom = (defaults: Record<string, unknown>): SetFieldConfigOptionsArgs<object> => ({
  useCustomConfig: (builder) => {
    for (const [path, defaultValue] of Object.entries(defaults))
      builder.addCustomEditor({
        id: path,
        path: path,
        name: path,
        defaultValue: defaultValue as never,
        editor: () => null,
        override: () => null,
        process: (value: unknown) => value,
        shouldApply: () => true,
      });
  },
});

const byThresholds = {
  standardOptions: {
    [FieldConfigProperty.Color]: { defaultValue: { mode: 'thresholds' } },
  },
};

/** Grafana's own panels are no packages: these draw what the bundled dashboards ask of them, simply. */
export const STAND_INS: Record<string, PanelPlugin | undefined> = {
  timeseries: new PanelPlugin(TimeSeriesStandIn as never).useFieldConfig({
    standardOptions: { [FieldConfigProperty.Color]: { defaultValue: { mode: 'palette-classic' } } },
    ...custom({
      drawStyle: 'line',
      lineInterpolation: 'linear',
      lineWidth: 1,
      fillOpacity: 0,
      gradientMode: 'none',
      showPoints: 'auto',
      pointSize: 5,
      lineStyle: undefined,
      fillBelowTo: undefined,
      spanNulls: false,
      insertNulls: false,
      axisPlacement: 'auto',
      axisLabel: undefined,
      axisSoftMin: undefined,
      axisSoftMax: undefined,
      hideFrom: undefined,
    }),
  }),
  stat: new PanelPlugin(StatStandIn as never).useFieldConfig(byThresholds),
  bargauge: new PanelPlugin(BarsStandIn as never).useFieldConfig(byThresholds),
  table: new PanelPlugin(TableStandIn as never).useFieldConfig(
    custom({
      align: 'auto',
      width: undefined,
      minWidth: undefined,
      filterable: false,
      cellOptions: { type: 'auto' },
    }),
  ),
};
