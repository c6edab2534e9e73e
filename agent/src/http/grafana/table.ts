import type { GrafanaTable } from '../../contract/grafana.ts';

type Cell = GrafanaTable['rows'][number][number];
type ColumnType = GrafanaTable['columns'][number]['type'];

/** A column: its name, its type, how a row fills it, and a unit of Grafana. Times are epoch ms. */
export type TableColumn<Row> = [text: string, type: ColumnType, cell: (row: Row) => Cell, unit?: string];

export const tableOf = <Row>(
  refId: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): GrafanaTable => ({
  type: 'table',
  refId,
  columns: columns.map(([text, type, , unit]) => ({ text, type, ...(unit === undefined ? {} : { unit }) })),
  rows: rows.map((row) => columns.map(([, , cell]) => cell(row))),
});

/** ISO 8601 -> epoch ms. */
export const msOf = (time: string | null | undefined): number | null => (time == null ? null : Date.parse(time));
