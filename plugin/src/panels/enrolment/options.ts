/** What a person can choose of the enrolment panel. */
export type EnrolmentOptions = {
  /** uid of the data source, or a variable; empty: the first one of ours. */
  dataSource: string;
  /** Names of clusters parted by commas, or a variable; empty: all. */
  clusters: string;
};

export const ENROLMENT_DEFAULTS: EnrolmentOptions = { dataSource: '', clusters: '' };

/** Options as they are kept in a dashboard: what an older version did not know is as by default. */
export const completeOptions = (kept: Partial<EnrolmentOptions> | undefined): EnrolmentOptions => ({
  ...ENROLMENT_DEFAULTS,
  ...kept,
});

/** The clusters that the filter lets through: names parted by commas, the form that variables with several values take by `:csv`. */
export function filteredClusters(names: readonly string[], filter: string): string[] {
  const wanted = filter.split(',').map((name) => name.trim());
  return wanted.every((name) => name === '') ? [...names] : names.filter((name) => wanted.includes(name));
}
