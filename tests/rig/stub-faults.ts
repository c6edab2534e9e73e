import type { GrantedRole } from './stub-authorizer.ts';

/** What can be wrong with one cluster of the stub API server; null: nothing. */
export type StubFault =
  /** 401 on every API call */
  | { mode: 'unauthorized' }
  /** 403 on the port forward only */
  | { mode: 'forbidden' }
  /** the service is not there */
  | { mode: 'nosvc' }
  /** the service selects no pod */
  | { mode: 'nopod' }
  /** the pod is Pending */
  | { mode: 'notready' }
  /** 500 on the port forward */
  | { mode: 'noupgrade' }
  /** API calls are taken and never answered */
  | { mode: 'apihang' }
  /** the tunnel comes up, no stream in it is ever answered */
  | { mode: 'hang' }
  /** streams are taken, nothing ever comes back */
  | { mode: 'blackhole' }
  /** the pod refuses the connection */
  | { mode: 'refuse' }
  /** each connection to the pod takes this long */
  | { mode: 'slow'; ms: number }
  /** each answer breaks off after so many bytes */
  | { mode: 'truncate'; bytes: number };

export type StubPort = { name?: string; port: number; targetPort?: number | string };

export type StubService = {
  name: string;
  ports: StubPort[];
  labels?: Record<string, string>;
  /** false: a service without a selector */
  selects?: boolean;
};

/** What `kubectl get hpa` shows. */
export type StubHpa = { namespace: string; name: string; target: string; min: number; max: number; replicas: number };

export type StubCluster = {
  /** What stands behind every pod of the cluster. */
  backend: { host: string; port: number };
  /** By default one: prometheus-server, 9090. */
  services?: StubService[];
  /** By default the API has no group autoscaling. */
  hpas?: StubHpa[];
  fault?: StubFault | null;
  /** What its user may do; whatever goes beyond is answered by 403. Without it everything is allowed. */
  role?: GrantedRole;
};

export const DEFAULT_SERVICES: StubService[] = [
  { name: 'prometheus-server', ports: [{ name: 'http', port: 9090, targetPort: 9090 }] },
];
