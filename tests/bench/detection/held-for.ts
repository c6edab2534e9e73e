import type { Alert } from './score.ts';

/**
 * What Prometheus makes of a rule with a `for`: it fires once the condition has held for `forMs`, and ends with it. `next` takes minutes in
 * order; `end` closes the list.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export function heldFor(kind: string, forMs: number): { next(at: number, holds: boolean): void; end(): Alert[] } {
  const alerts: Alert[] = [];
  let since: number | null = null;
  let open: Alert | null = null;
  return {
    next(at, holds) {
      if (!holds) {
        if (open !== null) alerts.push({ ...open, end: at });
        since = null;
        open = null;
        return;
      }
      since ??= at;
      if (open === null && at - since >= forMs) open = { kind, start: at, end: null };
    },
    end: () => (open === null ? alerts : [...alerts, open]),
  };
}
