import {
  getFieldDisplayValues,
  VizOrientation,
  type FieldDisplay,
  type PanelProps,
  type ReduceDataOptions,
} from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { BarGauge, BigValue, BigValueColorMode, BigValueGraphMode, useTheme2, VizRepeater } from '@grafana/ui';
import type { ReactNode } from 'react';

type Shown = { value: FieldDisplay; width: number; height: number };
type Options = {
  reduceOptions: ReduceDataOptions;
  orientation?: VizOrientation;
  colorMode?: BigValueColorMode;
  textMode?: string;
  displayMode?: string;
};

/** Each value that the panel reduces its data to, side by side. */
function Values({ draw, ...props }: PanelProps<Options> & { draw: (shown: Shown) => ReactNode }) {
  const { id, data, fieldConfig, options, replaceVariables, timeZone, width, height } = props;
  const theme = useTheme2();
  const { reduceOptions, orientation = VizOrientation.Auto } = options;
  if (data.series.length === 0) return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />;
  return (
    <VizRepeater
      source={data}
      getValues={() =>
        getFieldDisplayValues({ fieldConfig, reduceOptions, replaceVariables, theme, data: data.series, timeZone })
      }
      renderValue={draw as never}
      width={width}
      height={height}
      orientation={orientation}
      renderCounter={0}
      itemSpacing={8}
    />
  );
}

export function StatStandIn(props: PanelProps<Options>) {
  const theme = useTheme2();
  return (
    <Values
      {...props}
      draw={({ value, width, height }) => (
        <BigValue
          value={value.display}
          width={width}
          height={height}
          theme={theme}
          colorMode={props.options.colorMode ?? BigValueColorMode.Value}
          graphMode={BigValueGraphMode.None}
          textMode={props.options.textMode as never}
        />
      )}
    />
  );
}

export function BarsStandIn(props: PanelProps<Options>) {
  const theme = useTheme2();
  return (
    <Values
      {...props}
      draw={({ value, width, height }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          width={width}
          height={height}
          theme={theme}
          orientation={props.options.orientation ?? VizOrientation.Horizontal}
          displayMode={(props.options.displayMode ?? 'basic') as never}
          isOverflow={false}
        />
      )}
    />
  );
}
