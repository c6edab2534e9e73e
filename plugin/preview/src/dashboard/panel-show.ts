import type { DataQuery } from '@grafana/data';
import { bootData } from '../boot-data';
import type { Dashboard, PanelModel, VariableModel } from './model';

const ONE = { cluster: ['$cluster'], namespace: ['$namespace'], hpa: ['$hpa'] };
const LOOK = { parts: ['value', 'lower', 'expected', 'upper'], legend: '{{namespace}}/{{hpa}} · {{metric}}' };

/** What the panels that draw data are asked to draw; the others ask the agent themselves. */
const QUERIES: Record<string, object[] | undefined> = {
  'hpawatch-baseline-panel': [
    { refId: 'A', queryType: 'band', metric: ['cpu'], ...LOOK, ...ONE },
    { refId: 'B', queryType: 'band', metric: ['replicas'], ...LOOK, ...ONE },
    { refId: 'C', queryType: 'anomalies', ...ONE },
  ],
};

const SOURCE = { type: 'hpawatch-monitor-datasource', uid: '${datasource}' };

const variable = (name: string, label: string, query: object): VariableModel => ({
  type: 'query',
  name,
  label,
  datasource: SOURCE,
  query: { refId: 'variable', ...query },
});

/** A dashboard made of each panel plugin of the app, wide and narrow. */
export function panelShow(): Dashboard {
  const types = Object.values(bootData().settings.panels).sort((a, b) => a.name.localeCompare(b.name));
  return {
    uid: 'panels',
    title: 'Panels',
    description: 'Each panel of the app as it stands on a dashboard, wide and narrow.',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [
        { type: 'datasource', name: 'datasource', label: 'Data source', query: SOURCE.type },
        variable('cluster', 'Cluster', { variable: 'clusters' }),
        variable('namespace', 'Namespace', { variable: 'namespaces', cluster: ['$cluster'] }),
        variable('hpa', 'HPA', { variable: 'hpas', cluster: ['$cluster'], namespace: ['$namespace'] }),
      ],
    },
    panels: types.flatMap(({ id, name }, index): PanelModel[] => {
      const panel = {
        type: id,
        title: name,
        datasource: SOURCE,
        options: { dataSource: SOURCE.uid },
        targets: (QUERIES[id] ?? []) as DataQuery[],
      };
      return [
        { ...panel, id: index * 2 + 1, gridPos: { x: 0, y: index * 14, w: 15, h: 14 } },
        { ...panel, id: index * 2 + 2, gridPos: { x: 15, y: index * 14, w: 9, h: 14 } },
      ];
    }),
  };
}
