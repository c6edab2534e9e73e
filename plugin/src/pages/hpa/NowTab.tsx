import { t } from '@grafana/i18n';
import type { AgentData } from '../../api/use-agent-data';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { ChartGrid } from './ChartGrid';
import type { HpaView } from './hpa-url';
import { MetricChart } from './MetricChart';
import type { NowData } from './use-now-data';

type Props = {
  held: AgentData<NowData>;
  timeZone: string;
  onChange: (change: Partial<HpaView>) => void;
};

const SYNC_KEY = 'hpa-now';

/** What it is doing, is that usual, and since when not. */
export function NowTab({ held: { data, problem, at, reload }, timeZone, onChange }: Props) {
  return (
    <div data-testid={TEST_IDS.hpa.now}>
      {problem && <ProblemNotice problem={problem} staleSince={data === null ? null : at} onRetry={reload} />}
      {data === null && problem === null && (
        <Skeleton
          testId={TEST_IDS.hpa.skeleton}
          label={t('hpa.loading-charts', 'Reading the charts')}
          heights={[33, 33]}
        />
      )}
      {data && (
        <ChartGrid>
          {data.charts.map((chart) => (
            <MetricChart
              key={chart.metric}
              chart={chart}
              span={data.span}
              now={at}
              timeZone={timeZone}
              syncKey={SYNC_KEY}
              onAnomaly={({ id }) => onChange({ anomaly: id })}
              onZoom={({ from, to }) => onChange({ from: String(Math.round(from)), to: String(Math.round(to)) })}
            />
          ))}
        </ChartGrid>
      )}
    </div>
  );
}
