import type { QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, InlineField, InlineFieldRow, InlineSwitch } from '@grafana/ui';
import type { AgentDataSource } from './AgentDataSource';
import { LABEL_WIDTH, PICKER_WIDTH } from './NamesPicker';
import { QueryFields } from './QueryFields';
import { queryTypeText } from './query-labels';
import { DEFAULT_METRIC, QUERY_TYPES, type HpaWatchQuery, type QueryType } from './query-model';
import type { AgentOptions } from './settings';

type Props = QueryEditorProps<AgentDataSource, HpaWatchQuery, AgentOptions>;

/** A metric of values means nothing to a band and the other way round: it starts anew with the type. */
export const withType = (query: HpaWatchQuery, queryType: QueryType): HpaWatchQuery => {
  const metric = DEFAULT_METRIC[queryType];
  return queryType === query.queryType
    ? query
    : { ...query, queryType, metric: metric === undefined ? undefined : [metric] };
};

export function QueryEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const { queryType = 'series', refId, live = false } = query;
  const idPrefix = `hpa-watch-query-${refId}`;
  const change = (next: HpaWatchQuery) => {
    onChange(next);
    onRunQuery();
  };
  return (
    <>
      <InlineFieldRow>
        <InlineField labelWidth={LABEL_WIDTH} label={t('datasource.query.type', 'Query')} htmlFor={`${idPrefix}-type`}>
          <Combobox
            id={`${idPrefix}-type`}
            options={QUERY_TYPES.map((value) => ({ value, ...queryTypeText(value) }))}
            value={queryType}
            width={PICKER_WIDTH}
            onChange={({ value }) => change(withType(query, value))}
          />
        </InlineField>
        <InlineField
          label={t('datasource.query.live', 'Live')}
          htmlFor={`${idPrefix}-live`}
          tooltip={t(
            'datasource.query.live-is',
            'Asks for what is new while the panel is shown and its time range ends now. How often is set in the data source.',
          )}
        >
          <InlineSwitch
            id={`${idPrefix}-live`}
            value={live}
            onChange={({ currentTarget }) => change({ ...query, live: currentTarget.checked || undefined })}
          />
        </InlineField>
      </InlineFieldRow>
      <QueryFields
        // The texts of a query that is replaced as a whole (by an example, say) are read anew.
        key={queryType}
        idPrefix={idPrefix}
        datasource={datasource}
        query={{ ...query, queryType }}
        onChange={onChange}
        onRunQuery={onRunQuery}
      />
    </>
  );
}
