import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, Spinner, useStyles2 } from '@grafana/ui';
import { TEST_IDS } from '../../view/test-ids';
import { STEPS, type StepName } from './connection-test';
import type { StepResult } from './steps';

export type StepResults = Partial<Record<StepName, StepResult>>;

const ICONS: Record<StepResult['outcome'], IconName> = {
  good: 'check-circle',
  limited: 'exclamation-triangle',
  failed: 'exclamation-circle',
  skipped: 'minus-circle',
};

/** The steps of the test in their order, each with a tick or with what is wrong and how to mend it. */
export function StepList({ results }: { results: StepResults }) {
  const styles = useStyles2(getStyles);
  return (
    <ol className={styles.list} aria-live="polite">
      {STEPS.map((name) => {
        const result = results[name];
        return (
          <li
            key={name}
            className={styles.step}
            data-testid={TEST_IDS.configuration.step}
            data-step={name}
            data-outcome={result?.outcome ?? 'running'}
          >
            <span className={cx(styles.icon, result && styles[result.outcome])}>
              {result === undefined ? <Spinner inline /> : <Icon name={ICONS[result.outcome]} size="lg" />}
            </span>
            <div>
              <div className={styles.title}>
                {stepTitle(name)} <span className={styles.word}>{result && outcomeWord(result.outcome)}</span>
              </div>
              <div>{result?.sentence ?? t('configuration.running', 'Trying …')}</div>
              {result?.mend && <div className={styles.mend}>{result.mend}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const stepTitle = (name: StepName): string =>
  ({
    reach: t('configuration.step.reach', 'Grafana → agent'),
    token: t('configuration.step.token', 'Token'),
    clusters: t('configuration.step.clusters', 'Agent → clusters'),
  })[name];

const outcomeWord = (outcome: StepResult['outcome']): string =>
  ({
    good: t('configuration.outcome.good', 'works'),
    limited: t('configuration.outcome.limited', 'works in part'),
    failed: t('configuration.outcome.failed', 'does not work'),
    skipped: t('configuration.outcome.skipped', 'not tried'),
  })[outcome];

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column' }),
  step: css({
    display: 'flex',
    gap: theme.spacing(2),
    minHeight: theme.spacing(8),
    padding: theme.spacing(1.5, 0),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '&:last-child': { borderBottom: 0 },
  }),
  icon: css({ flexShrink: 0, width: theme.spacing(3), color: theme.colors.text.secondary }),
  good: css({ color: theme.colors.success.text }),
  limited: css({ color: theme.colors.warning.text }),
  failed: css({ color: theme.colors.error.text }),
  skipped: css({ color: theme.colors.text.secondary }),
  title: css({ fontWeight: theme.typography.fontWeightMedium }),
  word: css({
    marginLeft: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightRegular,
  }),
  mend: css({ color: theme.colors.text.secondary, marginTop: theme.spacing(0.5) }),
});
