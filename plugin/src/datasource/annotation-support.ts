import type { AnnotationQuery, AnnotationSupport } from '@grafana/data';
import { AnnotationEditor } from './AnnotationEditor';
import type { HpaWatchQuery } from './query-model';

/** Anomalies as regions over the panels of a dashboard. Grafana reads the fields time, timeEnd, title, text, tags and id by their names. */
export const annotationSupport: AnnotationSupport<HpaWatchQuery> = {
  getDefaultQuery: () => ({ queryType: 'annotations' }),
  prepareQuery: ({ target }: AnnotationQuery<HpaWatchQuery>) => ({
    ...target,
    refId: target?.refId ?? 'Anno',
    queryType: 'annotations',
    live: undefined,
  }),
  QueryEditor: AnnotationEditor,
};
