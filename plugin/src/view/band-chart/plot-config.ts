import type { GrafanaTheme2, TimeZone } from '@grafana/data';
import {
  AxisPlacement,
  DrawStyle,
  LineInterpolation,
  PointVisibility,
  ScaleDirection,
  ScaleOrientation,
  UPlotConfigBuilder,
  type UPlotChart,
} from '@grafana/ui';
import type { ComponentProps } from 'react';
import type { LineLook, Look } from './look';
import type { Span } from './model';
import { partId, type Part } from './parts';

type ChartProps = ComponentProps<typeof UPlotChart>;
/** An instance of the plotting library inside @grafana/ui. */
export type Plot = Parameters<NonNullable<ChartProps['plotRef']>>[0];

const VALUE_SCALE = 'y';
const MARKER_ROOM_PX = 20;
const BARE_ROOM_PX = 8;
const HOVERED_POINT_PX = 8;

export type PlotSettings = {
  theme: GrafanaTheme2;
  timeZone: TimeZone;
  look: Look;
  parts: readonly Part[];
  hidden: ReadonlySet<string>;
  isStepped: boolean;
  /** Anomalies are marked over the plot. */
  hasMarkers: boolean;
  /** Read at each drawing, so that a moving range needs no new plot. */
  getSpan: () => Span;
  format: (value: number) => string;
  min: number | undefined;
  max: number | undefined;
  softMin: number | undefined;
  softMax: number | undefined;
  decimals: number | undefined;
  axisWidth: number | undefined;
  drawBehind: (plot: Plot) => void;
  drawOver: (plot: Plot) => void;
};

export function plotConfig(settings: PlotSettings): UPlotConfigBuilder {
  const { theme, timeZone, look, parts, hidden, getSpan, format } = settings;
  const config = new UPlotConfigBuilder(timeZone);
  config.setPadding([settings.hasMarkers ? MARKER_ROOM_PX : BARE_ROOM_PX, null, null, null]);
  config.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: () => {
      const { from, to } = getSpan();
      return [from, to];
    },
  });
  config.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone, theme });
  config.addScale({
    scaleKey: VALUE_SCALE,
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    ...(settings.min !== undefined && { min: settings.min }),
    ...(settings.max !== undefined && { max: settings.max }),
    ...(settings.softMin !== undefined && { softMin: settings.softMin }),
    ...(settings.softMax !== undefined && { softMax: settings.softMax }),
    ...(settings.decimals !== undefined && { decimals: settings.decimals }),
  });
  config.addAxis({
    scaleKey: VALUE_SCALE,
    placement: AxisPlacement.Left,
    theme,
    formatValue: format,
    ...(settings.decimals !== undefined && { decimals: settings.decimals }),
    ...(settings.axisWidth !== undefined && { size: settings.axisWidth }),
  });
  for (const part of parts) {
    const { color, width, style } = lookOfPart(part, look);
    config.addSeries({
      scaleKey: VALUE_SCALE,
      theme,
      show: !hidden.has(partId(part)),
      drawStyle: DrawStyle.Line,
      lineInterpolation: isStep(part, settings.isStepped) ? LineInterpolation.StepAfter : LineInterpolation.Linear,
      lineColor: color,
      lineWidth: width,
      ...(style && { lineStyle: style }),
      showPoints: part.kind === 'value' ? PointVisibility.Auto : PointVisibility.Never,
      pointSize: part.kind === 'value' ? HOVERED_POINT_PX / 2 : 0,
    });
  }
  if (parts[0]?.kind === 'band') config.addBand({ series: [1, 2], fill: look.band.fill, dir: -1 });
  const valueIndex = parts.length;
  config.setCursor({ points: { size: (_plot, index) => (index === valueIndex ? HOVERED_POINT_PX : 0) } });
  config.addHook('drawClear', settings.drawBehind);
  config.addHook('draw', settings.drawOver);
  return config;
}

/** Replicas, their limits and targets change at once; what is usual moves slowly. */
const isStep = (part: Part, isStepped: boolean): boolean =>
  part.kind === 'reference' || (part.kind === 'value' && isStepped);

export function lookOfPart(part: Part, look: Look): LineLook {
  if (part.kind === 'value') return look.value;
  if (part.kind === 'expected') return look.expected;
  if (part.kind === 'reference') return look.references[part.reference.kind];
  return { color: look.band.color, width: 0 };
}
