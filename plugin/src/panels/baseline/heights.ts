/** Less than this shows nothing of a line. */
const LEAST_HEIGHT_PX = 120;

/** Of the line that names a chart where there are several, in units of the theme's spacing (8 px). */
export const NAME_HEIGHT = 2.5;
const NAME_HEIGHT_PX = NAME_HEIGHT * 8;

/** All charts of a panel in its height, each under its name, as long as each can be read; else they scroll. */
export const heightOfEach = (height: number, charts: number): number =>
  charts === 1 ? height : Math.max(LEAST_HEIGHT_PX, Math.floor(height / charts) - NAME_HEIGHT_PX);
