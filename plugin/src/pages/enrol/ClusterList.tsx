import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { IconButton, useStyles2 } from '@grafana/ui';
import type { ClusterView } from '@hpa-watch/agent/contract';
import { ForwardBadge } from '../../view/ForwardBadge';
import { plain } from '../../view/plain';
import { TEST_IDS } from '../../view/test-ids';

type Props = {
  clusters: readonly ClusterView[];
  chosen: string | null;
  canEdit: boolean;
  /** Epoch ms. */
  now: number;
  onChoose: (cluster: string) => void;
  onRemove: (cluster: ClusterView) => void;
};

/** The clusters and the way to each. */
export function ClusterList({ clusters, chosen, canEdit, now, onChoose, onRemove }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.list} data-testid={TEST_IDS.enrol.clusters}>
      {clusters.map((cluster) => {
        const { name, hpas, ready, forward, source } = cluster;
        const isChosen = name === chosen;
        const fault = forward !== null && forward.status !== 'active' ? forward.last_error : null;
        return (
          <li key={name} className={cx(styles.item, isChosen && styles.chosen)}>
            <button
              type="button"
              className={styles.button}
              aria-current={isChosen}
              onClick={() => onChoose(name)}
              data-testid={TEST_IDS.enrol.cluster}
              data-cluster={name}
            >
              <span className={styles.name}>{name}</span>
              <span className={styles.line}>
                <ForwardBadge forward={forward} now={now} />
                <span className={styles.count}>
                  {t('enrol.cluster-counts', '{{ready}} of {{count}} ready', { ready, count: hpas })}
                </span>
              </span>
              {fault !== null && <span className={styles.fault}>{fault.message}</span>}
            </button>
            {canEdit && source === 'api' && (
              <IconButton
                className={styles.remove}
                name="trash-alt"
                tooltip={t('enrol.remove-of', 'Remove cluster {{name}}', plain({ name }))}
                onClick={() => onRemove(cluster)}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    listStyle: 'none',
    margin: 0,
    padding: 0,
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1),
  }),
  item: css({
    position: 'relative',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    '&:hover': { background: theme.colors.emphasize(theme.colors.background.secondary, 0.03) },
  }),
  chosen: css({
    borderColor: theme.colors.primary.border,
    boxShadow: `inset ${theme.spacing(0.5)} 0 0 ${theme.colors.primary.main}`,
  }),
  button: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.5),
    width: '100%',
    padding: theme.spacing(1, 4, 1, 2),
    border: 0,
    background: 'transparent',
    textAlign: 'left',
  }),
  name: css({ fontWeight: theme.typography.fontWeightMedium, overflowWrap: 'anywhere' }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0, 2) }),
  count: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  fault: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
    overflowWrap: 'anywhere',
  }),
  remove: css({ position: 'absolute', top: theme.spacing(1), right: theme.spacing(1) }),
});
