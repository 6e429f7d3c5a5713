import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with one line for each place that axe objects to on the page as it is now, in light and in dark; only colours differ
 * between the two. Needs a context with script. */
export async function expectAccessible(page: Page) {
  await page.emulateMedia({ colorScheme: 'light' });
  await expectNothing(page, new AxeBuilder({ page }).withTags(RULES));
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectNothing(page, new AxeBuilder({ page }).withRules(['color-contrast']));
}

async function expectNothing(page: Page, axe: AxeBuilder) {
  const { violations } = await axe.analyze();
  const found = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}\n    ${node.target.join(' ')}\n    ${node.html}`),
  );
  if (found.length > 0) throw new Error(`axe objects to ${page.url()}:\n${found.join('\n')}`);
}
