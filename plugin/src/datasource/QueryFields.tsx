import type { AdHocVariableFilter } from '@grafana/data';
import { t } from '@grafana/i18n';
import { AutoSizeInput, Box, InlineField, InlineFieldRow, TagList } from '@grafana/ui';
import { useCallback } from 'react';
import type { AgentDataSource } from './AgentDataSource';
import { anyPlaceholder, LABEL_WIDTH, NamesPicker, PICKER_WIDTH } from './NamesPicker';
import { plain } from '../view/plain';
import { fieldLabel } from './query-labels';
import { DEFAULT_METRIC, FIELDS_OF, namesOf, type HpaWatchQuery, type QueryField, type QueryType } from './query-model';

type ListField = Exclude<QueryField, 'limit' | 'legend'>;

export type FieldsProps = {
  /** Makes the ids of inputs differ between the queries of a page. */
  idPrefix: string;
  datasource: Pick<AgentDataSource, 'options'>;
  query: HpaWatchQuery;
  onChange: (query: HpaWatchQuery) => void;
  onRunQuery: () => void;
};

/** What the type of the query can be narrowed by. */
export function QueryFields(props: FieldsProps) {
  const { query, onChange, onRunQuery, idPrefix } = props;
  const fields = FIELDS_OF[query.queryType ?? 'series'];
  const change = (next: HpaWatchQuery) => {
    onChange(next);
    onRunQuery();
  };
  const filters = query.filters ?? [];
  return (
    <>
      <InlineFieldRow>
        {fields.filter(isList).map((field) => (
          <ListPicker key={field} field={field} {...props} onChange={change} />
        ))}
      </InlineFieldRow>
      <InlineFieldRow>
        {fields.includes('limit') && (
          <InlineField
            label={fieldLabel('limit')}
            labelWidth={LABEL_WIDTH}
            htmlFor={`${idPrefix}-limit`}
            tooltip={t('datasource.field.limit-is', 'Most rows, the newest first. At most 1000.')}
          >
            <AutoSizeInput
              id={`${idPrefix}-limit`}
              type="number"
              min={1}
              max={1000}
              minWidth={PICKER_WIDTH}
              placeholder="200"
              defaultValue={query.limit}
              onCommitChange={({ currentTarget: { valueAsNumber } }) =>
                change({ ...query, limit: Number.isInteger(valueAsNumber) ? valueAsNumber : undefined })
              }
            />
          </InlineField>
        )}
        {fields.includes('legend') && (
          <InlineField
            label={fieldLabel('legend')}
            labelWidth={LABEL_WIDTH}
            htmlFor={`${idPrefix}-legend`}
            tooltip={t(
              'datasource.field.legend-is',
              'Names of the lines. The words cluster, namespace, hpa, metric and part in double braces stand for their values.',
            )}
          >
            <AutoSizeInput
              id={`${idPrefix}-legend`}
              minWidth={PICKER_WIDTH}
              placeholder="{{namespace}}/{{hpa}} {{metric}}"
              defaultValue={query.legend}
              onCommitChange={({ currentTarget: { value } }) => change({ ...query, legend: value || undefined })}
            />
          </InlineField>
        )}
      </InlineFieldRow>
      {filters.length > 0 && (
        <InlineFieldRow>
          <InlineField
            label={t('datasource.field.filters', 'Filters')}
            labelWidth={LABEL_WIDTH}
            tooltip={t('datasource.field.filters-is', 'Taken along from the dashboard. Click one to drop it.')}
          >
            <Box paddingTop={0.5}>
              <TagList
                icon="times"
                getAriaLabel={(tag) => t('datasource.field.filters-drop', 'Drop {{tag}}', plain({ tag }))}
                tags={filters.map(filterText)}
                onClick={(tag) => change({ ...query, filters: filters.filter((one) => filterText(one) !== tag) })}
              />
            </Box>
          </InlineField>
        </InlineFieldRow>
      )}
    </>
  );
}

const filterText = ({ key, operator, value, values }: AdHocVariableFilter): string =>
  `${key} ${operator} ${values?.join(' | ') ?? value}`;

const isList = (field: QueryField): field is ListField => field !== 'limit' && field !== 'legend';

const placeholderOf = (field: ListField, type: QueryType | undefined): string => {
  if (field === 'metric') return DEFAULT_METRIC[type ?? 'series'] ?? '';
  return field === 'parts' ? 'lower, expected, upper' : anyPlaceholder();
};

function ListPicker({ field, idPrefix, datasource, query, onChange }: FieldsProps & { field: ListField }) {
  const read = useCallback(() => datasource.options({ query, field }), [datasource, query, field]);
  return (
    <NamesPicker
      id={`${idPrefix}-${field}`}
      label={fieldLabel(field)}
      placeholder={placeholderOf(field, query.queryType)}
      value={namesOf(query, field)}
      read={read}
      onChange={(names) => onChange({ ...query, [field]: names.length === 0 ? undefined : names })}
    />
  );
}
