import type { Page } from '@playwright/test';

type Watched = { longTasks: { at: number; ms: number }[]; shownAt: number | null };
declare global {
  interface Window {
    smoothness: Watched;
  }
}

/** From the next page on: when `selector` first stands on the screen, and every task that holds the page up for over 50 ms. */
export const watchSmoothness = (page: Page, selector: string): Promise<unknown> =>
  page.addInitScript((wanted) => {
    const watched: Watched = { longTasks: [], shownAt: null };
    window.smoothness = watched;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) watched.longTasks.push({ at: startTime, ms: duration });
    }).observe({ type: 'longtask', buffered: true });
    const observer = new MutationObserver(() => {
      if (document.querySelector(wanted) === null) return;
      observer.disconnect();
      // What is in the document now is on the screen after the next frame.
      requestAnimationFrame(() => requestAnimationFrame(() => (watched.shownAt = performance.now())));
    });
    observer.observe(document, { childList: true, subtree: true });
  }, selector);

/** Since the page was asked for, ms. */
export async function firstShownMs(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => window.smoothness.shownAt);
  return (await handle.jsonValue()) ?? Infinity;
}

/** The longest task (ms) while `act` runs; 0: none was over 50 ms. */
export async function longestTaskMs(page: Page, act: () => Promise<void>): Promise<number> {
  const from = await page.evaluate(() => performance.now());
  await act();
  const tasks = await page.evaluate(() => window.smoothness.longTasks);
  return Math.max(0, ...tasks.filter(({ at }) => at >= from).map(({ ms }) => ms));
}
