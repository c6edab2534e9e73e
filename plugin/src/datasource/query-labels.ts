import { t } from '@grafana/i18n';
import type { QueryField, QueryType } from './query-model';
import type { VariableName } from './variable-query';

/** The words of the editors. */

type Said = { label: string; description: string };

export const queryTypeText = (type: QueryType): Said =>
  ({
    series: {
      label: t('datasource.type.series', 'Values'),
      description: t('datasource.type.series-is', 'A metric of HPAs over time'),
    },
    band: {
      label: t('datasource.type.band', 'Band'),
      description: t('datasource.type.band-is', 'What is usual over time: lower, expected, upper; also ahead'),
    },
    anomalies: {
      label: t('datasource.type.anomalies', 'Anomalies'),
      description: t('datasource.type.anomalies-is', 'A table of those open in the time range, newest first'),
    },
    annotations: {
      label: t('datasource.type.annotations', 'Annotations'),
      description: t('datasource.type.annotations-is', 'Anomalies as regions, for the annotations of a dashboard'),
    },
    hpas: {
      label: t('datasource.type.hpas', 'HPAs'),
      description: t('datasource.type.hpas-is', 'A table of the HPAs as they are now'),
    },
    slots: {
      label: t('datasource.type.slots', 'Time slots'),
      description: t('datasource.type.slots-is', 'A table of when each cluster has its turn'),
    },
    forwards: {
      label: t('datasource.type.forwards', 'Forwards'),
      description: t('datasource.type.forwards-is', 'A table of the ways to the clusters'),
    },
    clusters: {
      label: t('datasource.type.clusters', 'Clusters'),
      description: t('datasource.type.clusters-is', 'A table of the clusters with their scans of the last 24 h'),
    },
    summary: {
      label: t('datasource.type.summary', 'Summary'),
      description: t('datasource.type.summary-is', 'One row: what fires, the oldest scan, the state of the agent'),
    },
  })[type];

export const fieldLabel = (field: QueryField): string =>
  ({
    cluster: t('datasource.field.cluster', 'Cluster'),
    namespace: t('datasource.field.namespace', 'Namespace'),
    hpa: t('datasource.field.hpa', 'HPA'),
    metric: t('datasource.field.metric', 'Metric'),
    parts: t('datasource.field.parts', 'Parts'),
    severity: t('datasource.field.severity', 'Severity'),
    kind: t('datasource.field.kind', 'Kind'),
    state: t('datasource.field.state', 'State'),
    limit: t('datasource.field.limit', 'Limit'),
    legend: t('datasource.field.legend', 'Legend'),
  })[field];

export const variableText = (name: VariableName): string =>
  ({
    clusters: t('datasource.variable.clusters', 'Clusters'),
    namespaces: t('datasource.variable.namespaces', 'Namespaces'),
    hpas: t('datasource.variable.hpas', 'HPAs'),
    kinds: t('datasource.variable.kinds', 'Kinds of anomaly'),
    severities: t('datasource.variable.severities', 'Severities'),
    states: t('datasource.variable.states', 'States of an HPA'),
    metrics: t('datasource.variable.metrics', 'Metrics'),
    baseline_metrics: t('datasource.variable.baseline-metrics', 'Metrics with a baseline'),
  })[name];
