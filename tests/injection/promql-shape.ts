import type { Expr, Matcher } from '../../agent/src/demo/promql-ast.ts';
import { parsePromql } from '../../agent/src/demo/promql-parse.ts';
import type { Capabilities } from '../../agent/src/prometheus/capabilities.ts';
import { ALL_CAPABILITIES } from '../../agent/src/prometheus/capabilities.ts';
import { discoveryQuery } from '../../agent/src/prometheus/discovery.ts';
import { CPU_CORE_QUERY, QUERIES } from '../../agent/src/prometheus/queries.ts';
import { ANOMALY_KINDS } from '../../agent/src/domain/anomaly.ts';
import { promqlFor } from '../../agent/src/detect/promql.ts';

/** The names that go into a query. */
export type Names = { namespace: string; hpa: string; kind: string; target: string };

/** Pods are found by their names where nobody tells their owners. */
const WITHOUT_OWNERS: Capabilities = {
  ...ALL_CAPABILITIES,
  metrics: new Set([...ALL_CAPABILITIES.metrics].filter((name) => !name.endsWith('_owner'))),
};

/** Every query there is about one HPA, by name. */
export function queriesAbout({ namespace, hpa, kind, target }: Names): Map<string, string> {
  const hpas = [{ namespace, hpa }];
  const workloads = [{ namespace, kind, name: target }];
  const scopes = { owners: ALL_CAPABILITIES, names: WITHOUT_OWNERS };
  const built = new Map([['discovery', discoveryQuery(hpas)]]);
  for (const [way, capabilities] of Object.entries(scopes))
    for (const query of [...QUERIES, CPU_CORE_QUERY]) {
      const text = query.build({ hpas, workloads, capabilities });
      if (text !== null) built.set(`${query.name} by ${way}`, text);
    }
  for (const anomaly of ANOMALY_KINDS)
    built.set(`anomaly ${anomaly}`, promqlFor(anomaly, { cluster: 'prod', namespace, hpa }, { kind, name: target }));
  return built;
}

/** A query without the texts in it: what it does, not with whom. */
export const shapeOf = (query: string): unknown =>
  JSON.parse(
    JSON.stringify(parsePromql(query), (key, value: unknown) =>
      key === 'value' && typeof value === 'string' ? '' : value,
    ),
  );

export function matchersOf(expr: Expr): Matcher[] {
  switch (expr.type) {
    case 'selector':
      return [...expr.matchers];
    case 'negate':
      return matchersOf(expr.operand);
    case 'call':
      return expr.args.flatMap(matchersOf);
    case 'aggregate':
      return matchersOf(expr.operand);
    case 'binary':
      return [...matchersOf(expr.left), ...matchersOf(expr.right)];
    default:
      return [];
  }
}

export { parsePromql };
