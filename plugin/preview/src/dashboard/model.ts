import type {
  AnnotationQuery,
  DataQuery,
  DataSourceRef,
  DataTransformerConfig,
  FieldConfigSource,
} from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { bootData } from '../boot-data';

/** A dashboard's JSON, as far as it is shown here. */
export type Dashboard = {
  uid: string;
  title: string;
  description?: string;
  time: { from: string; to: string };
  templating: { list: VariableModel[] };
  annotations?: { list: DashboardAnnotation[] };
  panels: PanelModel[];
};

export type PanelModel = {
  id: number;
  type: string;
  title?: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: DataSourceRef;
  targets?: DataQuery[];
  fieldConfig?: FieldConfigSource;
  options?: object;
  transformations?: DataTransformerConfig[];
  interval?: string;
  maxDataPoints?: number;
};

export type VariableModel = {
  /** `datasource`, `query`; others have no options here. */
  type: string;
  name: string;
  label?: string;
  query: unknown;
  datasource?: DataSourceRef;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
};

export type DashboardAnnotation = AnnotationQuery<DataQuery> & { datasource: DataSourceRef };

/** The dashboards that the app brings along, by plugin.json. */
const included = () => {
  const app = Object.values(bootData().settings.apps)[0];
  return (app?.includes ?? [])
    .filter(({ type }) => (type as string) === 'dashboard')
    .map(({ path = '' }) => `${app?.baseUrl ?? ''}/${path}`);
};

/** In the order of plugin.json. */
export const readDashboards = (): Promise<Dashboard[]> =>
  Promise.all(included().map((path) => getBackendSrv().get<Dashboard>(path)));

/** @throws Error where the app has no dashboard of this uid */
export async function readDashboard(uid: string): Promise<Dashboard> {
  const found = (await readDashboards()).find((one) => one.uid === uid);
  if (found === undefined) throw new Error(`The app has no dashboard ${uid}`);
  return found;
}
