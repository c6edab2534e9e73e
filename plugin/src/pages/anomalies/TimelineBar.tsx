import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { SeverityName } from '@hpa-watch/agent/contract';
import { anomalyStateName } from '../../view/anomaly-text';
import { plain } from '../../view/plain';
import { SEVERITY_ICONS, severityMark, severityName } from '../../view/severity';
import { TEST_IDS } from '../../view/test-ids';
import { formatClock } from '../../view/time';
import type { Bar } from './timeline-model';

type Props = {
  bar: Bar;
  isChosen: boolean;
  /** Epoch ms. */
  now: number;
  onOpen: (id: string) => void;
};

/** Rows of a lane, in steps of the theme's spacing. */
export const BAR_STEP = 2.5;

/** One anomaly in its lane: colour, pattern and icon say how severe it is; what goes on has an open end. */
export function TimelineBar({ bar, isChosen, now, onOpen }: Props) {
  const styles = useStyles2(getStyles);
  const { anomaly, severity, leftPercent, widthPercent } = bar;
  const label = labelOf(bar, now);
  return (
    <Tooltip content={label} placement="top">
      <button
        type="button"
        className={cx(
          styles.bar,
          styles[severity],
          bar.state !== 'firing' && styles.over,
          bar.isCutLeft && styles.cutLeft,
          bar.isOpenRight && styles.openRight,
          isChosen && styles.chosen,
        )}
        // One that began just now stays whole at the right edge.
        style={{
          left: `min(${leftPercent}%, 100% - var(--bar-least))`,
          width: `${widthPercent}%`,
          top: `calc(${bar.row} * var(--bar-step))`,
        }}
        aria-label={label}
        onClick={() => onOpen(anomaly.id)}
        data-testid={TEST_IDS.anomalies.span}
        data-anomaly={anomaly.id}
        data-severity={severity}
      >
        <span className={styles.icon}>
          <Icon name={SEVERITY_ICONS[severity]} size="xs" />
        </span>
      </button>
    </Tooltip>
  );
}

function labelOf({ anomaly, count, severity, state }: Bar, now: number): string {
  const from = formatClock(anomaly.started_at, now);
  const values = plain({
    severity: severityName(severity),
    state: anomalyStateName(state),
    count,
    from,
    to: anomaly.ended_at === null ? t('anomalies.now', 'now') : formatClock(anomaly.ended_at, now),
    sentence: anomaly.sentence,
  });
  return count > 1
    ? t(
        'anomalies.bar-event',
        '{{severity}}, {{state}}: {{count}} anomalies began together. The worst: {{sentence}}',
        values,
      )
    : t('anomalies.bar', '{{severity}}, {{state}}, {{from}}–{{to}}: {{sentence}}', values);
}

const getStyles = (theme: GrafanaTheme2) => {
  const mark = (severity: SeverityName): string => severityMark(theme, severity);
  const stripes = (color: string): string =>
    `repeating-linear-gradient(45deg, ${color} 0, ${color} 4px, ${theme.colors.background.secondary} 4px, ${theme.colors.background.secondary} 6px)`;
  return {
    bar: css({
      position: 'absolute',
      height: theme.spacing(BAR_STEP - 0.5),
      minWidth: 'var(--bar-least)',
      containerType: 'inline-size',
      padding: 0,
      border: `1px solid transparent`,
      borderRadius: theme.shape.radius.default,
      overflow: 'hidden',
      lineHeight: 1,
      textAlign: 'left',
      '&:hover, &:focus-visible': { filter: 'brightness(1.15)', zIndex: 1 },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: '1px' },
    }),
    critical: css({ background: mark('critical'), borderColor: mark('critical') }),
    warning: css({ background: stripes(mark('warning')), borderColor: mark('warning') }),
    info: css({ background: theme.colors.background.secondary, borderColor: mark('info'), borderStyle: 'dashed' }),
    over: css({ opacity: 0.7 }),
    cutLeft: css({ borderTopLeftRadius: 0, borderBottomLeftRadius: 0 }),
    openRight: css({ borderTopRightRadius: 0, borderBottomRightRadius: 0, borderRightWidth: '3px' }),
    chosen: css({ outline: `2px solid ${theme.colors.text.primary}`, outlineOffset: '1px' }),
    icon: css({
      display: 'inline-flex',
      alignItems: 'center',
      height: '100%',
      padding: theme.spacing(0, 0.25),
      background: theme.colors.background.primary,
      color: theme.colors.text.primary,
      // A bar that is too short shows its pattern only, not a piece of the icon.
      '@container (max-width: 1.5em)': { display: 'none' },
    }),
  };
};
