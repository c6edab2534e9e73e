import { css } from '@emotion/css';
import {
  DashboardCursorSync,
  getFieldDisplayName,
  LoadingState,
  type GrafanaTheme2,
  type PanelProps,
} from '@grafana/data';
import { t } from '@grafana/i18n';
import { PanelDataErrorView } from '@grafana/runtime';
import { usePanelContext, useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import { TEST_IDS } from '../../view/test-ids';
import { PanelBoundary } from '../PanelBoundary';
import { anomaliesIn, anomaliesOf } from './anomaly-frames';
import { ChartOfPanel } from './ChartOfPanel';
import { chartsOf, hasPoints } from './charts';
import { heightOfEach, NAME_HEIGHT } from './heights';
import type { BaselineOptions } from './options';

/** The same for charts under each other, so that their times lie under each other too. */
const AXIS_WIDTH_PX = 64;

/** A value, what is usual at this hour, and where it departs from it; for several HPAs or metrics one chart over the other. */
export const BaselinePanel = (props: PanelProps<BaselineOptions>) => (
  <PanelBoundary>
    <Charts {...props} />
  </PanelBoundary>
);

function Charts({
  id,
  data,
  options,
  fieldConfig,
  timeZone,
  width,
  height,
  onChangeTimeRange,
}: PanelProps<BaselineOptions>) {
  const styles = useStyles2(getStyles);
  const { sync, eventsScope } = usePanelContext();
  const { series, annotations, timeRange } = data;
  const charts = useMemo(() => chartsOf(series).filter(hasPoints), [series]);
  const placed = useMemo(() => {
    const anomalies = options.showAnomalies ? anomaliesIn([...series, ...(annotations ?? [])]) : [];
    return charts.map((chart) => ({ chart, anomalies: anomaliesOf(chart, anomalies) }));
  }, [charts, series, annotations, options.showAnomalies]);
  // When the data came: `data` is new with each answer.
  const now = useMemo(() => (data.state === LoadingState.NotStarted ? null : Date.now()), [data]);

  if (charts.length === 0)
    return (
      <PanelDataErrorView
        panelId={id}
        data={data}
        fieldConfig={fieldConfig}
        message={t(
          'panel.baseline.no-data',
          'Nothing to draw in this time range. Query values over time or the band of an HPA from an HPA Watch data source.',
        )}
        suggestions={[asTable()]}
      />
    );

  const isShared = sync?.() !== undefined && sync() !== DashboardCursorSync.Off;
  const each = heightOfEach(height, charts.length);
  const isOne = charts.length === 1;
  return (
    <div className={styles.scroll} style={{ width, height }} data-testid={TEST_IDS.panel.baseline}>
      {placed.map(({ chart, anomalies }, index) => (
        <section key={chart.key}>
          {!isOne && <h6 className={styles.name}>{getFieldDisplayName(chart.field, chart.frame, series)}</h6>}
          <ChartOfPanel
            {...{ chart, anomalies, series, options, now, timeZone, width }}
            range={timeRange}
            height={each}
            axisWidth={isOne ? undefined : AXIS_WIDTH_PX}
            // One legend says it for all.
            hasLegend={options.showLegend && index === placed.length - 1}
            syncKey={isShared ? eventsScope : isOne ? undefined : `hpawatch-baseline-${id}`}
            onZoom={onChangeTimeRange}
          />
        </section>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'hidden', overflowY: 'auto' }),
  name: css({
    height: theme.spacing(NAME_HEIGHT),
    margin: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.spacing(NAME_HEIGHT),
  }),
});

/** Grafana 13 tells suggestions apart by `hash`, which Grafana 12 does not know. */
const asTable = () => {
  const suggestion = { name: t('panel.baseline.as-table', 'Show as a table'), pluginId: 'table', hash: 'table' };
  return suggestion;
};
