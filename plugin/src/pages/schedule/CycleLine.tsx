import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { TimeslotsAnswer } from '@hpa-watch/agent/contract';
import { formatDuration } from '../../view/format';
import { positionMs, turnAt } from '../../view/schedule/cycle';
import { scheduleModel } from '../../view/schedule/model';

type Props = {
  schedule: TimeslotsAnswer;
  /** Epoch ms of the agent's clock. */
  now: number;
};

/** The cycle in figures: how long, how many turns and lanes, whose turn it is. */
export function CycleLine({ schedule, now }: Props) {
  const styles = useStyles2(getStyles);
  const model = scheduleModel(schedule);
  const current = turnAt(model.turns, positionMs(model, now));
  const onTurn = current && model.lanes.flatMap(({ cells }) => cells[current.turn.index]?.cluster ?? []);
  return (
    <dl className={styles.line}>
      <Figure name={t('schedule.cycle', 'Cycle')}>{formatDuration(model.cycleMs)}</Figure>
      <Figure name={t('schedule.slots', 'Slots')}>
        {t('schedule.slots-of', '{{count}} of {{length}}', {
          count: model.turns.length,
          length: formatDuration(model.turns[0]?.durationMs ?? 0),
        })}
      </Figure>
      <Figure name={t('schedule.lanes', 'Lanes')}>{model.lanes.length}</Figure>
      <Figure name={t('schedule.clusters', 'Clusters')}>{schedule.clusters.length}</Figure>
      <Figure name={t('schedule.on-turn', 'On turn')}>{onTurn?.join(', ') ?? '–'}</Figure>
    </dl>
  );
}

const Figure = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1, 4),
    margin: 0,
    fontVariantNumeric: 'tabular-nums',
    dt: {
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: theme.typography.fontWeightRegular,
    },
    dd: { margin: 0, fontSize: theme.typography.h4.fontSize, fontWeight: theme.typography.fontWeightMedium },
  }),
});
