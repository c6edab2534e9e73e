import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { HpaDetail } from '@hpa-watch/agent/contract';
import type { ReactNode } from 'react';
import { hpaState } from '../../view/hpa-state';
import { HpaStateBadge } from '../../view/HpaStateBadge';
import { rootOf, stateSentence } from '../../view/state-sentence';
import { TEST_IDS } from '../../view/test-ids';
import { useNow } from '../../view/use-now';
import { factsOf } from './hpa-facts';

/** How the HPA is, in a sentence and in figures. */
export function HpaHeader({ hpa, actions }: { hpa: HpaDetail; actions: ReactNode }) {
  const styles = useStyles2(getStyles);
  const now = useNow(5_000);
  return (
    <header className={styles.box}>
      <div className={styles.top}>
        <div className={styles.state}>
          <HpaStateBadge state={hpaState(hpa)} />
          <p className={styles.sentence} data-testid={TEST_IDS.hpa.sentence}>
            {stateSentence({ ...hpa, worst_anomaly: rootOf(hpa.open_anomalies) ?? hpa.worst_anomaly }, now)}
          </p>
        </div>
        {actions}
      </div>
      <dl className={styles.facts}>
        {factsOf(hpa, now).map(({ id, name, value, note }) => (
          <div key={id} data-fact={id}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value}</dd>
            {note !== undefined && <dd className={styles.name}>{note}</dd>}
          </div>
        ))}
      </dl>
    </header>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(2),
    padding: theme.spacing(1.5, 2),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  top: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2), justifyContent: 'space-between' }),
  state: css({ flex: '1 1 360px', minWidth: 0 }),
  sentence: css({ margin: theme.spacing(0.5, 0, 0), fontSize: theme.typography.h5.fontSize, overflowWrap: 'anywhere' }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(140px, 1fr))',
    gap: theme.spacing(1.5, 2),
    margin: 0,
    '& dt, & dd': { margin: 0 },
  }),
  name: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
  }),
  value: css({ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }),
});
