import type { PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { TimeSeries, TooltipDisplayMode, type UPlotConfigBuilder } from '@grafana/ui';
import { useEffect } from 'react';
import { markAnnotations } from './mark-annotations';

type Options = { legend: { displayMode: string; placement: string; showLegend: boolean; calcs: string[] } };

/** Lines, bands by `fillBelowTo`, and the dashboard's annotations; no tooltip of its own. */
export function TimeSeriesStandIn({
  id,
  data,
  width,
  height,
  timeRange,
  timeZone,
  options,
  fieldConfig,
}: PanelProps<Options>) {
  if (data.series.length === 0)
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} needsTimeField needsNumberField />;
  return (
    <TimeSeries
      frames={data.series}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={options.legend as never}
      options={{ tooltip: TooltipDisplayMode.Multi }}
    >
      {(builder) => <Annotations builder={builder} annotations={data.annotations ?? []} />}
    </TimeSeries>
  );
}

function Annotations({
  builder,
  annotations,
}: {
  builder: UPlotConfigBuilder;
  annotations: PanelProps['data']['series'];
}) {
  useEffect(() => {
    builder.addHook('draw', (plot) => markAnnotations(plot, annotations));
  }, [builder, annotations]);
  return null;
}
