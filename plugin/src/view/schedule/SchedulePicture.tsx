import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { TimeslotsAnswer } from '@hpa-watch/agent/contract';
import { useMemo } from 'react';
import { TEST_IDS } from '../test-ids';
import { useNow } from '../use-now';
import { positionMs, turnAt } from './cycle';
import { scheduleModel } from './model';
import { NowLine } from './NowLine';
import { SlotCell } from './SlotCell';
import { TurnHead } from './TurnHead';

const LANE_LABEL_WIDTH = 10;
const TURN_MIN_WIDTH = 30;
const COMPACT_TURN_MIN_WIDTH = 25;

type Props = {
  /** The answer of GET /api/v1/monitoring/timeslots; with at least one cluster. */
  schedule: TimeslotsAnswer;
  /** How far the agent's clock is ahead of the browser's, where that is known; see cycle.ts. */
  clockAheadMs?: number;
  /** Only who is where and in what state; for small panels. */
  isCompact?: boolean;
  /** What is wrong, as a sentence in its cell. */
  showErrors?: boolean;
};

/**
 * The cycle as a moving picture: lanes are rows, turns are columns as wide as they are long, now is a line. Pure: it shows the schedule it is
 * given and counts on by the clock. For the schedule page and the schedule panel.
 */
export function SchedulePicture({ schedule, clockAheadMs = 0, isCompact = false, showErrors = true }: Props) {
  const styles = useStyles2(getStyles);
  const model = useMemo(() => scheduleModel(schedule), [schedule]);
  const now = useNow(1_000) + clockAheadMs;
  const current = turnAt(model.turns, positionMs(model, now));
  const { turns, lanes, cycleStartedAt, cycleMs } = model;
  return (
    // Focusable, since it scrolls to the side where there are many turns.
    <div
      className={styles.scroll}
      role="region"
      aria-label={t('schedule.picture', 'Time slots of the cycle')}
      tabIndex={0}
      data-testid={TEST_IDS.schedule.picture}
    >
      <div className={styles.frame(turns.length * (isCompact ? COMPACT_TURN_MIN_WIDTH : TURN_MIN_WIDTH))}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th className={styles.corner} scope="col">
                {t('schedule.lane', 'Lane')}
              </th>
              {turns.map((turn) => (
                <th key={turn.index} scope="col" className={styles.turn} data-testid={TEST_IDS.schedule.turn}>
                  <TurnHead turn={turn} leftMs={current?.turn.index === turn.index ? current.leftMs : null} now={now} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lanes.map(({ port, cells }) => (
              <tr key={port}>
                <th scope="row" className={styles.lane}>
                  {port}
                </th>
                {cells.map((cluster, index) => (
                  <td key={index} className={styles.cell}>
                    <SlotCell
                      cluster={cluster}
                      isActive={current?.turn.index === turns[index]?.index}
                      now={now}
                      isCompact={isCompact}
                      showErrors={showErrors}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {cycleStartedAt !== null && (
          <div className={styles.overlay}>
            <NowLine startedAt={cycleStartedAt - clockAheadMs} cycleMs={cycleMs} />
          </div>
        )}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto' }),
  frame: (width: number) => css({ position: 'relative', minWidth: theme.spacing(LANE_LABEL_WIDTH + width) }),
  table: css({ width: '100%', tableLayout: 'fixed', borderCollapse: 'separate', borderSpacing: 0 }),
  corner: css({
    width: theme.spacing(LANE_LABEL_WIDTH),
    paddingRight: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightRegular,
    textAlign: 'left',
  }),
  turn: css({
    textAlign: 'left',
    borderLeft: `1px solid ${theme.colors.border.weak}`,
    paddingLeft: theme.spacing(0.5),
  }),
  lane: css({
    paddingRight: theme.spacing(1),
    textAlign: 'left',
    verticalAlign: 'middle',
    fontWeight: theme.typography.fontWeightMedium,
    fontVariantNumeric: 'tabular-nums',
  }),
  // A height lets the cell's own 100 % fill the row.
  cell: css({
    height: theme.spacing(1),
    padding: theme.spacing(0.5),
    verticalAlign: 'top',
    borderLeft: `1px solid ${theme.colors.border.weak}`,
  }),
  overlay: css({
    position: 'absolute',
    top: 0,
    bottom: 0,
    right: 0,
    left: theme.spacing(LANE_LABEL_WIDTH),
    pointerEvents: 'none',
  }),
});
