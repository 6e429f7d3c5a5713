// Every page that anybody may read, in light and in dark, is free of what axe can find. (Only with script: axe is script.)
import { expect, test } from '@playwright/test';
import { expectAccessible } from './support/axe';

const PAGES = ['/', '/plan', '/guide', '/sign-in'];

for (const path of PAGES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe: ${path}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const answer = await page.goto(path, { waitUntil: 'networkidle' });
      expect(answer?.status(), `status of ${path}`).toBe(200);
      await expectAccessible(page);
    });
  }
}
