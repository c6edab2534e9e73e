import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { TimelineEntry } from './anomaly-timeline';
import { formatClock } from './time';

const ICONS: Record<TimelineEntry['kind'], IconName> = {
  anomaly: 'bolt',
  config: 'sliders-v-alt',
  rollout: 'rocket',
  person: 'user',
};

/** What happened when, oldest first. */
export function TimelineList({ entries, now }: { entries: readonly TimelineEntry[]; now: number }) {
  const styles = useStyles2(getStyles);
  return (
    <ol className={styles.list} role="list">
      {entries.map(({ at, kind, text }) => (
        <li key={`${at} ${text}`} className={styles.entry} role="listitem">
          <span className={styles.time}>{formatClock(at, now)}</span>
          <Icon name={ICONS[kind]} className={styles.icon} />
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'max-content max-content 1fr',
    gap: theme.spacing(1),
    listStyle: 'none',
    margin: 0,
    padding: 0,
  }),
  // Its parts stand in the grid of the list, so that texts begin below each other.
  entry: css({ display: 'contents' }),
  time: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  icon: css({ color: theme.colors.text.secondary, alignSelf: 'start', marginTop: theme.spacing(0.25) }),
});
