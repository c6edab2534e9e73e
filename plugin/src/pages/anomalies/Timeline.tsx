import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { TextLink, useStyles2, useTheme2 } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useMemo, useRef } from 'react';
import { hpaUrl } from '../../view/links';
import { TEST_IDS } from '../../view/test-ids';
import { useWidth } from '../../view/use-width';
import { TimeAxis } from './TimeAxis';
import { BAR_STEP, TimelineBar } from './TimelineBar';
import { lanesOf, type Lane, type Span } from './timeline-model';

type Props = {
  anomalies: readonly AnomalyView[];
  shown: Span;
  isGrouped: boolean;
  /** The anomaly whose drawer is open. */
  chosen: string | null;
  /** Epoch ms. */
  now: number;
  onOpen: (id: string) => void;
};

const OVERSCAN = 6;
/** In steps of the theme's spacing. */
const LANE_PADDING = 0.5;

/** What happened when: one lane an HPA, the worst that goes on first. Only lanes in sight are drawn. */
export function Timeline({ anomalies, shown, isGrouped, chosen, now, onOpen }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const scroller = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const width = useWidth(track);
  const { from, to } = shown;
  const lanes = useMemo(() => lanesOf(anomalies, { from, to }, now, isGrouped), [anomalies, from, to, now, isGrouped]);
  const heightOf = (lane: Lane | undefined): number =>
    theme.spacing.gridSize * ((lane?.rows ?? 1) * BAR_STEP + 2 * LANE_PADDING);
  const virtualizer = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(lanes[index]),
    getItemKey: (index) => `${lanes[index]?.key} ${lanes[index]?.rows}`,
    overscan: OVERSCAN,
  });
  return (
    <section
      className={styles.frame}
      aria-label={t('anomalies.timeline', 'Timeline of the anomalies')}
      data-testid={TEST_IDS.anomalies.timeline}
    >
      <div className={styles.lane}>
        <span className={styles.corner}>
          {t('anomalies.lanes', '{{count}} HPAs', { count: lanes.length, defaultValue_one: '{{count}} HPA' })}
        </span>
        <div ref={track}>
          <TimeAxis shown={shown} width={width} />
        </div>
      </div>
      <div ref={scroller} className={styles.scroll} role="list" tabIndex={-1}>
        <div className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start, size }) => {
            const lane = lanes[index];
            if (lane === undefined) return null;
            return (
              <div
                key={key}
                role="listitem"
                className={styles.placed}
                style={{ transform: `translateY(${start}px)`, height: size }}
                data-testid={TEST_IDS.anomalies.lane}
              >
                <LaneName lane={lane} />
                <div className={styles.track}>
                  {lane.bars.map((bar) => (
                    <TimelineBar
                      key={bar.key}
                      bar={bar}
                      isChosen={bar.anomaly.id === chosen}
                      now={now}
                      onOpen={onOpen}
                    />
                  ))}
                </div>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function LaneName({ lane: { hpa, cluster } }: { lane: Lane }) {
  const styles = useStyles2(getStyles);
  if (hpa === null)
    return (
      <span className={styles.name}>
        {t('anomalies.events-of', 'Together in {{cluster}}', { cluster, interpolation: { escapeValue: false } })}
      </span>
    );
  const name = `${hpa.namespace}/${hpa.hpa}`;
  return (
    <span className={styles.name} title={`${name} · ${cluster}`}>
      <TextLink href={hpaUrl(hpa)} inline={false} color="primary" variant="bodySmall">
        {name}
      </TextLink>
      <span className={styles.cluster}>{cluster}</span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const columns = {
    display: 'grid',
    gridTemplateColumns: `minmax(${theme.spacing(25)}, 24%) minmax(0, 1fr)`,
    columnGap: theme.spacing(1),
  };
  return {
    frame: css({
      display: 'flex',
      flexDirection: 'column',
      padding: theme.spacing(1, 2),
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      background: theme.colors.background.primary,
      '--bar-step': theme.spacing(BAR_STEP),
      '--bar-least': theme.spacing(1),
    }),
    lane: css(columns),
    corner: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    scroll: css({ maxHeight: '32vh', overflowY: 'auto', scrollbarGutter: 'auto' }),
    body: css({ position: 'relative' }),
    placed: css({
      ...columns,
      position: 'absolute',
      top: 0,
      left: 0,
      right: 0,
      padding: theme.spacing(LANE_PADDING, 0),
      borderTop: `1px solid ${theme.colors.border.weak}`,
    }),
    track: css({ position: 'relative', overflow: 'hidden' }),
    name: css({
      display: 'flex',
      alignItems: 'baseline',
      gap: theme.spacing(1),
      minWidth: 0,
      overflow: 'hidden',
      whiteSpace: 'nowrap',
      fontSize: theme.typography.bodySmall.fontSize,
      '& > *': { overflow: 'hidden', textOverflow: 'ellipsis' },
    }),
    cluster: css({ flex: '0 100 auto', minWidth: theme.spacing(4), color: theme.colors.text.secondary }),
  };
};
