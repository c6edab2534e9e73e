import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Alert, Button, EmptyState, Input, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { useAction } from '../../api/use-action';
import { ActionNotice } from '../ActionNotice';
import { plain } from '../plain';
import { ProblemNotice } from '../ProblemNotice';
import { Skeleton } from '../Skeleton';
import { TEST_IDS } from '../test-ids';
import { EnrolmentTable } from './EnrolmentTable';
import { isWatched, searched, type EnrolmentRow } from './rows';
import { chosen, toggled, type Selection } from './selection';
import { StopDialog } from './StopDialog';
import { useEnrolment } from './use-enrolment';

type Props = {
  client: AgentClient;
  cluster: string;
  /** Without it nothing that changes anything is offered. */
  canEdit: boolean;
  /** Where the data source is set up. */
  settingsUrl?: string;
};

/** The HPAs of one cluster: choose, enrol, watch each come to its baseline. Fills the height that it is given. */
export const EnrolmentList = (props: Props) => <ListOfCluster key={props.cluster} {...props} />;

function ListOfCluster({ client, cluster, canEdit, settingsUrl }: Props) {
  const styles = useStyles2(getStyles);
  const { rows, discovery, watched, problem, enrol, stop, collectAgain } = useEnrolment(client, cluster);
  const [search, setSearch] = useState('');
  const [selection, setSelection] = useState<Selection>(new Set());
  const [stopping, setStopping] = useState<EnrolmentRow | null>(null);
  const action = useAction();
  const isBusy = action.state.kind === 'running';
  const picked = chosen(rows ?? [], selection);
  const shown = searched(rows ?? [], search);

  const enrolPicked = (): void => {
    setSelection(new Set());
    action.run({
      name: 'enrol',
      act: () => enrol(picked),
      done: t('enrolment.done', 'Asked for. Each row shows how far the collection of its history is.'),
      undo: null,
      undone: '',
    });
  };
  const stopOne = (row: EnrolmentRow, purge: boolean): void => {
    setStopping(null);
    const name = plain({ name: `${row.namespace}/${row.hpa}` });
    action.run({
      name: 'stop',
      act: () => stop(row, purge),
      done: purge
        ? t('enrolment.purged', '{{name}} is no longer watched; its history is deleted.', name)
        : t('enrolment.stopped', '{{name}} is no longer watched; its history stays.', name),
      undo: purge ? null : () => enrol([row]),
      undone: t('enrolment.watched-again', '{{name}} is watched again.', name),
    });
  };

  return (
    <div className={styles.list}>
      <div className={styles.top}>
        <div className={styles.bar}>
          <div className={styles.search}>
            <Input
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              placeholder={t('enrolment.search', 'Search namespace, name or target')}
              aria-label={t('enrolment.search', 'Search namespace, name or target')}
              data-testid={TEST_IDS.enrol.search}
            />
          </div>
          <span className={styles.counts}>{rows !== null && countsText(rows)}</span>
          <Button
            variant="secondary"
            icon="sync"
            disabled={discovery.isLoading}
            tooltip={t('enrolment.look-again', 'Ask the cluster again')}
            aria-label={t('enrolment.look-again', 'Ask the cluster again')}
            onClick={discovery.reload}
          />
          {canEdit && (
            <Button
              icon="plus"
              disabled={picked.length === 0 || isBusy}
              onClick={enrolPicked}
              data-testid={TEST_IDS.enrol.submit}
            >
              {picked.length === 0
                ? t('enrolment.enrol-none', 'Enrol')
                : t('enrolment.enrol', 'Enrol {{count}}', { count: picked.length })}
            </Button>
          )}
        </div>
        <ActionNotice state={action.state} onDismiss={action.dismiss} />
      </div>
      {problem && (
        <ProblemNotice
          problem={problem}
          staleSince={watched.data === null ? null : watched.at}
          onRetry={watched.reload}
          settingsUrl={settingsUrl}
        />
      )}
      {discovery.problem && discovery.problem.kind !== problem?.kind && (
        <ProblemNotice
          problem={discovery.problem}
          staleSince={discovery.data === null ? null : discovery.at}
          onRetry={discovery.reload}
          settingsUrl={settingsUrl}
        />
      )}
      {discovery.data?.notes.map((note) => (
        <Alert key={note} severity="info" title={note} />
      ))}
      {rows === null && problem === null && (
        <Skeleton
          testId={TEST_IDS.enrol.skeleton}
          label={t('enrolment.loading', 'Asking the cluster for its HPAs')}
          heights={[5, 5, 5, 5, 5, 5]}
        />
      )}
      {rows !== null && shown.length > 0 && (
        <EnrolmentTable
          rows={shown}
          selection={selection}
          onToggle={(some) => setSelection((was) => toggled(was, some))}
          canEdit={canEdit}
          isDiscovered={discovery.data !== null && discovery.problem === null}
          isBusy={isBusy}
          onStop={setStopping}
          onCollect={(row) =>
            action.run({
              name: 'collect',
              act: () => collectAgain(row),
              done: t('enrolment.collecting', 'Its history is collected again.'),
              undo: null,
              undone: '',
            })
          }
        />
      )}
      {rows !== null && shown.length === 0 && (
        <Nothing cluster={cluster} search={search} isAsked={discovery.data !== null} />
      )}
      {stopping !== null && (
        <StopDialog row={stopping} onStop={(purge) => stopOne(stopping, purge)} onDismiss={() => setStopping(null)} />
      )}
    </div>
  );
}

function Nothing({ cluster, search, isAsked }: { cluster: string; search: string; isAsked: boolean }) {
  if (search !== '')
    return (
      <EmptyState
        variant="not-found"
        message={t('enrolment.no-match', 'No HPA matches “{{search}}”', plain({ search }))}
      />
    );
  if (!isAsked) return null;
  return (
    <div data-testid={TEST_IDS.enrol.empty}>
      <EmptyState
        variant="not-found"
        message={t('enrolment.none', 'Cluster {{cluster}} shows no HPA', plain({ cluster }))}
      >
        <Trans i18nKey="enrolment.none-text">
          Either it has none, or its Prometheus does not scrape kube-state-metrics, from which the agent reads them.
        </Trans>
      </EmptyState>
    </div>
  );
}

const countsText = (rows: readonly EnrolmentRow[]): string =>
  t('enrolment.counts', '{{watched}} of {{total}} watched', {
    watched: rows.filter(isWatched).length,
    total: rows.length,
  });

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    height: '100%',
    minHeight: 0,
    minWidth: 0,
  }),
  // What became of an action takes room only while there is something to say.
  top: css({ '& > [role="status"]:not(:empty)': { marginTop: theme.spacing(1) } }),
  bar: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1, 2) }),
  search: css({ flex: '1 1 0', minWidth: theme.spacing(20), maxWidth: theme.spacing(50) }),
  counts: css({ marginLeft: 'auto', color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
});
