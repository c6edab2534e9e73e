import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, EmptyState, Field, LinkButton, useStyles2 } from '@grafana/ui';
import { useCallback, useId, useState } from 'react';
import type { Agent } from '../../api/agent';
import { AgentProblem } from '../../api/problem';
import { useAgentData } from '../../api/use-agent-data';
import { EnrolmentList } from '../../view/enrolment/EnrolmentList';
import { dataSourceUrl, enrolUrl, newDataSourceUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { PanelBoundary } from '../PanelBoundary';
import { usePanelAgent } from '../use-panel-agent';
import { filteredClusters, type EnrolmentOptions } from './options';

const EVERY_MS = 30_000;

/** Enrol from a dashboard: pick a cluster, tick its HPAs, watch each come to its baseline. Viewers see the list without controls. */
export function EnrolmentPanel({ options, replaceVariables, width, height }: PanelProps<EnrolmentOptions>) {
  const styles = useStyles2(getStyles);
  const agent = usePanelAgent(options.dataSource, replaceVariables);
  const filter = replaceVariables(options.clusters, undefined, 'csv');
  return (
    <PanelBoundary>
      <div className={styles.panel} style={{ width, height }} data-testid={TEST_IDS.panel.enrolment}>
        {agent instanceof AgentProblem ? (
          <ProblemNotice problem={agent} staleSince={null} settingsUrl={newDataSourceUrl()} />
        ) : (
          <Clusters key={agent.dataSource.uid} agent={agent} filter={filter} />
        )}
      </div>
    </PanelBoundary>
  );
}

function Clusters({ agent, filter }: { agent: Agent; filter: string }) {
  const styles = useStyles2(getStyles);
  const { client, dataSource, canEdit } = agent;
  const read = useCallback(
    async (signal: AbortSignal) => (await client.clusters({}, signal)).clusters.map(({ name }) => name),
    [client],
  );
  const { data, problem, at, reload } = useAgentData(read, EVERY_MS);
  const [picked, setPicked] = useState<string | null>(null);
  const inputId = useId();
  const settingsUrl = dataSourceUrl(dataSource.uid);

  const notice = problem && (
    <ProblemNotice
      problem={problem}
      staleSince={data === null ? null : at}
      onRetry={reload}
      settingsUrl={settingsUrl}
    />
  );
  if (data === null)
    return (
      notice ?? (
        <Skeleton
          testId={TEST_IDS.panel.skeleton}
          label={t('panel.enrolment.loading', 'Reading the clusters')}
          heights={[4, 5, 5, 5]}
        />
      )
    );
  const clusters = filteredClusters(data, filter);
  const cluster = clusters.find((name) => name === picked) ?? clusters[0];
  if (cluster === undefined) return <NoCluster isFiltered={data.length > 0} canEdit={canEdit} />;
  return (
    <>
      {notice}
      {clusters.length > 1 && (
        <Field label={t('panel.enrolment.cluster', 'Cluster')} htmlFor={inputId} noMargin>
          <Combobox
            id={inputId}
            width={40}
            options={clusters.map((name) => ({ label: name, value: name }))}
            value={cluster}
            onChange={({ value }) => setPicked(value)}
            data-testid={TEST_IDS.panel.cluster}
          />
        </Field>
      )}
      <div className={styles.list}>
        <EnrolmentList client={client} cluster={cluster} canEdit={canEdit} settingsUrl={settingsUrl} />
      </div>
    </>
  );
}

const NoCluster = ({ isFiltered, canEdit }: { isFiltered: boolean; canEdit: boolean }) => (
  <EmptyState
    variant="not-found"
    message={
      isFiltered
        ? t('panel.enrolment.none-chosen', 'None of the chosen clusters is known to the agent')
        : t('panel.enrolment.none', 'The agent knows no cluster yet')
    }
    button={
      canEdit && !isFiltered ? (
        <LinkButton icon="plus" href={enrolUrl()}>
          {t('panel.enrolment.add', 'Add a cluster')}
        </LinkButton>
      ) : undefined
    }
  />
);

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), overflow: 'auto' }),
  list: css({ flex: '1 1 auto', minHeight: 0 }),
});
