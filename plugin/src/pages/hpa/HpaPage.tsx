import { css } from '@emotion/css';
import { getTimeZone, rangeUtil, type GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { PluginPage } from '@grafana/runtime';
import { Tab, TabsBar, useStyles2 } from '@grafana/ui';
import { useCallback } from 'react';
import { useParams } from 'react-router';
import type { HpaKey } from '../../api/agent-client';
import { useAction } from '../../api/use-action';
import { useAgentData } from '../../api/use-agent-data';
import { APP_URL } from '../../ids';
import { ActionNotice } from '../../view/ActionNotice';
import { dataSourceUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { useAgent } from '../agent-context';
import { BaselineTab } from './BaselineTab';
import { HistoryTab } from './HistoryTab';
import { HpaActions } from './HpaActions';
import { HpaAnomaly } from './HpaAnomaly';
import { HpaHeader } from './HpaHeader';
import { HPA_TABS, isLive, type HpaTab } from './hpa-url';
import { NowTab } from './NowTab';
import { RangeControls } from './RangeControls';
import { useHpaView } from './use-hpa-view';
import { useNowData } from './use-now-data';

/** "What is it doing, is that usual, and since when not?" */
export default function HpaPage() {
  const { cluster = '', namespace = '', hpa = '' } = useParams();
  const title = `${namespace}/${hpa}`;
  return (
    <PluginPage
      pageNav={{
        text: title,
        subTitle: cluster,
        parentItem: { text: t('hpa.fleet', 'Fleet'), url: `${APP_URL}/fleet` },
      }}
    >
      <OneHpa key={`${cluster}/${title}`} hpaKey={{ cluster, namespace, hpa }} />
    </PluginPage>
  );
}

const tabName = (tab: HpaTab): string =>
  ({
    now: t('hpa.tab.now', 'Now'),
    baseline: t('hpa.tab.baseline', 'Baseline'),
    history: t('hpa.tab.history', 'History'),
  })[tab];

function OneHpa({ hpaKey }: { hpaKey: HpaKey }) {
  const { client, dataSource, canEdit } = useAgent();
  const styles = useStyles2(getStyles);
  const [view, change] = useHpaView();
  const { cluster, namespace, hpa } = hpaKey;
  const timeZone = view.timeZone ?? getTimeZone();
  const everyMs = view.refresh === '' ? null : rangeUtil.intervalToMs(view.refresh);
  const detail = useAgentData(
    useCallback(
      async (signal: AbortSignal) => (await client.hpa({ cluster, namespace, hpa }, {}, signal)).hpa,
      [client, cluster, namespace, hpa],
    ),
    everyMs,
  );
  const now = useNowData(client, hpaKey, view, timeZone, isLive(view) ? everyMs : null);
  const action = useAction();
  const isBusy = action.state.kind === 'running';
  const reload = (): void => {
    detail.reload();
    now.reload();
  };
  const { data, problem } = detail;
  return (
    <div className={styles.page} data-testid={TEST_IDS.hpa.page}>
      {problem && (
        <ProblemNotice
          problem={problem}
          staleSince={data === null ? null : detail.at}
          onRetry={reload}
          settingsUrl={dataSourceUrl(dataSource.uid)}
        />
      )}
      {data === null && problem === null && (
        <Skeleton
          testId={TEST_IDS.hpa.skeleton}
          label={t('hpa.loading', 'Reading the HPA')}
          heights={[18, 5, 33, 33]}
        />
      )}
      {data && (
        <>
          <HpaHeader
            hpa={data}
            actions={canEdit && <HpaActions {...{ client, isBusy }} hpa={data} run={action.run} onChanged={reload} />}
          />
          <ActionNotice state={action.state} onDismiss={action.dismiss} />
          <div className={styles.bar}>
            <TabsBar hideBorder>
              {HPA_TABS.map((tab) => (
                <Tab key={tab} label={tabName(tab)} active={view.tab === tab} onChangeTab={() => change({ tab })} />
              ))}
            </TabsBar>
            {view.tab === 'now' && (
              <RangeControls {...{ view, timeZone }} isLoading={now.isLoading} onChange={change} onRefresh={reload} />
            )}
          </div>
          {view.tab === 'now' && <NowTab held={now} timeZone={timeZone} onChange={change} />}
          {view.tab === 'baseline' && (
            <BaselineTab {...{ client, hpaKey, canEdit, isBusy, timeZone }} run={action.run} />
          )}
          {view.tab === 'history' && (
            <HistoryTab client={client} hpaKey={hpaKey} onAnomaly={(id) => change({ anomaly: id })} />
          )}
        </>
      )}
      {view.anomaly !== null && (
        <HpaAnomaly
          key={view.anomaly}
          id={view.anomaly}
          client={client}
          canEdit={canEdit}
          onClose={() => change({ anomaly: null })}
          onChanged={reload}
        />
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
    justifyContent: 'space-between',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
});
