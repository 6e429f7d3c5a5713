// How many Responses were in time: each number leads to its incidents, for the customer, its account manager and the engineers.
import fs from 'node:fs';
import type { Page } from '@playwright/test';
import { DOYUN, GRACE, HANA, MARIA, SEOYEON, signIn } from './support/people';
import { expect, test } from './support/test';

const HANGANG = '한강물류 (Hangang Logistics)';

function count(page: Page) {
  return page.getByRole('region', { name: 'Responses in time' });
}

/** Nothing is wider than the screen. */
async function expectToFit(page: Page) {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(width[0], 'the page is wider than the screen').toBeLessThanOrEqual(width[1]);
}

/** Follows a number of the whole year and finds as many incidents. */
async function follow(page: Page, what: string) {
  const number = count(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^\d{4}$/ }) });
  const link = number.getByRole('link', { name: new RegExp(`^\\d+ ${what}, \\d{4}$`) });
  const n = await link.innerText();
  await link.click();
  await expect(page.getByText(n === '1' ? '1 incident' : `${n} incidents`, { exact: true })).toBeVisible();
  await expect(page.getByText(new RegExp(`^Responses due in \\d{4}: ${what}$`))).toBeVisible();
  // What is searched for among them stays among them.
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText(n === '1' ? '1 incident' : `${n} incidents`, { exact: true })).toBeVisible();
}

test('a contact reads how many Responses were in time and which they are', async ({ page }) => {
  await signIn(page, MARIA, '/account');
  await expect(count(page)).toContainText(/\d+ of \d+ Responses due in \d{4} were in time/);
  await expect(count(page).getByRole('figure')).toContainText(/\d+ of \d+ Responses? due in \w+ \d{4} w/);
  await expectToFit(page);
  await follow(page, 'In time');
  await page.goto('/account');
  await follow(page, 'All');
});

test('a period is looked at closely, by severity and tier', async ({ page }) => {
  await signIn(page, SEOYEON, '/account');
  const month = count(page).getByRole('rowheader').getByRole('link', { name: /^[A-Z][a-z]+ \d{4}$/ }).first();
  const name = await month.innerText();
  await month.click();
  await expect(page).toHaveURL(/\?period=\d{4}-\d\d#attainment$/);
  const table = count(page).getByRole('table', { name: `By severity and tier: ${name}` });
  await expect(table.getByRole('row').nth(1)).toContainText('Core');
  await count(page).getByRole('combobox', { name: 'Severity' }).selectOption('S1');
  await count(page).getByRole('button', { name: 'Apply' }).click();
  await expect(count(page).getByRole('combobox', { name: 'Severity' })).toHaveValue('S1');
  await expect(page).toHaveURL(/level=S1/);
});

test('an account manager and an engineer count the same for a customer', async ({ page, browser }) => {
  const manager = await (await browser.newContext()).newPage();
  await signIn(manager, GRACE, '/accounts');
  await manager.getByRole('link', { name: HANGANG }).click();
  await manager.waitForURL(/\/accounts\/\d+$/);
  await signIn(page, HANA, '/desk');
  await page.getByRole('main').getByRole('link', { name: 'Responses in time' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Responses in time');
  await follow(page, 'Due');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Responses to all customers');
  await page.getByRole('main').getByRole('link', { name: 'Responses in time' }).click();
  await count(page).getByRole('combobox', { name: 'Customer' }).selectOption({ label: HANGANG });
  await count(page).getByRole('button', { name: 'Apply' }).click();
  // Other tests file for this customer meanwhile.
  await expect(async () => {
    await manager.reload();
    await page.reload();
    const said = await count(manager).locator('.figure').innerText();
    expect(await count(page).locator('.figure').innerText()).toBe(said);
  }).toPass();
  await manager.context().close();
  await expectToFit(page);
  const download = page.waitForEvent('download');
  await count(page).getByRole('link', { name: 'Download as CSV' }).click();
  const file = fs.readFileSync(await (await download).path(), 'utf8');
  expect(file).toContain('Period,Quarter,Severity,Tier,Due,In time,Late,Still open,Excluded,Withdrawn,All');
});

test('where nothing was owed there is nothing to count', async ({ page }) => {
  await signIn(page, DOYUN, '/account');
  await expect(count(page)).toContainText('No Response has been due yet');
});
