import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Button, Icon, TextLink, useStyles2 } from '@grafana/ui';
import type { HpaItem, SummaryAnswer } from '@hpa-watch/agent/contract';
import { useState } from 'react';
import { formatAge } from '../../view/format';
import { SeverityBadge } from '../../view/severity';
import { TEST_IDS } from '../../view/test-ids';
import { useNow } from '../../view/use-now';
import { attentionOf, healthySentence, untold, type Attention } from './attention';

const SHOWN_AT_FIRST = 4;

type Props = { summary: SummaryAnswer; items: readonly HpaItem[] };

/** What needs a person now, the worst first; a healthy fleet in one line. */
export function AttentionList({ summary, items }: Props) {
  const styles = useStyles2(getStyles);
  const [showsAll, setShowsAll] = useState(false);
  const now = useNow(5_000);
  const all = attentionOf(summary, items);
  if (all.length === 0) {
    return (
      <p className={styles.healthy} data-testid={TEST_IDS.fleet.healthy}>
        <Icon name="check-circle" className={styles.good} /> {healthySentence(summary, now)}
      </p>
    );
  }
  const shown = showsAll ? all : all.slice(0, SHOWN_AT_FIRST);
  const more = untold(summary);
  return (
    <section className={styles.box} aria-labelledby="fleet-attention" data-testid={TEST_IDS.fleet.attention}>
      <header className={styles.head}>
        <h2 id="fleet-attention" className={styles.title}>
          {t('fleet.needs-look', 'Needs a look ({{count}})', { count: all.length })}
        </h2>
        {all.length > SHOWN_AT_FIRST && (
          <Button size="sm" fill="text" variant="secondary" onClick={() => setShowsAll(!showsAll)}>
            {showsAll
              ? t('fleet.show-fewer', 'Show fewer')
              : t('fleet.show-all', 'Show all {{count}}', { count: all.length })}
          </Button>
        )}
      </header>
      <ul className={styles.list}>
        {shown.map((one) => (
          <Line key={one.id} one={one} now={now} />
        ))}
      </ul>
      {more > 0 && (
        <p className={styles.more}>
          {t('fleet.more', 'and {{count}} more HPAs that cannot be judged', {
            count: more,
            defaultValue_one: 'and {{count}} more HPA that cannot be judged',
          })}
        </p>
      )}
    </section>
  );
}

function Line({ one, now }: { one: Attention; now: number }) {
  const styles = useStyles2(getStyles);
  return (
    <li className={cx(styles.line, one.isAcknowledged && styles.seen)} data-attention={one.id}>
      <SeverityBadge severity={one.severity} />
      <span className={styles.about}>
        <TextLink href={one.href} color="primary" inline={false}>
          {one.about}
        </TextLink>
        {one.cluster !== null && <span className={styles.cluster}>{one.cluster}</span>}
      </span>
      <span>
        {one.sentence}
        {one.isAcknowledged && (
          <span className={styles.cluster}>
            {' '}
            <Icon name="check" size="sm" /> <Trans i18nKey="fleet.acknowledged">acknowledged</Trans>
          </span>
        )}
      </span>
      <span className={styles.age}>{one.since === null ? '' : formatAge(one.since, now)}</span>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  healthy: css({ margin: 0, padding: theme.spacing(1, 0) }),
  good: css({ color: theme.colors.success.text }),
  box: css({
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    padding: theme.spacing(1, 0),
  }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    minHeight: theme.spacing(4),
    padding: theme.spacing(0, 1.5),
  }),
  title: css({ fontSize: theme.typography.h5.fontSize, margin: 0 }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  line: css({
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '84px minmax(124px, 1fr) minmax(0, 4fr) 84px',
    columnGap: theme.spacing(2),
    alignItems: 'baseline',
    padding: theme.spacing(0.75, 1.5),
    '&:hover': { background: theme.colors.action.hover },
    'a::after': { content: '""', position: 'absolute', inset: 0 },
  }),
  seen: css({ color: theme.colors.text.secondary }),
  about: css({ display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' }),
  cluster: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  age: css({
    color: theme.colors.text.secondary,
    textAlign: 'right',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  }),
  more: css({ margin: 0, padding: theme.spacing(0.5, 1.5) }),
});
