import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { ClusterSchedule } from '@hpa-watch/agent/contract';
import { ForwardBadge } from '../../view/ForwardBadge';
import { formatAgo, formatNumber, UNKNOWN } from '../../view/format';
import { faultText, scanTime } from '../../view/schedule/cell-text';
import { TEST_IDS } from '../../view/test-ids';
import { tableStyles } from './table-styles';

type Props = {
  clusters: readonly ClusterSchedule[];
  /** Epoch ms of the agent's clock. */
  now: number;
};

/** Each cluster in figures, since the picture has no room for all of them. */
export function ClusterTable({ clusters, now }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.scroll} role="region" aria-label={t('schedule.clusters', 'Clusters')} tabIndex={0}>
      <table className={styles.table} data-testid={TEST_IDS.schedule.clusters}>
        <thead>
          <tr>
            <th scope="col">{t('schedule.column.cluster', 'Cluster')}</th>
            <th scope="col">{t('schedule.column.state', 'State')}</th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.hpas', 'HPAs')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.executed', 'Last scan')}
            </th>
            <th scope="col" className={cx(styles.number, styles.onlyWide)}>
              {t('schedule.column.took', 'Took')}
            </th>
            <th scope="col" className={cx(styles.number, styles.onlyWide)}>
              {t('schedule.column.mean', 'Mean')}
            </th>
            <th scope="col" className={cx(styles.number, styles.onlyWide)}>
              {t('schedule.column.max', 'Longest')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.scans', 'Scans')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.failed', 'Failed')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.overran', 'Overran')}
            </th>
            <th scope="col" className={styles.number}>
              {t('schedule.column.restarts', 'Restarts')}
            </th>
            <th scope="col" className={styles.wide}>
              {t('schedule.column.error', 'Last error')}
            </th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((cluster) => (
            <Row key={cluster.cluster} cluster={cluster} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ cluster, now }: { cluster: ClusterSchedule; now: number }) {
  const styles = useStyles2(getStyles);
  const { forward, scans, last_scan: scan } = cluster;
  const fault = faultText(cluster);
  return (
    <tr>
      <th scope="row">{cluster.cluster}</th>
      <td>
        <ForwardBadge forward={forward} now={now} />
      </td>
      <td className={styles.number}>{formatNumber(cluster.hpas)}</td>
      <td className={styles.number}>{formatAgo(scan?.started_at, now)}</td>
      <td className={cx(styles.number, styles.onlyWide)}>{scanTime(scan?.duration_ms ?? null)}</td>
      <td className={cx(styles.number, styles.onlyWide)}>{scanTime(scans.mean_ms)}</td>
      <td className={cx(styles.number, styles.onlyWide)}>{scanTime(scans.max_ms)}</td>
      <td className={styles.number}>{formatNumber(scans.total)}</td>
      <td className={styles.number}>{formatNumber(scans.failed)}</td>
      <td className={styles.number}>{formatNumber(scans.overruns)}</td>
      <td className={styles.number}>{forward === null ? UNKNOWN : formatNumber(forward.restarts)}</td>
      <td className={fault === null ? styles.past : undefined}>{fault ?? forward?.last_error?.message ?? UNKNOWN}</td>
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto', containerType: 'inline-size' }),
  ...tableStyles(theme),
  onlyWide: css({ '@container (max-width: 56em)': { display: 'none' } }),
  wide: css({ width: '30%', minWidth: theme.spacing(20) }),
  past: css({ color: theme.colors.text.secondary }),
});
