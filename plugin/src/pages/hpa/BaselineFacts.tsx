import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Button, ConfirmModal, Stack, useStyles2 } from '@grafana/ui';
import type { BaselineAnswer, BaselineMetric } from '@hpa-watch/agent/contract';
import { useState, type ReactNode } from 'react';
import type { AgentClient } from '../../api/agent-client';
import type { Action } from '../../api/use-action';
import { formatPercent, metricName } from '../../view/format';
import { acceptNormal } from '../../view/hpa-deeds';
import { plain } from '../../view/plain';
import { formatTime } from '../../view/time';
import { CHART_METRICS } from './charts';

type Props = {
  answer: BaselineAnswer;
  client: AgentClient;
  canEdit: boolean;
  isBusy: boolean;
  run: (action: Action) => void;
  onChanged: () => void;
};

/** What the baseline is made of: which history, how much of it was there, how it follows time, what is left out. */
export function BaselineFacts({ answer, client, canEdit, isBusy, run, onChanged }: Props) {
  const styles = useStyles2(getStyles);
  const { baseline } = answer;
  return (
    <section className={styles.box}>
      <dl className={styles.facts}>
        <Fact name={t('baseline.window', 'Learned from')}>
          {baseline.window === null ? (
            <Trans i18nKey="baseline.nothing">nothing yet</Trans>
          ) : (
            <>
              <span className={styles.whole}>{formatTime(baseline.window.from)} –</span>{' '}
              <span className={styles.whole}>{formatTime(baseline.window.to)}</span>
            </>
          )}
        </Fact>
        <Fact name={t('baseline.timezone', 'Daily rhythm in')}>{baseline.timezone}</Fact>
        {CHART_METRICS.map((metric) => (
          <Fact key={metric} name={metricName(metric)}>
            {metricText(baseline, metric)}
          </Fact>
        ))}
        <Fact name={t('baseline.exclusions', 'Left out')}>
          {baseline.exclusions.length === 0
            ? t('baseline.no-exclusions', 'nothing')
            : baseline.exclusions.map(({ from, to }) => (
                <span key={from} className={styles.line}>
                  {formatTime(from)} – {formatTime(to)}
                </span>
              ))}
        </Fact>
        <Fact name={t('baseline.normal-since', 'New normal')}>
          {baseline.normal_since === null
            ? t('baseline.no-normal', 'no')
            : t('baseline.since', 'since {{time}}', plain({ time: formatTime(baseline.normal_since) }))}
        </Fact>
      </dl>
      {canEdit && <NormalButton {...{ answer, client, isBusy, run, onChanged }} />}
    </section>
  );
}

type Baseline = BaselineAnswer['baseline'];

function metricText({ coverage, model }: Baseline, metric: BaselineMetric): string {
  const share = coverage[metric] ?? null;
  const shown = share === null ? t('baseline.no-coverage', 'no history') : formatPercent(Math.floor(share));
  const name = modelName(model[metric] ?? null);
  return `${shown}, ${name}`;
}

const modelName = (model: Baseline['model'][BaselineMetric]): string => {
  switch (model) {
    case 'level':
      return t('baseline.model.level', 'the same all day');
    case 'daily':
      return t('baseline.model.daily', 'by the time of day');
    case 'day_type':
      return t('baseline.model.day-type', 'by the time of day, weekends apart');
    case 'weekly':
      return t('baseline.model.weekly', 'by the time of the week');
    default:
      return t('baseline.model.none', 'nothing learned yet');
  }
};

const Fact = ({ name, children }: { name: string; children: ReactNode }) => {
  const styles = useStyles2(getStyles);
  return (
    <div>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
};

type NormalProps = Pick<Props, 'answer' | 'client' | 'isBusy' | 'run' | 'onChanged'>;

function NormalButton({ answer, client, isBusy, run, onChanged }: NormalProps) {
  const [asks, setAsks] = useState(false);
  const before = answer.baseline.normal_since;
  return (
    <Stack direction="row" gap={1} alignItems="flex-start">
      {before === null ? (
        <Button variant="secondary" icon="star" disabled={isBusy} onClick={() => setAsks(true)}>
          <Trans i18nKey="baseline.accept">This is the new normal</Trans>
        </Button>
      ) : (
        <Button
          variant="secondary"
          icon="history"
          disabled={isBusy}
          onClick={() => run(acceptNormal(client, answer, null, before, onChanged))}
        >
          <Trans i18nKey="baseline.take-back">Take the new normal back</Trans>
        </Button>
      )}
      <ConfirmModal
        isOpen={asks}
        title={t('baseline.accept-title', 'Is what is seen now the new normal?')}
        body={t(
          'baseline.accept-body',
          'What was learned before is then put aside, and what is usual is learned from now on. You can take it back.',
        )}
        confirmText={t('baseline.accept', 'This is the new normal')}
        confirmButtonVariant="primary"
        onConfirm={() => {
          setAsks(false);
          run(acceptNormal(client, answer, new Date().toISOString(), before, onChanged));
        }}
        onDismiss={() => setAsks(false)}
      />
    </Stack>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    justifyContent: 'space-between',
    marginBottom: theme.spacing(2),
  }),
  facts: css({
    flex: '1 1 480px',
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(200px, 1fr))',
    gap: theme.spacing(1.5, 2),
    margin: 0,
    '& dt, & dd': { margin: 0 },
  }),
  name: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
  }),
  value: css({ fontVariantNumeric: 'tabular-nums' }),
  whole: css({ whiteSpace: 'nowrap' }),
  line: css({ display: 'block' }),
});
