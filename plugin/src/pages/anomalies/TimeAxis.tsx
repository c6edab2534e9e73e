import { css } from '@emotion/css';
import { dateTimeForTimeZone, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { formatTick } from '../../view/time';
import { ticksOf } from './ticks';
import type { Span } from './timeline-model';

const PX_PER_MARK = 90;
/** Room for one text; a mark without it at the right edge stays without a text. */
const TEXT_PX = 44;

/** Round times over the lanes, in the time zone that the user chose in Grafana. */
export function TimeAxis({ shown, width }: { shown: Span; width: number }) {
  const styles = useStyles2(getStyles);
  const offsetMs = dateTimeForTimeZone(undefined, shown.to).utcOffset() * 60_000;
  const { stepMs, ticks } = ticksOf(shown.from, shown.to, Math.max(2, Math.floor(width / PX_PER_MARK)), offsetMs);
  return (
    <div className={styles.axis} aria-hidden="true">
      {ticks.map(({ at, leftPercent }) => (
        <span key={at} className={styles.tick} style={{ left: `${leftPercent}%` }}>
          {width * (1 - leftPercent / 100) >= TEXT_PX && formatTick(at, stepMs)}
        </span>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  axis: css({ position: 'relative', height: theme.spacing(3), overflow: 'hidden' }),
  tick: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    paddingLeft: theme.spacing(0.5),
    borderLeft: `1px solid ${theme.colors.border.medium}`,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
});
