import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, TextLink, Tooltip, useStyles2 } from '@grafana/ui';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { anomalyStateName, kindName } from '../../view/anomaly-text';
import { formatDuration } from '../../view/format';
import { hpaUrl } from '../../view/links';
import { plain } from '../../view/plain';
import { SeverityBadge } from '../../view/severity';
import { TEST_IDS } from '../../view/test-ids';
import { formatClock, formatTime } from '../../view/time';
import type { Entry } from './list-entries';
import { spanOf } from './timeline-model';

type RowProps = {
  anomaly: AnomalyView;
  isOfEvent: boolean;
  /** Epoch ms. */
  now: number;
  onOpen: (id: string) => void;
};

/** The cells of one anomaly; its sentence opens it. */
export function AnomalyRow({ anomaly, isOfEvent, now, onOpen }: RowProps) {
  const styles = useStyles2(getStyles);
  const span = spanOf(anomaly, now);
  return (
    <>
      <span role="cell" className={cx(isOfEvent && styles.inside)}>
        <SeverityBadge severity={anomaly.severity} />
        <span className={styles.small}>{anomalyStateName(anomaly.state)}</span>
      </span>
      <span role="cell" className={styles.hpa}>
        <TextLink href={hpaUrl(anomaly)} inline={false} color="primary">
          {anomaly.namespace}/<wbr />
          {anomaly.hpa}
        </TextLink>
        <span className={styles.small}>{anomaly.cluster}</span>
      </span>
      <span role="cell" className={styles.what}>
        <button
          type="button"
          className={styles.sentence}
          onClick={() => onOpen(anomaly.id)}
          data-testid={TEST_IDS.anomalies.row}
          data-anomaly={anomaly.id}
        >
          {anomaly.sentence}
        </button>
        <span className={styles.small}>
          {kindName(anomaly.kind)}
          <Flags anomaly={anomaly} />
        </span>
      </span>
      <span role="cell" className={styles.time} title={formatTime(anomaly.started_at)}>
        {formatClock(anomaly.started_at, now)}
      </span>
      <span role="cell" className={styles.time}>
        {formatDuration(span.to - span.from)}
      </span>
    </>
  );
}

function Flags({ anomaly }: { anomaly: AnomalyView }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {anomaly.acknowledged_at !== null && (
        <span className={styles.flag}>
          <Icon name="user" size="xs" /> {t('anomalies.acknowledged', 'acknowledged')}
        </span>
      )}
      {anomaly.excluded && (
        <Tooltip content={t('anomalies.excluded-text', 'Its minutes are left out of the baseline.')}>
          <span className={styles.flag}>
            <Icon name="minus-circle" size="xs" /> {t('anomalies.excluded', 'excluded')}
          </span>
        </Tooltip>
      )}
    </>
  );
}

type EventProps = {
  entry: Extract<Entry, { kind: 'event' }>;
  /** Epoch ms. */
  now: number;
  onToggle: () => void;
};

/** The cells of a cluster event; it unfolds to its anomalies. */
export function EventRow({ entry, now, onToggle }: EventProps) {
  const styles = useStyles2(getStyles);
  const { worst, cluster, hpas, startedAt, isOver, isOpen } = entry;
  return (
    <>
      <span role="cell">
        <SeverityBadge severity={worst.severity} />
        <span className={styles.small}>{anomalyStateName(isOver ? 'resolved' : 'firing')}</span>
      </span>
      <span role="cell" className={styles.hpa}>
        {cluster}
      </span>
      <span role="cell" className={styles.what}>
        <button
          type="button"
          className={styles.sentence}
          onClick={onToggle}
          aria-expanded={isOpen}
          data-testid={TEST_IDS.anomalies.event}
        >
          <Icon name={isOpen ? 'angle-down' : 'angle-right'} />{' '}
          {t('anomalies.event', '{{count}} HPAs of {{cluster}} departed together', plain({ count: hpas, cluster }))}
        </button>
        <span className={styles.small}>{worst.sentence}</span>
      </span>
      <span role="cell" className={styles.time} title={formatTime(startedAt)}>
        {formatClock(startedAt, now)}
      </span>
      <span role="cell" />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  inside: css({ paddingLeft: theme.spacing(2) }),
  hpa: css({ minWidth: 0, overflowWrap: 'anywhere' }),
  what: css({ display: 'flex', flexDirection: 'column', alignItems: 'flex-start', minWidth: 0 }),
  sentence: css({
    padding: 0,
    border: 0,
    background: 'transparent',
    textAlign: 'left',
    overflowWrap: 'anywhere',
    '&:hover': { textDecoration: 'underline' },
  }),
  small: css({
    display: 'block',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
  }),
  flag: css({ marginLeft: theme.spacing(1.5), whiteSpace: 'nowrap' }),
  time: css({ textAlign: 'right', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }),
});
