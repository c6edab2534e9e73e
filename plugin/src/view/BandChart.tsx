import { css } from '@emotion/css';
import type { TimeZone } from '@grafana/data';
import { useStyles2, useTheme2, VizLayout } from '@grafana/ui';
import { useCallback, useMemo, useRef, useState } from 'react';
import { BandPlot } from './band-chart/BandPlot';
import { ChartLegend } from './band-chart/ChartLegend';
import { withGaps } from './band-chart/align';
import { lookOf, type LookOptions } from './band-chart/look';
import type { Band, ChartAnomaly, Line, Reference, Span } from './band-chart/model';
import { areSameParts, partsOf } from './band-chart/parts';
import { chartSummary } from './band-chart/summary';
import { TEST_IDS } from './test-ids';
import { useSteady } from './use-steady';
import { useWidth } from './use-width';

export type BandChartProps = LookOptions & {
  /** Of the value, such as "CPU". Stands in legend, tooltip and the text for screen readers. */
  name: string;
  /** Keep it, and all other objects given here, the same (useMemo) while they do not change: a new one is drawn anew. */
  value: Line;
  /** null: nothing is learned yet. */
  band: Band | null;
  /** Targets, limits and what is desired, in steps. */
  references?: readonly Reference[];
  anomalies?: readonly ChartAnomaly[];
  /** What is shown; may end after now: the band goes on there. */
  span: Span;
  /** Epoch ms: a line there. null: none; what still fires then reaches to the end of the range. */
  now?: number | null;
  timeZone: TimeZone;
  /** A value with its unit: `formatMetric` of ./format, or a display processor. Keep the function the same. */
  format: (value: number) => string;
  /** Values that come whole and hold until the next, such as replicas: drawn in steps. */
  isStepped?: boolean;
  /** Fixed ends of the value axis. */
  min?: number | undefined;
  max?: number | undefined;
  /** Ends of the value axis that are kept unless values lie beyond. */
  softMin?: number | undefined;
  softMax?: number | undefined;
  decimals?: number | undefined;
  /** Room for the numbers of the value axis, px: the same for charts that stand over each other. By default what they need. */
  axisWidth?: number | undefined;
  height: number;
  /** By default that of the parent, followed. */
  width?: number | undefined;
  hasLegend?: boolean;
  /** Charts with the same key share one cursor. */
  syncKey?: string | undefined;
  /** A mark was clicked. */
  onAnomaly?: ((anomaly: ChartAnomaly) => void) | undefined;
  /** A span was drawn with the mouse; a double click asks for twice the time. */
  onZoom?: ((span: Span) => void) | undefined;
};

const NONE: readonly never[] = [];

/**
 * A value over time, what is usual then, what it is compared with, and where it departs from that. Says the same in words to screen readers;
 * the counts of what is drawn stand in `data-points`, `data-band` and `data-anomalies`.
 */
export function BandChart(props: BandChartProps) {
  const { name, value, band, references = NONE, anomalies = NONE, height, format, hasLegend = true } = props;
  const { color, lineWidth, bandOpacity } = props;
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const box = useRef<HTMLDivElement>(null);
  const measured = useWidth(box);
  const width = props.width ?? measured;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());

  const look = useMemo(() => lookOf(theme, { color, lineWidth, bandOpacity }), [theme, color, lineWidth, bandOpacity]);
  const model = useMemo(
    () => ({ value: withGaps(value), band, references, anomalies }),
    [value, band, references, anomalies],
  );
  const parts = useSteady(partsOf(model), areSameParts);
  const toggle = useCallback(
    (id: string) => setHidden((was) => new Set(was.has(id) ? [...was].filter((one) => one !== id) : [...was, id])),
    [],
  );
  const legend = hasLegend ? (
    <VizLayout.Legend placement="bottom" maxHeight="35%">
      <ChartLegend name={name} parts={parts} look={look} hidden={hidden} onToggle={toggle} />
    </VizLayout.Legend>
  ) : null;

  return (
    <div
      ref={box}
      className={styles.box}
      style={{ height }}
      role="group"
      aria-label={chartSummary(name, model, format)}
      data-testid={TEST_IDS.bandChart.root}
      data-points={value.values.filter((one) => one !== null).length}
      data-band={band?.times.length ?? 0}
      data-anomalies={anomalies.length}
    >
      {width > 0 && (
        <VizLayout width={width} height={height} legend={legend}>
          {(plotWidth, plotHeight) => (
            <BandPlot {...props} {...{ model, parts, look, hidden }} width={plotWidth} height={plotHeight} />
          )}
        </VizLayout>
      )}
    </div>
  );
}

const getStyles = () => ({ box: css({ position: 'relative', width: '100%', minWidth: 0 }) });
