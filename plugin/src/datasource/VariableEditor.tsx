import type { DataSourceApi, QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Combobox, InlineField, InlineFieldRow } from '@grafana/ui';
import { useCallback } from 'react';
import { anyPlaceholder, LABEL_WIDTH, NamesPicker, PICKER_WIDTH } from './NamesPicker';
import type { OptionsAsked } from './options';
import { fieldLabel, variableText } from './query-labels';
import type { HpaWatchQuery } from './query-model';
import type { AgentOptions } from './settings';
import { VARIABLE_NAMES, VARIABLE_TAKES, type VariableQuery } from './variable-query';

type Props = QueryEditorProps<DataSourceApi<HpaWatchQuery, AgentOptions>, HpaWatchQuery, AgentOptions, VariableQuery>;

/** Reads the options of a picker. */
export type ReadOptions = (asked: OptionsAsked) => Promise<readonly string[]>;

/** With what a dashboard variable is filled. */
export const variableEditor = (readOptions: ReadOptions) =>
  function VariableEditor({ query, onChange }: Props) {
    const { variable = 'clusters' } = query;
    return (
      <InlineFieldRow>
        <InlineField
          labelWidth={LABEL_WIDTH}
          label={t('datasource.variable.of', 'Values')}
          htmlFor="hpa-watch-variable"
        >
          <Combobox
            id="hpa-watch-variable"
            options={VARIABLE_NAMES.map((value) => ({ value, label: variableText(value) }))}
            value={variable}
            width={PICKER_WIDTH}
            onChange={({ value }) => onChange({ ...query, variable: value })}
          />
        </InlineField>
        {VARIABLE_TAKES[variable].map((field) => (
          <PlacePicker key={field} field={field} readOptions={readOptions} query={query} onChange={onChange} />
        ))}
      </InlineFieldRow>
    );
  };

type PlaceProps = Pick<Props, 'query' | 'onChange'> & { field: 'cluster' | 'namespace'; readOptions: ReadOptions };

function PlacePicker({ field, readOptions, query, onChange }: PlaceProps) {
  const { cluster, namespace } = query;
  const read = useCallback(
    () => readOptions({ query: { refId: 'variable', queryType: 'hpas', cluster, namespace }, field }),
    [readOptions, cluster, namespace, field],
  );
  return (
    <NamesPicker
      id={`hpa-watch-variable-${field}`}
      label={fieldLabel(field)}
      placeholder={anyPlaceholder()}
      value={query[field] ?? []}
      read={read}
      onChange={(names) => onChange({ ...query, [field]: names.length === 0 ? undefined : names })}
    />
  );
}
