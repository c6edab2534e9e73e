import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, FilterInput, RefreshPicker, useStyles2, type ComboboxOption } from '@grafana/ui';
import { HiddenLabel } from '../../view/HiddenLabel';
import { TEST_IDS } from '../../view/test-ids';
import { windowName } from './columns';
import { HPA_ANOMALY_CHOICES, HPA_STATE_CHOICES } from './fleet-choices';
import { REFRESH_INTERVALS, SPARK_WINDOWS, type FleetView } from './fleet-url';

type Props = {
  view: FleetView;
  clusters: readonly string[];
  namespaces: readonly string[];
  isLoading: boolean;
  onChange: (change: Partial<FleetView>) => void;
  onRefresh: () => void;
};

const asOptions = (values: readonly string[]): ComboboxOption[] => values.map((value) => ({ value, label: value }));

/** What of the fleet is shown, and how often it is read. */
export function FleetToolbar({ view, clusters, namespaces, isLoading, onChange, onRefresh }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar}>
      <div className={styles.search}>
        <FilterInput
          value={view.q}
          onChange={(q) => onChange({ q })}
          placeholder={t('fleet.search', 'Search namespace/hpa')}
          aria-label={t('fleet.search', 'Search namespace/hpa')}
          data-testid={TEST_IDS.fleet.search}
        />
      </div>
      <Filter
        id="fleet-cluster"
        name={t('fleet.column.cluster', 'Cluster')}
        placeholder={t('fleet.all-clusters', 'All clusters')}
        options={asOptions(clusters)}
        value={view.cluster}
        onChange={(cluster) => onChange({ cluster, namespace: null })}
      />
      <Filter
        id="fleet-namespace"
        name={t('fleet.namespace', 'Namespace')}
        placeholder={t('fleet.all-namespaces', 'All namespaces')}
        options={asOptions(namespaces)}
        value={view.namespace}
        onChange={(namespace) => onChange({ namespace })}
      />
      <Filter
        id="fleet-state"
        name={t('fleet.column.state', 'State')}
        placeholder={t('fleet.all-states', 'All states')}
        options={HPA_STATE_CHOICES.map((value) => ({ value, label: stateChoice(value) }))}
        value={view.state}
        onChange={(state) => onChange({ state })}
      />
      <Filter
        id="fleet-anomaly"
        name={t('fleet.severity', 'Severity')}
        placeholder={t('fleet.all-severities', 'Any severity')}
        options={HPA_ANOMALY_CHOICES.map((value) => ({ value, label: anomalyChoice(value) }))}
        value={view.anomaly}
        onChange={(anomaly) => onChange({ anomaly })}
      />
      <div className={styles.right}>
        <div className={styles.window}>
          <HiddenLabel htmlFor="fleet-window" text={t('fleet.window-label', 'Time of the small charts')} />
          <Combobox
            id="fleet-window"
            options={SPARK_WINDOWS.map((value) => ({ value, label: windowName(value) }))}
            value={view.window}
            onChange={({ value }) => onChange({ window: value })}
          />
        </div>
        <RefreshPicker
          value={view.refresh}
          intervals={REFRESH_INTERVALS}
          onIntervalChanged={(refresh) => onChange({ refresh })}
          onRefresh={onRefresh}
          isLoading={isLoading}
          tooltip={t('fleet.refresh', 'Read again')}
          isOnCanvas
        />
      </div>
    </div>
  );
}

type FilterProps<T extends string> = {
  id: string;
  name: string;
  placeholder: string;
  options: ComboboxOption<T>[];
  value: T | null;
  onChange: (value: T | null) => void;
};

function Filter<T extends string>({ id, name, placeholder, options, value, onChange }: FilterProps<T>) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.filter}>
      <HiddenLabel htmlFor={id} text={name} />
      <Combobox
        id={id}
        placeholder={placeholder}
        options={options}
        value={value}
        isClearable
        onChange={(option: ComboboxOption<T> | null) => onChange(option?.value ?? null)}
      />
    </div>
  );
}

const stateChoice = (state: (typeof HPA_STATE_CHOICES)[number]): string =>
  ({
    queued: t('fleet.state.queued', 'Waiting to learn'),
    running: t('fleet.state.running', 'Learning'),
    ready: t('fleet.state.ready', 'Baseline ready'),
    partial: t('fleet.state.partial', 'Baseline partial'),
    failed: t('fleet.state.failed', 'Baseline failed'),
    paused: t('fleet.state.paused', 'Paused'),
    gone: t('fleet.state.gone', 'Gone'),
  })[state];

const anomalyChoice = (anomaly: (typeof HPA_ANOMALY_CHOICES)[number]): string =>
  ({
    any: t('fleet.anomaly.any', 'Any anomaly'),
    critical: t('fleet.anomaly.critical', 'Critical'),
    warning: t('fleet.anomaly.warning', 'Warning'),
    info: t('fleet.anomaly.info', 'Info'),
    none: t('fleet.anomaly.none', 'No anomaly'),
  })[anomaly];

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  search: css({ flex: '2 1 180px', maxWidth: 320 }),
  filter: css({ flex: '1 1 148px', maxWidth: 200 }),
  right: css({ display: 'flex', gap: theme.spacing(1), marginLeft: 'auto' }),
  window: css({ width: 84 }),
});
