import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Checkbox, useStyles2 } from '@grafana/ui';
import { plain } from '../plain';
import { TEST_IDS } from '../test-ids';
import { isWatched, type Group } from './rows';
import { tickedOf, type Selection } from './selection';

type Props = { group: Group; selection: Selection; canEdit: boolean; onToggle: () => void };

/** The head of a namespace: ticks all of it, says how many of it are watched. */
export function NamespaceRow({ group, selection, canEdit, onToggle }: Props) {
  const styles = useStyles2(getStyles);
  const { ticked, tickable } = tickedOf(group.rows, selection);
  const counts = t('enrolment.namespace-counts', '{{watched}} of {{total}} watched', {
    watched: group.rows.filter(isWatched).length,
    total: group.rows.length,
  });
  return (
    <div role="cell" className={styles.row} data-testid={TEST_IDS.enrol.namespace} data-namespace={group.namespace}>
      {canEdit && tickable > 0 && (
        <Checkbox
          value={ticked === 'all'}
          indeterminate={ticked === 'some'}
          onChange={onToggle}
          aria-label={t(
            'enrolment.tick-namespace',
            'Choose all of {{namespace}} that are not watched',
            plain({ namespace: group.namespace }),
          )}
        />
      )}
      <span className={styles.name}>{group.namespace}</span>
      <span className={styles.counts}>{counts}</span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(2) }),
  name: css({ fontWeight: theme.typography.fontWeightMedium, overflowWrap: 'anywhere' }),
  counts: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
});
