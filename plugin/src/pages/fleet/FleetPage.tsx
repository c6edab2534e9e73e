import { css } from '@emotion/css';
import { rangeUtil, type GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { PluginPage } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import type { HpaItem } from '@hpa-watch/agent/contract';
import { useCallback, useMemo } from 'react';
import { readHpas, type ChangedList } from '../../api/changed-list';
import type { AgentProblem } from '../../api/problem';
import { useAgentData } from '../../api/use-agent-data';
import { dataSourceUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { useAgent } from '../agent-context';
import { AgentNotices } from './AgentNotices';
import { AttentionList } from './AttentionList';
import { choicesOf, matches } from './fleet-choices';
import { FleetEmpty, FleetNoMatch } from './FleetEmpty';
import { sortItems } from './fleet-sort';
import { FleetTable } from './FleetTable';
import { FleetToolbar } from './FleetToolbar';
import { DEFAULT_VIEW, isFiltered } from './fleet-url';
import { useFleetView } from './use-fleet-view';

/** Steps of spacing: the attention, then the heading and rows of the table. */
const SKELETON = [13, 62];

/** "Which HPAs need me now?" */
export default function FleetPage() {
  const { client, dataSource, canEdit } = useAgent();
  const styles = useStyles2(getStyles);
  const [view, change] = useFleetView();
  const everyMs = view.refresh === '' ? null : rangeUtil.intervalToMs(view.refresh);
  const list = useAgentData<ChangedList<HpaItem>>(
    useCallback((signal, before) => readHpas(client, {}, before, signal), [client]),
    everyMs,
  );
  const summary = useAgentData(
    useCallback((signal: AbortSignal) => client.summary({}, signal), [client]),
    everyMs,
  );
  const items = list.data?.items;
  const { clusters, namespaces } = useMemo(() => choicesOf(items ?? [], view.cluster), [items, view.cluster]);
  const rows = useMemo(
    () =>
      sortItems(
        [...(items?.values() ?? [])].filter((item) => matches(item, view)),
        view.sort,
      ),
    [items, view],
  );
  const reload = (): void => {
    list.reload();
    summary.reload();
  };
  const problem = list.problem ?? summary.problem;
  return (
    <PluginPage subTitle={t('fleet.subtitle', 'Which HPAs need you now, and how every other one is')}>
      <div className={styles.page} data-testid={TEST_IDS.fleet.page}>
        <FleetToolbar
          view={view}
          clusters={clusters}
          namespaces={namespaces}
          isLoading={list.isLoading}
          onChange={change}
          onRefresh={reload}
        />
        {problem && (
          <ProblemNotice
            problem={problem}
            staleSince={list.data === null ? null : list.at}
            onRetry={reload}
            settingsUrl={dataSourceUrl(dataSource.uid)}
          />
        )}
        {summary.data && (
          <AgentNotices notices={summary.data.notices.filter((one) => !isToldAlready(one.code, problem))} />
        )}
        {problem === null && (items === undefined || summary.data === null) && (
          <Skeleton
            testId={TEST_IDS.fleet.skeleton}
            label={t('fleet.loading', 'Reading the fleet')}
            heights={SKELETON}
          />
        )}
        {items && items.length === 0 && <FleetEmpty canEdit={canEdit} />}
        {items && items.length > 0 && (summary.data || problem) && (
          <>
            {summary.data && <AttentionList summary={summary.data} items={items} />}
            {rows.length === 0 && isFiltered(view) ? (
              <FleetNoMatch onClear={() => change({ ...DEFAULT_VIEW, sort: view.sort, refresh: view.refresh })} />
            ) : (
              <FleetTable
                rows={rows}
                client={client}
                window={view.window}
                sort={view.sort}
                onSort={(sort) => change({ sort })}
              />
            )}
          </>
        )}
      </div>
    </PluginPage>
  );
}

const isToldAlready = (code: string, problem: AgentProblem | null): boolean =>
  problem?.kind === 'database' && code === 'database/away';

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
});
