import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import type { ReferenceKind } from './model';

export type LineLook = { color: string; width: number; style?: { fill: 'dash' | 'dot'; dash: number[] } };

/** How each part of a band chart looks, in the colours of the theme. Severity stays the only loud colour. */
export type Look = {
  value: LineLook;
  expected: LineLook;
  band: { color: string; fill: string };
  references: Record<ReferenceKind, LineLook>;
};

export type LookOptions = {
  /** Of the value and its band; the theme's blue by default. */
  color?: string | undefined;
  /** Of the value line, px. */
  lineWidth?: number | undefined;
  /** Of the band's fill, 0 to 100. */
  bandOpacity?: number | undefined;
};

export const USUAL_LINE_WIDTH = 1.5;
export const USUAL_BAND_OPACITY = 18;

export function lookOf(
  theme: GrafanaTheme2,
  { color, lineWidth = USUAL_LINE_WIDTH, bandOpacity = USUAL_BAND_OPACITY }: LookOptions,
): Look {
  const main = color ?? theme.visualization.getColorByName('blue');
  const quiet = theme.colors.text.secondary;
  const purple = theme.visualization.getColorByName('purple');
  return {
    value: { color: main, width: lineWidth },
    expected: { color: colorManipulator.alpha(main, 0.75), width: 1, style: { fill: 'dash', dash: [6, 4] } },
    band: { color: colorManipulator.alpha(main, 0.5), fill: colorManipulator.alpha(main, bandOpacity / 100) },
    references: {
      target: { color: purple, width: 1 },
      limit: { color: quiet, width: 1, style: { fill: 'dash', dash: [8, 4] } },
      desired: { color: purple, width: 1.5, style: { fill: 'dot', dash: [0, 5] } },
    },
  };
}
