/** What a person can choose of the schedule panel. */
export type ScheduleOptions = {
  /** uid of the data source, or a variable; empty: the first one of ours. */
  dataSource: string;
  /** What is wrong, as sentences. */
  showErrors: boolean;
  /** Only who is where and in what state. */
  compact: boolean;
};

export const SCHEDULE_DEFAULTS: ScheduleOptions = { dataSource: '', showErrors: true, compact: false };

/** Options as they are kept in a dashboard: what an older version did not know is as by default. */
export const completeOptions = (kept: Partial<ScheduleOptions> | undefined): ScheduleOptions => ({
  ...SCHEDULE_DEFAULTS,
  ...kept,
});
