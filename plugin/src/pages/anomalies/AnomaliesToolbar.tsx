import { css } from '@emotion/css';
import type { GrafanaTheme2, TimeRange } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Checkbox, Combobox, FilterInput, TimeRangeInput, useStyles2, type ComboboxOption } from '@grafana/ui';
import { anomalyStateName, kindName } from '../../view/anomaly-text';
import { SeveralFilter } from '../../view/SeveralFilter';
import { severityName } from '../../view/severity';
import { TEST_IDS } from '../../view/test-ids';
import { KINDS, SEVERITIES, STATES, type AnomaliesView } from './anomalies-url';
import { rangeText } from './shown-range';

type Props = {
  view: AnomaliesView;
  range: TimeRange;
  clusters: readonly string[];
  onChange: (change: Partial<AnomaliesView>) => void;
};

/** Which anomalies are shown. */
export function AnomaliesToolbar({ view, range, clusters, onChange }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      <div className={styles.search}>
        <FilterInput
          value={view.q}
          onChange={(q) => onChange({ q })}
          placeholder={t('anomalies.search', 'Search HPA or sentence')}
          aria-label={t('anomalies.search', 'Search HPA or sentence')}
          data-testid={TEST_IDS.anomalies.search}
        />
      </div>
      <div className={styles.filter}>
        <Combobox
          id="anomalies-cluster"
          aria-label={t('anomalies.all-clusters', 'All clusters')}
          placeholder={t('anomalies.all-clusters', 'All clusters')}
          options={clusters.map((value) => ({ value, label: value }))}
          value={view.cluster}
          isClearable
          onChange={(option: ComboboxOption | null) => onChange({ cluster: option?.value ?? null })}
        />
      </div>
      <div className={styles.filter}>
        <SeveralFilter
          name={t('anomalies.filter.state', 'State')}
          placeholder={t('anomalies.all-states', 'All states')}
          options={STATES.map((value) => ({ value, label: anomalyStateName(value) }))}
          value={view.states}
          onChange={(states) => onChange({ states })}
        />
      </div>
      <div className={styles.filter}>
        <SeveralFilter
          name={t('anomalies.filter.severity', 'Severity')}
          placeholder={t('anomalies.all-severities', 'Any severity')}
          options={SEVERITIES.map((value) => ({ value, label: severityName(value) }))}
          value={view.severities}
          onChange={(severities) => onChange({ severities })}
        />
      </div>
      <div className={styles.filter}>
        <SeveralFilter
          name={t('anomalies.filter.kind', 'Kind')}
          placeholder={t('anomalies.all-kinds', 'Any kind')}
          options={KINDS.map((value) => ({ value, label: kindName(value) }))}
          value={view.kinds}
          onChange={(kinds) => onChange({ kinds })}
        />
      </div>
      <div className={styles.right}>
        <Checkbox
          label={t('anomalies.group', 'Group cluster events')}
          value={view.isGrouped}
          onChange={(event) => onChange({ isGrouped: event.currentTarget.checked })}
        />
        <TimeRangeInput value={range} onChange={(next) => onChange(rangeText(next))} hideTimeZone isReversed />
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  search: css({ flex: '2 1 0', minWidth: theme.spacing(24), maxWidth: theme.spacing(40) }),
  filter: css({ flex: '1 1 0', minWidth: theme.spacing(17), maxWidth: theme.spacing(30) }),
  right: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(2), marginLeft: 'auto' }),
});
