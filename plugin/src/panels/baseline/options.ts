/** What a person can choose of the baseline panel. */
export type BaselineOptions = {
  showExpected: boolean;
  /** Targets, limits and what is desired. */
  showReferences: boolean;
  showAnomalies: boolean;
  showLegend: boolean;
};

/** Of a field, so that one panel can show several HPAs differently. */
export type BaselineFieldConfig = {
  /** px */
  lineWidth?: number;
  /** 0 to 100 */
  bandOpacity?: number;
};

export const BASELINE_DEFAULTS: BaselineOptions = {
  showExpected: true,
  showReferences: true,
  showAnomalies: true,
  showLegend: true,
};

/** Options as they are kept in a dashboard: what an older version did not know is as by default. */
export const completeOptions = (kept: Partial<BaselineOptions> | undefined): BaselineOptions => ({
  ...BASELINE_DEFAULTS,
  ...kept,
});
