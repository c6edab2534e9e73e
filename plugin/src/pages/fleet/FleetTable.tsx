import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { HpaItem } from '@hpa-watch/agent/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { TEST_IDS } from '../../view/test-ids';
import { columnsOf, gridColumns, NARROW_PX, ROW_HEIGHT_PX, TABLE_MIN_WIDTH_PX, type Column } from './columns';
import { keyText } from './key-text';
import { FleetRow } from './FleetRow';
import { nextSort, SORT_COLUMNS, type FleetSort, type SortColumn } from './fleet-sort';
import type { SparkWindow } from './fleet-url';
import { useRemainingHeight } from '../../view/use-remaining-height';
import { useSparklines } from './use-sparklines';
import { useWidth } from '../../view/use-width';

type Props = {
  rows: readonly HpaItem[];
  client: Pick<AgentClient, 'sparklines'>;
  window: SparkWindow;
  sort: FleetSort;
  onSort: (sort: FleetSort) => void;
};

const OVERSCAN = 8;

/** Every HPA as a row; only those in sight are in the document. */
export function FleetTable({ rows, client, window, sort, onSort }: Props) {
  const styles = useStyles2(getStyles);
  const scroll = useRef<HTMLDivElement>(null);
  const maxHeight = useRemainingHeight(scroll);
  const isNarrow = useWidth(scroll) < NARROW_PX;
  const gridTemplateColumns = gridColumns(isNarrow);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT_PX,
    // Rows may follow the scrolling one frame later, so that several steps of a wheel are drawn as one.
    useFlushSync: false,
  });
  const inSight = virtual.getVirtualItems().flatMap(({ index, start }) => {
    const item = rows[index];
    return item === undefined ? [] : [{ item, key: keyText(item), index, start }];
  });
  const sparklines = useSparklines(
    client,
    inSight.map(({ key }) => key),
    window,
  );
  // A row that leaves at one end comes in again at the other with another HPA: nothing is made or thrown away while scrolling.
  const slots = Math.ceil(maxHeight / ROW_HEIGHT_PX) + 1 + 2 * OVERSCAN;
  return (
    <div
      ref={scroll}
      role="table"
      aria-label={t('fleet.table', 'All HPAs')}
      aria-rowcount={rows.length + 1}
      className={styles.scroll}
      style={{ maxHeight }}
      data-testid={TEST_IDS.fleet.table}
      data-rows={rows.length}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.headRow} style={{ gridTemplateColumns }}>
          {columnsOf(window, isNarrow).map((column) => (
            <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {inSight.map(({ item, key, index, start }) => (
          <FleetRow
            key={index % slots}
            item={item}
            spark={sparklines.get(key)}
            rowIndex={index + 2}
            top={start}
            isNarrow={isNarrow}
          />
        ))}
      </div>
    </div>
  );
}

type HeadingProps = { column: Column; sort: FleetSort; onSort: (sort: FleetSort) => void };

function Heading({ column, sort, onSort }: HeadingProps) {
  const styles = useStyles2(getStyles);
  const className = column.isRight ? styles.headingRight : styles.heading;
  const sortable = SORT_COLUMNS.find((one): one is SortColumn => one === column.id);
  if (sortable === undefined) {
    return (
      <div role="columnheader" className={className}>
        <span className={styles.title}>{column.title}</span>
      </div>
    );
  }
  const isSorted = sort.column === sortable;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  return (
    <div role="columnheader" className={className} aria-sort={isSorted ? direction : 'none'}>
      <button type="button" className={styles.sort} onClick={() => onSort(nextSort(sort, sortable))}>
        <span className={styles.title}>{column.title}</span>
        {isSorted && <Icon name={sort.isDescending ? 'arrow-down' : 'arrow-up'} size="sm" />}
      </button>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const heading = { display: 'flex', minWidth: 0, color: theme.colors.text.secondary } as const;
  return {
    scroll: css({
      overflow: 'auto',
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      background: theme.colors.background.primary,
    }),
    head: css({
      position: 'sticky',
      top: 0,
      zIndex: 1,
      minWidth: TABLE_MIN_WIDTH_PX,
      background: theme.colors.background.secondary,
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    }),
    headRow: css({
      display: 'grid',
      columnGap: theme.spacing(1.5),
      alignItems: 'center',
      height: ROW_HEIGHT_PX,
      padding: theme.spacing(0, 1.5),
    }),
    body: css({ position: 'relative', minWidth: TABLE_MIN_WIDTH_PX }),
    heading: css(heading),
    headingRight: css({ ...heading, justifyContent: 'flex-end' }),
    title: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
    sort: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      minWidth: 0,
      padding: 0,
      border: 'none',
      background: 'none',
      color: 'inherit',
      '&:hover': { color: theme.colors.text.primary },
    }),
  };
}
