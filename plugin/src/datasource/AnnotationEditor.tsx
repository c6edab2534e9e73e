import type { QueryEditorProps } from '@grafana/data';
import type { AgentDataSource } from './AgentDataSource';
import { QueryFields } from './QueryFields';
import type { HpaWatchQuery } from './query-model';
import type { AgentOptions } from './settings';

type Props = QueryEditorProps<AgentDataSource, HpaWatchQuery, AgentOptions>;

/** Which anomalies a dashboard shows. */
export const AnnotationEditor = ({ datasource, query, onChange, onRunQuery }: Props) => (
  <QueryFields
    idPrefix="hpa-watch-annotation"
    datasource={datasource}
    query={{ ...query, refId: query?.refId ?? 'Anno', queryType: 'annotations' }}
    onChange={onChange}
    onRunQuery={onRunQuery}
  />
);
