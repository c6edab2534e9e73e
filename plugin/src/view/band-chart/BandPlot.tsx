import { DashboardCursorSync, type TimeZone } from '@grafana/data';
import { KeyboardPlugin, TooltipPlugin2, UPlotChart, useTheme2 } from '@grafana/ui';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { AnomalyMarkers } from './AnomalyMarkers';
import { drawAnomalies, drawNow } from './canvas';
import type { Look } from './look';
import type { PlotArea } from './markers';
import type { ChartAnomaly, ChartModel, Span } from './model';
import { tableOf, type Part } from './parts';
import { plotConfig, type Plot } from './plot-config';
import { readAt } from './reading';
import { ReadingTooltip } from './ReadingTooltip';

/** TooltipHoverMode.xAll: @grafana/ui does not export the enum. */
const HOVER_ALL = 1;

type Props = {
  name: string;
  model: ChartModel;
  parts: readonly Part[];
  look: Look;
  hidden: ReadonlySet<string>;
  span: Span;
  now?: number | null;
  timeZone: TimeZone;
  format: (value: number) => string;
  isStepped?: boolean;
  min?: number | undefined;
  max?: number | undefined;
  softMin?: number | undefined;
  softMax?: number | undefined;
  decimals?: number | undefined;
  axisWidth?: number | undefined;
  width: number;
  height: number;
  syncKey?: string | undefined;
  onAnomaly?: ((anomaly: ChartAnomaly) => void) | undefined;
  onZoom?: ((span: Span) => void) | undefined;
};

/** The plot of a band chart: what ../BandChart shows without its legend. */
export function BandPlot(props: Props) {
  const { name, model, parts, look, hidden, span, now = null, timeZone, format, isStepped = false } = props;
  const { min, max, softMin, softMax, decimals, axisWidth, width, height, syncKey, onAnomaly, onZoom } = props;
  const hasMarkers = model.anomalies.length > 0;
  const theme = useTheme2();
  const [area, setArea] = useState<PlotArea | null>(null);
  const plot = useRef<Plot | null>(null);
  // What the drawing reads: it changes more often than the plot is made anew.
  const drawn = useRef({ span, now, model });
  useLayoutEffect(() => {
    drawn.current = { span, now, model };
  }, [span, now, model]);

  const config = useMemo(
    () =>
      plotConfig({
        ...{
          theme,
          timeZone,
          look,
          parts,
          hidden,
          isStepped,
          hasMarkers,
          format,
          min,
          max,
          softMin,
          softMax,
          decimals,
          axisWidth,
        },
        getSpan: () => drawn.current.span,
        drawBehind: (target) => {
          const { model: shown, span: range, now: moment } = drawn.current;
          drawAnomalies(target, shown.anomalies, moment ?? range.to, theme);
        },
        drawOver: (target) => {
          if (drawn.current.now !== null) drawNow(target, drawn.current.now, theme);
          setArea((was) => nextArea(was, target));
        },
      }),
    [
      theme,
      timeZone,
      look,
      parts,
      hidden,
      isStepped,
      hasMarkers,
      format,
      min,
      max,
      softMin,
      softMax,
      decimals,
      axisWidth,
    ],
  );

  const table = useMemo(() => tableOf(model, span), [model, span]);
  useLayoutEffect(() => {
    // UPlotChart passes data over when the size changes with it.
    if (plot.current !== null && plot.current.data !== (table as unknown)) plot.current.setData(table);
    else plot.current?.redraw(false);
  }, [table, now]);

  return (
    <UPlotChart
      key={config.uid}
      config={config}
      data={table}
      width={width}
      height={height}
      plotRef={(made) => {
        plot.current = made;
      }}
    >
      <KeyboardPlugin config={config} />
      <TooltipPlugin2
        config={config}
        hoverMode={HOVER_ALL}
        syncMode={syncKey === undefined ? DashboardCursorSync.Off : DashboardCursorSync.Crosshair}
        {...(syncKey !== undefined && { syncScope: syncKey })}
        {...(onZoom && { queryZoom: onZoom })}
        render={(target) => {
          const at = target.data[0][target.cursor.idx ?? -1];
          if (at === undefined) return null;
          return <ReadingTooltip reading={readAt(model, at)} {...{ name, look, timeZone, format }} />;
        }}
      />
      {area !== null && <AnomalyMarkers anomalies={model.anomalies} area={area} onAnomaly={onAnomaly} />}
    </UPlotChart>
  );
}

/** The same object while nothing moved, so that drawing does not render again. */
function nextArea(was: PlotArea | null, { bbox, scales }: Plot): PlotArea | null {
  const { min, max } = scales['x'] ?? {};
  if (min === undefined || min === null || max === undefined || max === null) return was;
  const [left, top, width] = [bbox.left, bbox.top, bbox.width].map((px) => px / devicePixelRatio);
  const area = { left: left ?? 0, top: top ?? 0, width: width ?? 0, from: min, to: max };
  const keys = Object.keys(area) as (keyof PlotArea)[];
  return was !== null && keys.every((key) => was[key] === area[key]) ? was : area;
}
