import type { Page } from '@playwright/test';
import { expect } from './fixture.ts';
import type { Place } from './places.ts';

/** Waits until the page shows what it is for and asks for nothing more. */
export async function settled(page: Page, { title, shows }: Pick<Place, 'title' | 'shows'>): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(page.getByRole('main').locator(shows).first()).toBeVisible();
  await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
}
