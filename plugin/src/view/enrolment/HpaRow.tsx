import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Checkbox, IconButton, TextLink, useStyles2 } from '@grafana/ui';
import { hpaUrl } from '../links';
import { plain } from '../plain';
import { TEST_IDS } from '../test-ids';
import { boundsText, metricsText, targetText } from './row-text';
import { RowState } from './RowState';
import { canTick, isWatched, type EnrolmentRow } from './rows';

/** What can be asked for a watched HPA. */
export type RowDeeds = {
  isBusy: boolean;
  onStop: (row: EnrolmentRow) => void;
  onCollect: (row: EnrolmentRow) => void;
};

type Props = RowDeeds & {
  row: EnrolmentRow;
  isTicked: boolean;
  canEdit: boolean;
  isMissing: boolean;
  onToggle: () => void;
  /** Class of the cells that a narrow list leaves out. */
  onlyWide: string;
};

/** The cells of one HPA. */
export function HpaRow(props: Props) {
  const { row, isTicked, canEdit, isMissing, isBusy, onToggle, onStop, onCollect, onlyWide } = props;
  const styles = useStyles2(getStyles);
  const name = plain({ name: `${row.namespace}/${row.hpa}` });
  const canCollect = row.state.kind === 'failed' || row.state.kind === 'partial';
  return (
    <>
      {canEdit && (
        <span role="cell">
          {canTick(row) && (
            <Checkbox value={isTicked} onChange={onToggle} aria-label={t('enrolment.tick', 'Choose {{name}}', name)} />
          )}
        </span>
      )}
      <span
        role="cell"
        className={styles.name}
        data-testid={TEST_IDS.enrol.row}
        data-hpa={`${row.namespace}/${row.hpa}`}
      >
        {isWatched(row) ? (
          <TextLink href={hpaUrl(row)} inline={false} color="primary">
            {row.hpa}
          </TextLink>
        ) : (
          row.hpa
        )}
      </span>
      <span role="cell" className={cx(styles.beside, onlyWide)}>
        <Target row={row} />
      </span>
      <span role="cell" className={styles.number}>
        {boundsText(row.found)}
      </span>
      <span role="cell" className={cx(styles.beside, onlyWide)}>
        {metricsText(row.found)}
      </span>
      <div role="cell">
        <RowState row={row} isMissing={isMissing} />
      </div>
      {canEdit && (
        <span role="cell" className={styles.deeds}>
          {canCollect && (
            <IconButton
              name="sync"
              disabled={isBusy}
              tooltip={t('enrolment.collect-of', 'Collect the history of {{name}} again', name)}
              onClick={() => onCollect(row)}
            />
          )}
          {isWatched(row) && (
            <IconButton
              name="eye-slash"
              disabled={isBusy}
              tooltip={t('enrolment.stop-watching-of', 'Stop watching {{name}}', name)}
              onClick={() => onStop(row)}
            />
          )}
        </span>
      )}
    </>
  );
}

/** May break after the slash, not within the words. */
function Target({ row }: { row: EnrolmentRow }) {
  const [kind, name] = targetText(row.found).split('/');
  if (name === undefined) return <>{kind}</>;
  return (
    <>
      {kind}/<wbr />
      {name}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  name: css({ overflowWrap: 'anywhere' }),
  beside: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
  number: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  deeds: css({ display: 'flex', marginTop: theme.spacing(0.25), justifyContent: 'flex-end', gap: theme.spacing(0.5) }),
});
