import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { locationService, PluginPage } from '@grafana/runtime';
import { Alert, Button, ConfirmModal, EmptyState, useStyles2 } from '@grafana/ui';
import type { ClusterView } from '@hpa-watch/agent/contract';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useAction } from '../../api/use-action';
import { useAgentData } from '../../api/use-agent-data';
import { ActionNotice } from '../../view/ActionNotice';
import { EnrolmentList } from '../../view/enrolment/EnrolmentList';
import { dataSourceUrl } from '../../view/links';
import { plain } from '../../view/plain';
import { ProblemNotice } from '../../view/ProblemNotice';
import { Skeleton } from '../../view/Skeleton';
import { TEST_IDS } from '../../view/test-ids';
import { useNow } from '../../view/use-now';
import { useRemainingHeight } from '../../view/use-remaining-height';
import { useAgent } from '../agent-context';
import { AddCluster } from './AddCluster';
import { ClusterList } from './ClusterList';

const EVERY_MS = 5_000;

const choose = (cluster: string | null): void => locationService.partial({ cluster });

/** "Watch these." */
export default function EnrolPage() {
  const { client, dataSource, canEdit } = useAgent();
  const styles = useStyles2(getStyles);
  const read = useCallback((signal: AbortSignal) => client.clusters({}, signal), [client]);
  const { data, problem, isLoading, at, reload } = useAgentData(read, EVERY_MS);
  const [isAdding, setIsAdding] = useState(false);
  const [removing, setRemoving] = useState<ClusterView | null>(null);
  const action = useAction();
  const { search } = useLocation();
  const clusters = data?.clusters ?? [];
  const asked = new URLSearchParams(search).get('cluster');
  const chosen = clusters.find(({ name }) => name === asked) ?? clusters[0] ?? null;
  const settingsUrl = dataSourceUrl(dataSource.uid);

  const remove = (cluster: ClusterView): void => {
    setRemoving(null);
    action.run({
      name: 'remove',
      act: async () => {
        await client.removeCluster(cluster.name);
        reload();
      },
      done: t('enrol.removed', 'Cluster {{name}} is removed.', plain({ name: cluster.name })),
      undo: null,
      undone: '',
    });
  };

  return (
    <PluginPage
      subTitle={t('enrol.subtitle', 'Choose the HPAs to watch; the agent learns three days of history of each')}
      actions={
        canEdit ? (
          <Button icon="plus" variant="secondary" onClick={() => setIsAdding(true)}>
            <Trans i18nKey="enrol.add-cluster">Add a cluster</Trans>
          </Button>
        ) : undefined
      }
    >
      <div className={styles.page} data-testid={TEST_IDS.enrol.page}>
        {!canEdit && (
          <Alert
            severity="info"
            title={t('enrol.viewer', 'You see what is watched. Enrolling needs the role Editor.')}
          />
        )}
        {problem && (
          <ProblemNotice
            problem={problem}
            staleSince={data === null ? null : at}
            onRetry={reload}
            settingsUrl={settingsUrl}
          />
        )}
        {data === null && isLoading && (
          <Skeleton
            testId={TEST_IDS.enrol.skeleton}
            label={t('enrol.loading', 'Reading the clusters')}
            heights={[8, 8, 40]}
          />
        )}
        {data !== null && chosen === null && <NoCluster canEdit={canEdit} onAdd={() => setIsAdding(true)} />}
        {chosen !== null && (
          <Columns
            left={
              <>
                <ActionNotice state={action.state} onDismiss={action.dismiss} />
                <Clusters clusters={clusters} chosen={chosen.name} canEdit={canEdit} onRemove={setRemoving} />
              </>
            }
            right={<EnrolmentList client={client} cluster={chosen.name} canEdit={canEdit} settingsUrl={settingsUrl} />}
          />
        )}
      </div>
      {isAdding && (
        <AddCluster
          client={client}
          onDismiss={() => setIsAdding(false)}
          onAdded={({ name }) => {
            setIsAdding(false);
            choose(name);
            reload();
          }}
        />
      )}
      {removing !== null && (
        <ConfirmModal
          isOpen
          title={t('enrol.remove-title', 'Remove cluster {{name}}?', plain({ name: removing.name }))}
          body={t(
            'enrol.remove-body',
            'Its forward ends and none of its HPAs is watched any more. What was learned stays in the agent.',
          )}
          confirmText={t('enrol.remove-confirm', 'Remove')}
          onConfirm={() => remove(removing)}
          onDismiss={() => setRemoving(null)}
        />
      )}
    </PluginPage>
  );
}

type ClustersProps = {
  clusters: readonly ClusterView[];
  chosen: string;
  canEdit: boolean;
  onRemove: (cluster: ClusterView) => void;
};

/** Draws anew each second for the countdowns, the list beside it does not. */
const Clusters = (props: ClustersProps) => <ClusterList {...props} now={useNow(1_000)} onChoose={choose} />;

function Columns({ left, right }: { left: ReactNode; right: ReactNode }) {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);
  const height = useRemainingHeight(ref);
  return (
    <div ref={ref} className={styles.columns}>
      <div className={styles.left} style={{ maxHeight: height }}>
        {left}
      </div>
      <div className={styles.right} style={{ height }}>
        {right}
      </div>
    </div>
  );
}

const NoCluster = ({ canEdit, onAdd }: { canEdit: boolean; onAdd: () => void }) => (
  <div data-testid={TEST_IDS.enrol.empty}>
    <EmptyState
      variant="call-to-action"
      message={t('enrol.empty.title', 'The agent watches no cluster yet')}
      button={
        canEdit ? (
          <Button icon="plus" size="lg" onClick={onAdd}>
            <Trans i18nKey="enrol.empty.add">Add a cluster</Trans>
          </Button>
        ) : undefined
      }
    >
      {canEdit ? (
        <Trans i18nKey="enrol.empty.text">
          Name a context of the agent’s kubeconfig. It then shows the HPAs of that cluster, and you choose which to
          watch.
        </Trans>
      ) : (
        <Trans i18nKey="enrol.empty.ask">Ask an editor of this Grafana to add a cluster.</Trans>
      )}
    </EmptyState>
  </div>
);

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  columns: css({
    display: 'grid',
    gridTemplateColumns: `minmax(0, ${theme.spacing(29)}) minmax(0, 1fr)`,
    gap: theme.spacing(3),
    alignItems: 'start',
    [theme.breakpoints.down('md')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
  left: css({ overflowY: 'auto' }),
  right: css({ display: 'flex', flexDirection: 'column', minHeight: 0 }),
});
