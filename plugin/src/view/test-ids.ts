/** Every data-testid of the plugin, for the browser tests. A page adds its own group. */
export const TEST_IDS = {
  problem: 'problem-notice',
  severity: 'severity',
  action: 'action-notice',
  fleet: {
    page: 'fleet-page',
    attention: 'fleet-attention',
    healthy: 'fleet-healthy',
    table: 'fleet-table',
    row: 'fleet-row',
    empty: 'fleet-empty',
    noMatch: 'fleet-no-match',
    skeleton: 'fleet-skeleton',
    search: 'fleet-search',
    sparkline: 'fleet-sparkline',
  },
  hpa: {
    page: 'hpa-page',
    sentence: 'hpa-sentence',
    actions: 'hpa-actions',
    now: 'hpa-now',
    baseline: 'hpa-baseline',
    history: 'hpa-history',
    chart: 'hpa-chart',
    skeleton: 'hpa-skeleton',
  },
  drawer: {
    root: 'anomaly-drawer',
    sentence: 'anomaly-sentence',
    promql: 'anomaly-promql',
    actions: 'anomaly-actions',
  },
} as const;
