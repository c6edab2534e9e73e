import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { t } from '@grafana/i18n';
import { SeriesIcon, useStyles2 } from '@grafana/ui';
import { UNKNOWN } from '../format';
import { SeverityBadge } from '../severity';
import { TEST_IDS } from '../test-ids';
import type { Look } from './look';
import type { Reading } from './reading';

type Props = {
  reading: Reading;
  name: string;
  look: Look;
  timeZone: TimeZone;
  format: (value: number) => string;
};

/** What a moment was like: the value, what is usual then, what it is compared with, and what is wrong. */
export function ReadingTooltip({ reading, name, look, timeZone, format }: Props) {
  const styles = useStyles2(getStyles);
  const { value, usual, references, anomalies } = reading;
  return (
    <div className={styles.box} data-testid={TEST_IDS.bandChart.tooltip}>
      <div className={styles.time}>{dateTimeFormat(reading.at, { timeZone })}</div>
      <dl className={styles.rows}>
        <Row label={name} color={look.value.color} text={value === null ? UNKNOWN : format(value)} isStrong />
        {usual && (
          <Row
            label={t('band-chart.usual', 'Usual range')}
            color={look.band.color}
            text={`${format(usual.lower)} – ${format(usual.upper)}`}
          />
        )}
        {usual?.expected !== null && usual?.expected !== undefined && (
          <Row label={t('band-chart.expected', 'Expected')} color={look.expected.color} text={format(usual.expected)} />
        )}
        {references.map(({ reference, value: level }) => (
          <Row
            key={reference.id}
            label={reference.label}
            color={look.references[reference.kind].color}
            text={format(level)}
          />
        ))}
      </dl>
      {anomalies.map(({ id, severity, sentence }) => (
        <div key={id} className={styles.anomaly}>
          <SeverityBadge severity={severity} />
          <span>{sentence}</span>
        </div>
      ))}
    </div>
  );
}

type RowProps = { label: string; color: string; text: string; isStrong?: boolean };

function Row({ label, color, text, isStrong = false }: RowProps) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      <dt className={styles.label}>
        <SeriesIcon color={color} />
        {label}
      </dt>
      <dd className={isStrong ? styles.strong : styles.number}>{text}</dd>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const number = { margin: 0, fontVariantNumeric: 'tabular-nums' as const };
  return {
    box: css({ padding: theme.spacing(1), fontSize: theme.typography.bodySmall.fontSize, maxWidth: theme.spacing(44) }),
    time: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(0.5) }),
    rows: css({ margin: 0 }),
    row: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2) }),
    label: css({ fontWeight: theme.typography.fontWeightRegular, color: theme.colors.text.secondary }),
    number: css(number),
    strong: css({ ...number, fontWeight: theme.typography.fontWeightMedium }),
    anomaly: css({
      display: 'flex',
      flexDirection: 'column',
      marginTop: theme.spacing(1),
      paddingTop: theme.spacing(1),
      borderTop: `1px solid ${theme.colors.border.weak}`,
      whiteSpace: 'normal',
    }),
  };
}
