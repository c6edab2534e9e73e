import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { formatPercent } from '../format';
import { plain } from '../plain';
import { TEST_IDS } from '../test-ids';
import { adviceText, progressText } from './row-text';
import type { EnrolmentRow, RowState as State } from './rows';

/** Where an HPA stands: a bar while its history is collected, then "ready 98 %" or the reason and what to do. */
export function RowState({ row, isMissing }: { row: EnrolmentRow; isMissing: boolean }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.cell} data-testid={TEST_IDS.enrol.state} data-state={row.state.kind}>
      <Standing state={row.state} />
      {row.isPaused && <Line icon="pause" text={t('enrolment.paused', 'paused')} />}
      {isMissing && <Line icon="question-circle" text={t('enrolment.missing', 'the cluster shows it no longer')} />}
    </div>
  );
}

function Standing({ state }: { state: State }) {
  const styles = useStyles2(getStyles);
  switch (state.kind) {
    case 'found':
      return <Line icon="circle" text={t('enrolment.found', 'not watched')} />;
    case 'asked':
      return <Line icon="hourglass" text={t('enrolment.asked', 'asked for')} />;
    case 'collecting':
      return <Collecting state={state} />;
    case 'ready':
      return (
        <Line
          icon="check-circle"
          tone={styles.good}
          text={withCoverage(t('enrolment.ready', 'ready'), state.coverage)}
        />
      );
    case 'partial':
      return (
        <Line
          icon="exclamation-triangle"
          tone={styles.warn}
          text={withCoverage(t('enrolment.partial', 'too little history'), state.coverage)}
        >
          {state.reason} {adviceText('partial')}
        </Line>
      );
    case 'failed':
      return (
        <Line icon="exclamation-circle" tone={styles.bad} text={t('enrolment.failed', 'not collected')}>
          {state.reason} {adviceText('failed')}
        </Line>
      );
    case 'refused':
      return (
        <Line icon="exclamation-circle" tone={styles.bad} text={t('enrolment.refused', 'not enrolled')}>
          {state.reason}
        </Line>
      );
  }
}

function withCoverage(word: string, coverage: number | null): string {
  if (coverage === null) return word;
  return t(
    'enrolment.coverage',
    '{{word}} {{coverage}}',
    plain({ word, coverage: formatPercent(Math.floor(coverage)) }),
  );
}

function Collecting({ state }: { state: Extract<State, { kind: 'collecting' }> }) {
  const styles = useStyles2(getStyles);
  const text = progressText(state);
  return (
    <div className={styles.progress}>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={t('enrolment.progress', 'History collected')}
        aria-valuenow={Math.round(state.percent)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={text}
        data-testid={TEST_IDS.enrol.progress}
      >
        <div className={styles.bar} style={{ width: `${state.percent}%` }} />
      </div>
      <span className={styles.text}>{text}</span>
    </div>
  );
}

type LineProps = { icon: IconName; text: string; tone?: string; children?: ReactNode };

function Line({ icon, text, tone, children }: LineProps) {
  const styles = useStyles2(getStyles);
  return (
    <div>
      <span className={cx(styles.line, tone)}>
        <Icon name={icon} size="sm" />
        {text}
      </span>
      {children !== undefined && <div className={styles.reason}>{children}</div>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.25), minWidth: 0 }),
  line: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
  }),
  reason: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
    overflowWrap: 'anywhere',
  }),
  good: css({ color: theme.colors.success.text }),
  warn: css({ color: theme.colors.warning.text }),
  bad: css({ color: theme.colors.error.text }),
  progress: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1) }),
  track: css({
    flex: '1 1 auto',
    minWidth: theme.spacing(6),
    height: theme.spacing(1),
    borderRadius: theme.shape.radius.pill,
    background: theme.colors.background.canvas,
    border: `1px solid ${theme.colors.border.medium}`,
    overflow: 'hidden',
  }),
  bar: css({
    height: '100%',
    background: theme.colors.primary.main,
    [theme.transitions.handleMotion('no-preference')]: { transition: theme.transitions.create('width') },
  }),
  text: css({
    flex: '0 0 auto',
    minWidth: theme.spacing(15),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
});
