import type { PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { TableCellHeight } from '@grafana/schema';
import { Table, type TableSortByFieldState } from '@grafana/ui';

type Options = { cellHeight?: TableCellHeight; sortBy?: TableSortByFieldState[] };

const UNSORTED: TableSortByFieldState[] = [];

/** The first frame as rows. */
export function TableStandIn({ id, data, fieldConfig, width, height, options }: PanelProps<Options>) {
  const [frame] = data.series;
  if (frame === undefined || frame.length === 0)
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />;
  return (
    <Table
      ariaLabel=""
      data={frame}
      width={width}
      height={height}
      cellHeight={options.cellHeight ?? TableCellHeight.Sm}
      columnMinWidth={125}
      initialSortBy={options.sortBy ?? UNSORTED}
      fieldConfig={fieldConfig}
    />
  );
}
