import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useMemo, useRef, useState } from 'react';
import { TEST_IDS } from '../../view/test-ids';
import { useRemainingHeight } from '../../view/use-remaining-height';
import { AnomalyRow, EventRow } from './AnomalyRow';
import { entriesOf, type Entry } from './list-entries';

type Props = {
  /** Newest first. */
  anomalies: readonly AnomalyView[];
  isGrouped: boolean;
  /** The anomaly whose drawer is open. */
  chosen: string | null;
  /** Epoch ms. */
  now: number;
  onOpen: (id: string) => void;
};

const ROW_HEIGHT_PX = 58;
const OVERSCAN = 8;

/** The anomalies as sentences, newest first; only those in sight are drawn. */
export function AnomalyTable({ anomalies, isGrouped, chosen, now, onOpen }: Props) {
  const styles = useStyles2(getStyles);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useRemainingHeight(scroller);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const entries = useMemo(() => entriesOf(anomalies, isGrouped, opened), [anomalies, isGrouped, opened]);
  const toggle = (id: string): void => {
    const next = new Set(opened);
    if (!next.delete(id)) next.add(id);
    setOpened(next);
  };
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    getItemKey: (index) => keyOf(entries[index], index),
    overscan: OVERSCAN,
  });
  return (
    <div
      ref={scroller}
      className={styles.scroll}
      style={{ maxHeight: height }}
      role="table"
      aria-label={t('anomalies.list', 'Anomalies')}
      aria-rowcount={entries.length + 1}
      tabIndex={0}
      data-testid={TEST_IDS.anomalies.list}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" className={styles.grid} aria-rowindex={1}>
          <span role="columnheader">{t('anomalies.column.severity', 'Severity, state')}</span>
          <span role="columnheader">{t('anomalies.column.hpa', 'HPA')}</span>
          <span role="columnheader">{t('anomalies.column.what', 'What happened')}</span>
          <span role="columnheader" className={styles.number}>
            {t('anomalies.column.began', 'Began')}
          </span>
          <span role="columnheader" className={styles.number}>
            {t('anomalies.column.lasted', 'Lasted')}
          </span>
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const entry = entries[index];
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 2}
              className={cx(
                styles.grid,
                styles.row,
                entry?.kind === 'anomaly' && entry.anomaly.id === chosen && styles.chosen,
              )}
              style={{ transform: `translateY(${start}px)` }}
            >
              {entry?.kind === 'event' && <EventRow entry={entry} now={now} onToggle={() => toggle(entry.id)} />}
              {entry?.kind === 'anomaly' && <AnomalyRow {...entry} now={now} onOpen={onOpen} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const keyOf = (entry: Entry | undefined, index: number): string | number =>
  entry === undefined ? index : entry.kind === 'event' ? `event ${entry.id}` : entry.anomaly.id;

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflow: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
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
  grid: css({
    display: 'grid',
    columnGap: theme.spacing(2),
    alignItems: 'start',
    gridTemplateColumns: `${theme.spacing(14)} minmax(${theme.spacing(16)}, 2fr) minmax(0, 5fr) ${theme.spacing(9)} ${theme.spacing(10)}`,
  }),
  body: css({ position: 'relative' }),
  row: css({
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    padding: theme.spacing(1, 2),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '&:hover': { background: theme.colors.action.hover },
  }),
  // Not by the background: the colours of severities are read on the page's own.
  chosen: css({ boxShadow: `inset ${theme.spacing(0.5)} 0 ${theme.colors.primary.border}` }),
  number: css({ textAlign: 'right' }),
});
