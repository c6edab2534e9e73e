import type { CellFault } from './fault.ts';
import type { ProxyFault } from './proxy.ts';

type Row = Pick<CellFault, 'name' | 'what' | 'worst' | 'says'> & { fault: ProxyFault };

type Body = { data?: { result?: unknown } };
type Series = { metric: Record<string, string> };

/** Valid JSON that is not what the API promises. */
const wrongTypes = (text: string): string => {
  const body = JSON.parse(text) as Body;
  if (body.data) body.data.result = { metric: 17, values: 'many', value: null };
  return JSON.stringify(body);
};

/** Each series and nine more of other HPAs, pods and workloads. */
const tenTimes = (text: string): string => {
  const body = JSON.parse(text) as Body;
  const series = Array.isArray(body.data?.result) ? (body.data.result as Series[]) : [];
  const copy = (one: Series, n: number): Series => ({
    ...one,
    metric: Object.fromEntries(
      Object.entries(one.metric).map(([name, value]) => [name, name === 'namespace' ? `${value}-${n}` : value]),
    ),
  });
  const more = series.flatMap((one) => Array.from({ length: 9 }, (_, n) => copy(one, n)));
  if (body.data) body.data.result = [...series, ...more.filter(({ metric }) => 'namespace' in metric)];
  return JSON.stringify(body);
};

const status = (code: number, body: string, headers?: Record<string, string>): ProxyFault => ({
  kind: 'status',
  status: code,
  body,
  ...(headers ? { headers } : {}),
});
const refused = (error: string): string => JSON.stringify({ status: 'error', errorType: 'bad_data', error });

const ROWS: Row[] = [
  {
    name: 'prom-slow',
    what: 'each answer takes 3 s',
    worst: 'scan',
    says: /did not end in its slot|no answer|did not answer/,
    fault: { kind: 'delay', ms: 3_000 },
  },
  {
    name: 'prom-garbage',
    what: '200 with a web page',
    worst: 'backfill',
    says: /is not|no JSON|not JSON|answer/i,
    fault: status(200, '<html><body>It works!</body></html>', { 'content-type': 'text/html' }),
  },
  {
    name: 'prom-400',
    what: '400 to every query',
    worst: 'scan',
    says: /400: the query is not liked/,
    fault: status(400, refused('the query is not liked')),
  },
  { name: 'prom-403', what: '403 from a proxy before it', worst: 'scan', says: /403/, fault: status(403, 'no') },
  { name: 'prom-404', what: '404 to everything', worst: 'backfill', says: /404/, fault: status(404, 'nothing here') },
  {
    name: 'prom-429',
    what: '429 with Retry-After: 1',
    worst: 'backfill',
    says: /429/,
    fault: status(429, 'slow down', { 'retry-after': '1' }),
  },
  { name: 'prom-500', what: '500 to everything', worst: 'backfill', says: /500/, fault: status(500, 'internal error') },
  { name: 'prom-503', what: '503: starting up', worst: 'scan', says: /503/, fault: status(503, 'Service Unavailable') },
  {
    name: 'prom-truncated',
    what: 'the connection ends in the middle of each body',
    worst: 'backfill',
    says: /no connection|terminated|did not answer|closed/,
    fault: { kind: 'cut' },
  },
  {
    name: 'prom-half-json',
    what: 'bodies are cut, their length is right',
    worst: 'scan',
    says: /JSON|not/i,
    fault: { kind: 'rewrite', to: (text) => text.slice(0, text.length / 2) },
  },
  {
    name: 'prom-wrong-types',
    what: 'valid JSON with other types',
    worst: 'backfill',
    says: /result|not what|unexpected|shape/i,
    fault: { kind: 'rewrite', to: wrongTypes },
  },
  {
    name: 'prom-ten-times',
    what: 'ten times the usual series',
    worst: 'backfill',
    says: null,
    fault: { kind: 'rewrite', to: tenTimes },
  },
];

export const PROMETHEUS_FAULTS: CellFault[] = [
  {
    name: 'prom-down',
    what: 'nothing listens where Prometheus was',
    worst: 'backfill',
    says: /takes no connection|no connection|did not answer|lost/,
    begin: (rig) => rig.proxy.down(),
    end: (rig) => rig.proxy.up(),
  },
  {
    name: 'prom-down-long',
    what: 'nothing listens where Prometheus was for 150 s, after which the forward waits as long as it ever does',
    worst: 'scan',
    says: /takes no connection|no connection|did not answer|lost/,
    byHand: true,
    lastsMs: 150_000,
    minutes: 0,
    begin: (rig) => rig.proxy.down(),
    end: (rig) => rig.proxy.up(),
  },
  ...ROWS.map(({ fault, ...about }): CellFault => ({
    ...about,
    begin: (rig) => rig.proxy.setFault(fault),
    end: (rig) => rig.proxy.setFault(null),
  })),
  {
    name: 'prom-nan-inf',
    what: 'values of some minutes are NaN, +Inf and -Inf for good',
    worst: 'scan',
    says: null,
    begin: (rig) => rig.poisonBegins(),
    end: (rig) => rig.poisonEnds(),
  },
];
