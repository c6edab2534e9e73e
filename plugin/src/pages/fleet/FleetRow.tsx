import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import type { HpaItem, SparklineItem } from '@hpa-watch/agent/contract';
import { memo, type ReactNode } from 'react';
import { formatAgo, formatNumber, formatPercent } from '../../view/format';
import { hpaState } from '../../view/hpa-state';
import { HpaStateBadge } from '../../view/HpaStateBadge';
import { anomalyUrl, hpaUrl } from '../../view/links';
import { plain } from '../../view/plain';
import { ReplicasBar } from '../../view/ReplicasBar';
import { Sparkline } from '../../view/Sparkline';
import { TEST_IDS } from '../../view/test-ids';
import { formatTime } from '../../view/time';
import { useNow } from '../../view/use-now';
import { BaselineCell } from './BaselineCell';
import { gridColumns, ROW_HEIGHT_PX } from './columns';

type Props = {
  item: HpaItem;
  spark: SparklineItem | undefined;
  /** Among all rows, also those that are not drawn; the heading is row 1. */
  rowIndex: number;
  top: number;
  isNarrow: boolean;
};

/** One HPA. Drawn again only when something of it changed. */
export const FleetRow = memo(function FleetRow({ item, spark, rowIndex, top, isNarrow }: Props) {
  const styles = useStyles2(getStyles);
  const { latest, worst_anomaly: worst } = item;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: gridColumns(isNarrow) }}
      data-testid={TEST_IDS.fleet.row}
      data-hpa={`${item.cluster}/${item.namespace}/${item.hpa}`}
    >
      <Cell title={worst?.sentence}>
        <HpaStateBadge state={hpaState(item)} />
      </Cell>
      <Cell title={`${item.namespace}/${item.hpa}`}>
        <span className={styles.name}>
          <TextLink
            href={worst === null ? hpaUrl(item) : anomalyUrl({ ...item, ...worst, ended_at: null })}
            color="primary"
            inline={false}
          >
            {`${item.namespace}/${item.hpa}`}
          </TextLink>
          {isNarrow && <span className={styles.under}>{item.cluster}</span>}
        </span>
        {item.muted_until !== null && <Muted until={item.muted_until} />}
      </Cell>
      {!isNarrow && (
        <Cell title={item.cluster}>
          <span className={styles.clipped}>{item.cluster}</span>
        </Cell>
      )}
      <Cell>
        <ReplicasBar
          current={latest?.replicas_current ?? null}
          min={latest?.replicas_min ?? null}
          max={latest?.replicas_max ?? null}
        />
      </Cell>
      <Cell isRight>{cpuText(item)}</Cell>
      <Cell>
        <span className={styles.spark} data-testid={TEST_IDS.fleet.sparkline} data-known={spark !== undefined}>
          {spark && <Sparkline data={spark} label={t('fleet.spark', 'CPU of the last hours')} />}
        </span>
      </Cell>
      <Cell isRight title={item.baseline.reason ?? undefined}>
        <BaselineCell baseline={item.baseline} />
      </Cell>
      <Cell isRight>
        <Scanned at={item.last_scan} />
      </Cell>
    </div>
  );
});

/** `164 / 70 %`; without a target for CPU the value alone. */
function cpuText({ latest }: HpaItem): string {
  const target = latest?.cpu_target ?? null;
  const current = latest?.cpu_current ?? null;
  return target === null ? formatPercent(current) : `${formatNumber(current)} / ${formatPercent(target)}`;
}

const Scanned = ({ at }: { at: string | null }) => <>{formatAgo(at, useNow(5_000))}</>;

const Muted = ({ until }: { until: string }) => (
  <Icon
    name="bell-slash"
    size="sm"
    title={t('fleet.muted', 'Muted until {{time}}', plain({ time: formatTime(until) }))}
  />
);

type CellProps = { children: ReactNode; isRight?: boolean; title?: string };

function Cell({ children, isRight = false, title }: CellProps) {
  const styles = useStyles2(getStyles);
  return (
    <div role="cell" className={isRight ? styles.right : styles.cell} title={title}>
      {children}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const clipped = { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
  const cell = { display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), ...clipped } as const;
  return {
    row: css({
      position: 'absolute',
      insetInline: 0,
      top: 0,
      display: 'grid',
      columnGap: theme.spacing(1.5),
      alignItems: 'center',
      height: ROW_HEIGHT_PX,
      padding: theme.spacing(0, 1.5),
      borderBottom: `1px solid ${theme.colors.border.weak}`,
      '&:hover': { background: theme.colors.action.hover },
      // The link of the name reaches over the whole row.
      'a::after': { content: '""', position: 'absolute', inset: 0 },
    }),
    cell: css(cell),
    right: css({ ...cell, justifyContent: 'flex-end', textAlign: 'right', fontVariantNumeric: 'tabular-nums' }),
    name: css({ ...clipped, '& a': { display: 'block', lineHeight: 1.3, ...clipped } }),
    under: css({
      display: 'block',
      ...clipped,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      lineHeight: 1.2,
    }),
    clipped: css(clipped),
    spark: css({ display: 'block', width: '100%' }),
  };
}
