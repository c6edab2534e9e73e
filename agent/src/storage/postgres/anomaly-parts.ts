import type { Sql } from './sql.ts';

/** What happens to the anomalies of an HPA when the HPA itself changes; within that transaction. */
export type AnomalyParts = {
  /** Open ones end where they were last seen. */
  endAnomalies(sql: Sql, hpaId: number): Promise<void>;
  /** All of them go, before their HPA does. */
  forgetAnomalies(sql: Sql, hpaId: number): Promise<void>;
  /** Deletes at most `limit` past anomalies, and what goes with them; answers how many. */
  expireAnomalies(sql: Sql, before: number, limit: number): Promise<number>;
};
