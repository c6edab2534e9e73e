/** One raw series as a Prometheus would have scraped it: `at(row)` is the value at a scrape, NaN where it was not there. */
export type RawSeries = {
  labels: Readonly<Record<string, string>>;
  /** The series can have values in rows [from, to) only. `to` grows while the simulation goes on. */
  from: number;
  to: () => number;
  at: (row: number) => number;
};

/** Labels in the one order that identifies them. */
export const labelKey = (labels: Readonly<Record<string, string>>): string => {
  let key = '';
  for (const name of Object.keys(labels).sort()) key += `${name}\u0001${labels[name] ?? ''}\u0002`;
  return key;
};
