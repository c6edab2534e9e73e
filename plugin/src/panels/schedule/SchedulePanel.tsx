import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { EmptyState, useStyles2 } from '@grafana/ui';
import type { Agent } from '../../api/agent';
import { AgentProblem } from '../../api/problem';
import { dataSourceUrl, newDataSourceUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { clockCorrectionMs } from '../../view/schedule/cycle';
import { SchedulePicture } from '../../view/schedule/SchedulePicture';
import { useSchedule } from '../../view/schedule/use-schedule';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { PanelBoundary } from '../PanelBoundary';
import { usePanelAgent } from '../use-panel-agent';
import type { ScheduleOptions } from './options';

/** Whose turn it is: time slots, lanes and the state of each cluster's forward, counted on between two answers. */
export function SchedulePanel({ options, replaceVariables, width, height }: PanelProps<ScheduleOptions>) {
  const styles = useStyles2(getStyles);
  const agent = usePanelAgent(options.dataSource, replaceVariables);
  return (
    <PanelBoundary>
      <div className={styles.panel} style={{ width, height }} data-testid={TEST_IDS.panel.schedule}>
        {agent instanceof AgentProblem ? (
          <ProblemNotice problem={agent} staleSince={null} settingsUrl={newDataSourceUrl()} />
        ) : (
          <Schedule key={agent.dataSource.uid} agent={agent} options={options} />
        )}
      </div>
    </PanelBoundary>
  );
}

function Schedule({ agent, options }: { agent: Agent; options: ScheduleOptions }) {
  const { data, problem, isLoading, at, reload } = useSchedule(agent.client);
  return (
    <>
      {problem && (
        <ProblemNotice
          problem={problem}
          staleSince={data === null ? null : at}
          onRetry={reload}
          settingsUrl={dataSourceUrl(agent.dataSource.uid)}
        />
      )}
      {data === null && isLoading && (
        <Skeleton
          testId={TEST_IDS.panel.skeleton}
          label={t('schedule.loading', 'Reading the schedule')}
          heights={[4, 12, 12]}
        />
      )}
      {data !== null &&
        (data.schedule.clusters.length === 0 ? (
          <EmptyState variant="not-found" message={t('schedule.idle.title', 'No cluster is watched yet')} />
        ) : (
          <SchedulePicture
            schedule={data.schedule}
            clockAheadMs={clockCorrectionMs(data.aheadMs)}
            isCompact={options.compact}
            showErrors={options.showErrors}
          />
        ))}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), overflow: 'auto' }),
});
