/** Less than this shows nothing of a line. */
const LEAST_HEIGHT_PX = 120;

/** All charts of a panel in its height, as long as each can be read; else they scroll. */
export const heightOfEach = (height: number, charts: number): number =>
  charts === 1 ? height : Math.max(LEAST_HEIGHT_PX, Math.floor(height / charts));
