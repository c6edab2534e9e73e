import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { useMemo, useRef } from 'react';
import { TEST_IDS } from '../test-ids';
import { useRowWindow } from '../use-row-window';
import { columnStyles } from './columns';
import { HpaRow, type RowDeeds } from './HpaRow';
import { NamespaceRow } from './NamespaceRow';
import { byNamespace, type EnrolmentRow, type Group } from './rows';
import type { Selection } from './selection';

type Props = RowDeeds & {
  rows: readonly EnrolmentRow[];
  selection: Selection;
  onToggle: (rows: readonly EnrolmentRow[]) => void;
  canEdit: boolean;
  /** The cluster could be asked, so what it does not show is not there. */
  isDiscovered: boolean;
};

type Entry = { kind: 'namespace'; group: Group } | { kind: 'hpa'; row: EnrolmentRow };

const ROW_HEIGHT = 40;
const OVERSCAN = 8;

/** The HPAs under their namespaces; only those in sight are drawn. Fills the height that it is given. */
export function EnrolmentTable({ rows, selection, onToggle, canEdit, isDiscovered, ...deeds }: Props) {
  const styles = useStyles2(getStyles, canEdit);
  const scroller = useRef<HTMLDivElement>(null);
  const entries = useMemo(
    () =>
      byNamespace(rows).flatMap((group): Entry[] => [
        { kind: 'namespace', group },
        ...group.rows.map((row): Entry => ({ kind: 'hpa', row })),
      ]),
    [rows],
  );
  const keys = useMemo(() => entries.map(keyOf), [entries]);
  const { rows: inSight, height, measure } = useRowWindow({ keys, estimate: ROW_HEIGHT, more: OVERSCAN, scroller });
  return (
    <div
      ref={scroller}
      className={styles.scroll}
      role="table"
      aria-label={t('enrolment.list', 'HPAs of the cluster')}
      aria-rowcount={entries.length + 1}
      tabIndex={0}
      data-testid={TEST_IDS.enrol.list}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={styles.grid} aria-rowindex={1}>
          {canEdit && <span role="columnheader" aria-label={t('enrolment.column.tick', 'Chosen')} />}
          <span role="columnheader">{t('enrolment.column.hpa', 'HPA')}</span>
          <span role="columnheader" className={styles.onlyWide}>
            {t('enrolment.column.target', 'Scales')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t('enrolment.column.bounds', 'Replicas')}
          </span>
          <span role="columnheader" className={styles.onlyWide}>
            {t('enrolment.column.metrics', 'Metrics and targets')}
          </span>
          <span role="columnheader">{t('enrolment.column.state', 'Baseline')}</span>
          {canEdit && <span role="columnheader" aria-label={t('enrolment.column.deeds', 'Actions')} />}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height }}>
        {inSight.map(({ index, start }) => {
          const entry = entries[index];
          return (
            <div
              key={keys[index]}
              ref={measure}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              className={cx(styles.row, entry?.kind === 'hpa' && styles.grid)}
              style={{ transform: `translateY(${start}px)` }}
            >
              {entry?.kind === 'namespace' && (
                <NamespaceRow
                  group={entry.group}
                  selection={selection}
                  canEdit={canEdit}
                  onToggle={() => onToggle(entry.group.rows)}
                />
              )}
              {entry?.kind === 'hpa' && (
                <HpaRow
                  row={entry.row}
                  isTicked={selection.has(entry.row.key)}
                  canEdit={canEdit}
                  isMissing={isDiscovered && entry.row.found === null}
                  onToggle={() => onToggle([entry.row])}
                  onlyWide={styles.onlyWide}
                  {...deeds}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const keyOf = (entry: Entry): string => (entry.kind === 'hpa' ? entry.row.key : `namespace ${entry.group.namespace}`);

const getStyles = (theme: GrafanaTheme2, canEdit: boolean) => {
  const { container, grid, onlyWide } = columnStyles(theme, canEdit);
  return {
    scroll: cx(
      container,
      css({
        flex: '1 1 auto',
        minHeight: theme.spacing(20),
        overflow: 'auto',
        border: `1px solid ${theme.colors.border.weak}`,
        borderRadius: theme.shape.radius.default,
      }),
    ),
    head: css({
      position: 'sticky',
      top: 0,
      zIndex: 1,
      padding: theme.spacing(1, 2),
      background: theme.colors.background.secondary,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: theme.typography.fontWeightMedium,
    }),
    body: css({ position: 'relative' }),
    grid,
    onlyWide,
    number: css({ textAlign: 'right' }),
    row: css({
      position: 'absolute',
      top: 0,
      left: 0,
      right: 0,
      minHeight: theme.spacing(5),
      padding: theme.spacing(1, 2),
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    }),
  };
};
