import type { PanelDataErrorViewProps } from '@grafana/runtime';
import { Stack, Text } from '@grafana/ui';

/** What a panel shows instead of itself when the data is not what it can draw. */
export function NoDataView({
  message,
  data,
  needsTimeField,
  needsNumberField,
  needsStringField,
}: PanelDataErrorViewProps) {
  return (
    <Stack alignItems="center" justifyContent="center" height="100%">
      <Text color="secondary">{message ?? reason()}</Text>
    </Stack>
  );

  function reason(): string {
    if (data.series.every(({ length }) => length === 0)) return 'No data';
    if (needsTimeField === true) return 'Data is missing a time field';
    if (needsNumberField === true) return 'Data is missing a number field';
    if (needsStringField === true) return 'Data is missing a string field';
    return 'Cannot visualize data';
  }
}
