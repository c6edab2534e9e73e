import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { t, Trans } from '@grafana/i18n';
import { Alert, EmptyState, LinkButton, useStyles2 } from '@grafana/ui';
import type { AgentClient } from '../../api/agent-client';
import { dataSourceUrl, enrolUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { clockCorrectionMs } from '../../view/schedule/cycle';
import { SchedulePicture } from '../../view/schedule/SchedulePicture';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { useNow } from '../../view/use-now';
import { useAgent } from '../agent-context';
import { AgentTable } from './AgentTable';
import { ClusterTable } from './ClusterTable';
import { CycleLine } from './CycleLine';
import { useSchedule, type HeldSchedule } from '../../view/schedule/use-schedule';

/** "Is the watching itself healthy?" */
export default function SchedulePage() {
  const { client, dataSource, canEdit } = useAgent();
  const styles = useStyles2(getStyles);
  const { data, problem, isLoading, at, reload } = useSchedule(client);
  return (
    <PluginPage
      subTitle={t('schedule.subtitle', 'Whose turn it is, and whether every cluster is reached and scanned in time')}
    >
      <div className={styles.page} data-testid={TEST_IDS.schedule.page}>
        {problem && (
          <ProblemNotice
            problem={problem}
            staleSince={data === null ? null : at}
            onRetry={reload}
            settingsUrl={dataSourceUrl(dataSource.uid)}
          />
        )}
        {data === null && isLoading && (
          <Skeleton
            testId={TEST_IDS.schedule.skeleton}
            label={t('schedule.loading', 'Reading the schedule')}
            heights={[6, 30, 20]}
          />
        )}
        {data !== null && <Schedule held={data} client={client} canEdit={canEdit} />}
      </div>
    </PluginPage>
  );
}

type ScheduleProps = { held: HeldSchedule; client: AgentClient; canEdit: boolean };

function Schedule({ held: { schedule, aheadMs }, client, canEdit }: ScheduleProps) {
  const correction = clockCorrectionMs(aheadMs);
  const now = useNow(1_000) + correction;
  if (schedule.clusters.length === 0) return <Idle canEdit={canEdit} />;
  const { cadence_exceeded, cycle_duration } = schedule.configuration;
  return (
    <>
      {cadence_exceeded && (
        <Alert
          severity="warning"
          title={t('schedule.cadence.title', 'One cycle takes {{cycle}}: longer than a minute', {
            cycle: cycle_duration,
          })}
          data-testid={TEST_IDS.schedule.cadence}
        >
          <Trans i18nKey="schedule.cadence.text">
            No sample is lost, but anomalies are seen later. Set <code>lanes: auto</code> in the settings file of the
            agent and start it anew: it then opens as many lanes as keep the cycle within 60 s.
          </Trans>
        </Alert>
      )}
      <CycleLine schedule={schedule} now={now} />
      <SchedulePicture schedule={schedule} clockAheadMs={correction} />
      <ClusterTable clusters={schedule.clusters} now={now} />
      <AgentTable client={client} now={now} />
    </>
  );
}

const Idle = ({ canEdit }: { canEdit: boolean }) => (
  <div data-testid={TEST_IDS.schedule.idle}>
    <EmptyState
      variant="call-to-action"
      message={t('schedule.idle.title', 'No cluster is watched yet')}
      button={
        canEdit ? (
          <LinkButton icon="plus" size="lg" href={enrolUrl()}>
            <Trans i18nKey="schedule.idle.enrol">Add a cluster and enrol its HPAs</Trans>
          </LinkButton>
        ) : undefined
      }
    >
      {canEdit ? (
        <Trans i18nKey="schedule.idle.text">The agent is idle. It begins its cycle with the first cluster.</Trans>
      ) : (
        <Trans i18nKey="schedule.idle.ask">The agent is idle. Ask an editor to add a cluster and enrol its HPAs.</Trans>
      )}
    </EmptyState>
  </div>
);

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
});
