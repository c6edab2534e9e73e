import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t, Trans } from '@grafana/i18n';
import { Button, Icon, IconButton, useStyles2 } from '@grafana/ui';
import type { ActionState } from '../api/use-action';
import { problemText } from './problem-text';
import { TEST_IDS } from './test-ids';

/** What became of an action, in the place where it was asked for, with the way back. */
export function ActionNotice({ state, onDismiss }: { state: ActionState; onDismiss: () => void }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.place} role="status" aria-live="polite" data-testid={TEST_IDS.action} data-kind={state.kind}>
      {state.kind === 'done' && (
        <div className={styles.bar}>
          <Icon name="check" className={styles.good} />
          <span className={styles.text}>{state.message}</span>
          {state.undo && (
            <Button size="sm" variant="secondary" fill="text" icon="history" onClick={state.undo}>
              <Trans i18nKey="action.undo">Undo</Trans>
            </Button>
          )}
          <IconButton name="times" aria-label={t('action.dismiss', 'Dismiss')} onClick={onDismiss} />
        </div>
      )}
      {state.kind === 'failed' && (
        <div className={styles.bar}>
          <Icon name="exclamation-circle" className={styles.bad} />
          <span className={styles.text}>
            {problemText(state.problem.kind).title}: {state.problem.message}
          </span>
          <Button size="sm" variant="secondary" fill="text" icon="sync" onClick={state.retry}>
            <Trans i18nKey="action.retry">Try again</Trans>
          </Button>
          <IconButton name="times" aria-label={t('action.dismiss', 'Dismiss')} onClick={onDismiss} />
        </div>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  // Waits for what it has to say without taking room in the page.
  place: css({ '&:empty': { position: 'absolute' } }),
  bar: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1),
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  text: css({ flex: 1, minWidth: 0 }),
  good: css({ color: theme.colors.success.text }),
  bad: css({ color: theme.colors.error.text }),
});
