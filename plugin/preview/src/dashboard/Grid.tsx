import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import { useLayoutEffect, useRef, useState } from 'react';
import type { PanelModel } from './model';
import { PanelBox, type PanelBoxProps } from './PanelBox';

const COLUMNS = 24;
const ROW_PX = 30;
const GAP_PX = 8;

type GridProps = Omit<PanelBoxProps, 'panel' | 'width' | 'height'> & { panels: readonly PanelModel[] };

const spanPx = (cells: number, cellPx: number): number => cells * (cellPx + GAP_PX) - GAP_PX;

/** Panels where the dashboard puts them. */
export function Grid({ panels, ...rest }: GridProps) {
  const styles = useStyles2(getStyles);
  const [ref, width] = useWidth();
  const cellPx = (width + GAP_PX) / COLUMNS - GAP_PX;
  return (
    <div ref={ref} className={styles.grid}>
      {width > 0 &&
        panels.map((panel) => {
          const { x, y, w, h } = panel.gridPos;
          return (
            <section
              key={panel.id}
              aria-label={panel.title}
              style={{ gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` }}
            >
              <PanelBox panel={panel} width={spanPx(w, cellPx)} height={spanPx(h, ROW_PX)} {...rest} />
            </section>
          );
        })}
    </div>
  );
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}

const getStyles = () => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: `repeat(${COLUMNS}, minmax(0, 1fr))`,
    gridAutoRows: ROW_PX,
    gap: GAP_PX,
  }),
});
