import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { PluginPage } from '@grafana/runtime';
import { Button, EmptyState, Text, useStyles2 } from '@grafana/ui';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useMemo } from 'react';
import { AnomalyDrawer } from '../../view/AnomalyDrawer';
import { dataSourceUrl } from '../../view/links';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { useNow } from '../../view/use-now';
import { useAgent } from '../agent-context';
import { AnomaliesToolbar } from './AnomaliesToolbar';
import { DEFAULT_VIEW, isFiltered, type AnomaliesView } from './anomalies-url';
import { AnomalyTable } from './AnomalyTable';
import { timeRangeOf } from './shown-range';
import { Timeline } from './Timeline';
import { useAnomalies } from './use-anomalies';
import { useAnomaliesView } from './use-anomalies-view';
import { useOneAnomaly } from './use-one-anomaly';

/** How often what goes on grows in the picture. */
const STEP_MS = 10_000;
/** In steps of spacing: the timeline, the list. */
const SKELETON = [26, 40];

/** "What happened?" */
export default function AnomaliesPage() {
  const { client, dataSource, canEdit } = useAgent();
  const styles = useStyles2(getStyles);
  const now = useNow(STEP_MS);
  const [view, change] = useAnomaliesView();
  const { items, shown, left, data, put } = useAnomalies(client, view, now);
  const range = useMemo(() => timeRangeOf(view.from, view.to, now), [view.from, view.to, now]);
  const clusters = useClusters(items, view.cluster);
  const open = (id: string): void => change({ open: id });
  const { one, set } = useOneAnomaly(client, view.open, items);
  return (
    <PluginPage subTitle={t('anomalies.subtitle', 'What departed from usual, when, and for how long')}>
      <div className={styles.page} data-testid={TEST_IDS.anomalies.page}>
        <AnomaliesToolbar view={view} range={range} clusters={clusters} onChange={change} />
        {data.problem && (
          <ProblemNotice
            problem={data.problem}
            staleSince={data.data === null ? null : data.at}
            onRetry={data.reload}
            settingsUrl={dataSourceUrl(dataSource.uid)}
          />
        )}
        {shown === null && data.problem === null && (
          <Skeleton
            testId={TEST_IDS.anomalies.skeleton}
            label={t('anomalies.loading', 'Reading the anomalies')}
            heights={SKELETON}
          />
        )}
        {shown?.length === 0 && <Nothing view={view} onClear={() => change(cleared(view))} />}
        {shown !== null && shown.length > 0 && (
          <>
            <Timeline
              anomalies={shown}
              shown={{ from: range.from.valueOf(), to: range.to.valueOf() }}
              isGrouped={view.isGrouped}
              chosen={view.open}
              now={now}
              onOpen={open}
            />
            {left > 0 && (
              <Text color="secondary" variant="bodySmall">
                {t(
                  'anomalies.left',
                  'Only the newest are shown, {{count}} older ones are not: choose a shorter time.',
                  {
                    count: left,
                    defaultValue_one: 'Only the newest are shown, {{count}} older one is not: choose a shorter time.',
                  },
                )}
              </Text>
            )}
            <AnomalyTable anomalies={shown} isGrouped={view.isGrouped} chosen={view.open} now={now} onOpen={open} />
          </>
        )}
      </div>
      {one !== null && (
        <AnomalyDrawer
          anomaly={one}
          client={client}
          canEdit={canEdit}
          now={now}
          linksToHpa
          onClose={() => change({ open: null })}
          onChanged={(anomaly) => {
            put(anomaly);
            set(anomaly);
            data.reload();
          }}
        />
      )}
    </PluginPage>
  );
}

const cleared = (view: AnomaliesView): AnomaliesView => ({ ...DEFAULT_VIEW, from: view.from, to: view.to });

/** The clusters that can be chosen, in alphabetical order; the chosen one stays though it has none. */
const useClusters = (items: readonly AnomalyView[] | null, chosen: string | null): string[] =>
  useMemo(() => {
    const names = new Set((items ?? []).map(({ cluster }) => cluster));
    if (chosen !== null) names.add(chosen);
    return [...names].sort();
  }, [items, chosen]);

function Nothing({ view, onClear }: { view: AnomaliesView; onClear: () => void }) {
  return (
    <div data-testid={TEST_IDS.anomalies.empty}>
      {isFiltered(view) ? (
        <EmptyState
          variant="not-found"
          message={t('anomalies.no-match', 'No anomaly of this time matches the filters')}
          button={
            <Button variant="secondary" onClick={onClear}>
              <Trans i18nKey="anomalies.clear">Clear the filters</Trans>
            </Button>
          }
        />
      ) : (
        <EmptyState variant="completed" message={t('anomalies.none', 'Nothing departed from usual in this time')}>
          <Trans i18nKey="anomalies.none-text">
            Every HPA with a baseline stayed within it. Choose a longer time to look further back.
          </Trans>
        </EmptyState>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
});
