import { t } from '@grafana/i18n';
import { RefreshPicker, Stack, TimeRangePicker } from '@grafana/ui';
import { fromTimeRange, moveRange, REFRESH_INTERVALS, toTimeRange, type HpaView, type Move } from './hpa-url';

type Props = {
  view: HpaView;
  timeZone: string;
  isLoading: boolean;
  onChange: (change: Partial<HpaView>) => void;
  onRefresh: () => void;
};

/** Which time is shown, and how often it is read. */
export function RangeControls({ view, timeZone, isLoading, onChange, onRefresh }: Props) {
  const range = toTimeRange(view, timeZone);
  const move = (how: Move) => () =>
    onChange(moveRange({ from: range.from.valueOf(), to: range.to.valueOf() }, how, Date.now()));
  return (
    <Stack direction="row" gap={1}>
      <TimeRangePicker
        value={range}
        timeZone={timeZone}
        onChange={(chosen) => onChange(fromTimeRange(chosen))}
        onChangeTimeZone={(chosen) => onChange({ timeZone: chosen })}
        onMoveBackward={move('backward')}
        onMoveForward={move('forward')}
        onZoom={move('out')}
        isOnCanvas
      />
      <RefreshPicker
        value={view.refresh}
        intervals={REFRESH_INTERVALS}
        onIntervalChanged={(refresh) => onChange({ refresh })}
        onRefresh={onRefresh}
        isLoading={isLoading}
        tooltip={t('hpa.refresh', 'Read again')}
        isOnCanvas
      />
    </Stack>
  );
}
