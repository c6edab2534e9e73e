import { expect, test } from '@jest/globals';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { ReactElement } from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import type { AgentDataSource } from './AgentDataSource';
import { AnnotationEditor } from './AnnotationEditor';
import { ConfigEditor } from './ConfigEditor';
import { dataSource } from './data-source.fixture';
import { QueryEditor } from './QueryEditor';
import { fieldLabel } from './query-labels';
import { FIELDS_OF, QUERY_TYPES, type HpaWatchQuery, type QueryField } from './query-model';
import type { AgentOptions, AgentSettings } from './settings';
import { variableEditor } from './VariableEditor';

setTemplateSrv({ getVariables: () => [], replace: (text = '') => text } as unknown as TemplateSrv);
// jsdom measures no text; the menus of pickers do.
Object.assign(HTMLCanvasElement.prototype, {
  getContext: () => ({ font: '', measureText: (text: string) => ({ width: 8 * text.length }) }),
});

/** What a person hears of an editor: its inputs by the labels that name them, and the ids that are there. */
function drawn(editor: ReactElement): { labels: string[]; ids: string[]; values: string[] } {
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  flushSync(() => root.render(editor));
  const inputs = [...place.querySelectorAll('input')];
  const heard = {
    labels: inputs.map(nameOf),
    ids: [...place.querySelectorAll('[id]')].map(({ id }) => id),
    values: inputs.map(({ value }) => value),
  };
  root.unmount();
  place.remove();
  return heard;
}

function nameOf(input: HTMLInputElement): string {
  const labelledBy = input.getAttribute('aria-labelledby');
  const label = labelledBy === null ? input.labels?.[0] : document.getElementById(labelledBy);
  return label?.firstChild?.textContent?.trim() ?? '';
}

const nothing = () => undefined;
const propsOf = (query: HpaWatchQuery): QueryEditorProps<AgentDataSource, HpaWatchQuery, AgentOptions> => ({
  datasource: dataSource({}),
  query,
  onChange: nothing,
  onRunQuery: nothing,
});

test.each(QUERY_TYPES)('the editor of %s: each input has its label', (queryType) => {
  const { labels } = drawn(<QueryEditor {...propsOf({ refId: 'A', queryType })} />);
  const fields: QueryField[] = [...FIELDS_OF[queryType]];
  expect(labels).toEqual(['Query', 'Live', ...fields.map(fieldLabel)]);
});

test('two queries of a panel share no id', () => {
  const { ids } = drawn(
    <>
      <QueryEditor {...propsOf({ refId: 'A', queryType: 'band' })} />
      <QueryEditor {...propsOf({ refId: 'B', queryType: 'band' })} />
    </>,
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('annotations have no type to choose and are never live', () => {
  const { labels } = drawn(<AnnotationEditor {...propsOf({ refId: 'Anno' })} />);
  expect(labels).toEqual(['Cluster', 'Namespace', 'HPA', 'Severity', 'Kind', 'State', 'Limit']);
});

test('HPAs as a variable are narrowed by clusters and namespaces', () => {
  const VariableEditor = variableEditor(async () => []);
  const { labels } = drawn(
    <VariableEditor
      datasource={dataSource({})}
      query={{ refId: 'v', variable: 'hpas' }}
      onChange={nothing}
      onRunQuery={nothing}
    />,
  );
  expect(labels).toEqual(['Values', 'Cluster', 'Namespace']);
});

test('the settings: address, both tokens, interval; a saved token is not shown', () => {
  const options = {
    url: 'http://127.0.0.1:8085',
    jsonData: {},
    secureJsonData: {},
    secureJsonFields: { token: true, readToken: true },
  } as unknown as AgentSettings;
  const { labels, values } = drawn(<ConfigEditor options={options} onOptionsChange={nothing} />);
  expect(labels).toEqual(['URL *', 'Token', 'Token for reading (optional)', 'Poll interval (seconds)']);
  expect(values).toEqual(['http://127.0.0.1:8085', 'configured', '', '']);
});
