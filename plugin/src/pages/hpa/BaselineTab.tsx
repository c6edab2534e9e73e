import { t } from '@grafana/i18n';
import type { BaselineAnswer } from '@hpa-watch/agent/contract';
import { useCallback } from 'react';
import type { AgentClient, HpaKey } from '../../api/agent-client';
import type { Action } from '../../api/use-action';
import { useAgentData } from '../../api/use-agent-data';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { bandOf, CHART_METRICS, type HpaChart } from './charts';
import { BaselineFacts } from './BaselineFacts';
import { ChartGrid } from './ChartGrid';
import { MetricChart } from './MetricChart';

type Props = {
  client: AgentClient;
  hpaKey: HpaKey;
  canEdit: boolean;
  isBusy: boolean;
  run: (action: Action) => void;
  timeZone: string;
};

const EVERY_MS = 60_000;
const MOST_POINTS = 300;
const SYNC_KEY = 'hpa-day';

/** What is usual on such a day, with today drawn over it, and what that is made of. */
export function BaselineTab({ client, hpaKey: { cluster, namespace, hpa }, canEdit, isBusy, run, timeZone }: Props) {
  const read = useCallback(
    (signal: AbortSignal) =>
      client.baseline({ cluster, namespace, hpa }, { day: 'today', observed: 'true', max_points: MOST_POINTS }, signal),
    [client, cluster, namespace, hpa],
  );
  const { data, problem, at, reload } = useAgentData(read, EVERY_MS);
  return (
    <div data-testid={TEST_IDS.hpa.baseline}>
      {problem && <ProblemNotice problem={problem} staleSince={data === null ? null : at} onRetry={reload} />}
      {data === null && problem === null && (
        <Skeleton
          testId={TEST_IDS.hpa.skeleton}
          label={t('hpa.loading-baseline', 'Reading the baseline')}
          heights={[16, 33, 33]}
        />
      )}
      {data && (
        <>
          <BaselineFacts {...{ client, canEdit, isBusy, run }} answer={data} onChanged={reload} />
          <ChartGrid>
            {dayCharts(data).map((chart) => (
              <MetricChart
                key={chart.metric}
                chart={chart}
                span={{ from: Date.parse(data.from), to: Date.parse(data.to) }}
                now={at}
                timeZone={timeZone}
                syncKey={SYNC_KEY}
              />
            ))}
          </ChartGrid>
        </>
      )}
    </div>
  );
}

/** The day as usual, and as it was so far. */
export function dayCharts({ bands, observed }: Pick<BaselineAnswer, 'bands' | 'observed'>): HpaChart[] {
  const times = (observed?.timestamps ?? []).map((at) => Date.parse(at));
  return CHART_METRICS.map((metric) => ({
    metric,
    value: { times, values: observed?.values[metric] ?? [] },
    band: bandOf(bands[metric] ?? null),
    references: [],
    anomalies: [],
  }));
}
