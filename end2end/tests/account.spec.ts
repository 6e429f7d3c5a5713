// What a customer subscribed to, for itself and for its account manager; the releases; exports.
import fs from 'node:fs';
import type { Page } from '@playwright/test';
import { GRACE, HANA, MARIA, SEOYEON, TOM, signIn } from './support/people';
import { WITH_SCRIPT, expect, test } from './support/test';

const HANGANG = '한강물류 (Hangang Logistics)';
const CASCADE = 'Cascade Retail';

/** The entry of a customer in the list. */
function entry(page: Page, name: string) {
  return page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
}

/** A part of the page of a subscription. */
function part(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** Nothing is wider than the screen. */
async function expectToFit(page: Page) {
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(width[0], 'the page is wider than the screen').toBeLessThanOrEqual(width[1]);
}

/** A sheet of A4 without its margins, 18 millimetres at the sides, at 96 pixels to the inch. */
async function print(page: Page) {
  await page.setViewportSize({ width: 658, height: 971 });
  await page.emulateMedia({ media: 'print' });
}

test('an account manager finds the customer with an expiring certification', async ({ page }) => {
  await signIn(page, GRACE, '/accounts');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Customers');
  await expect(entry(page, HANGANG)).toContainText(/The certification of 박지훈 expires in \d+ days/);
  await expect(entry(page, CASCADE)).toContainText('The certification of Priya Raman expired on');
  // Other tests add customers; what needs attention first stands before what can wait.
  const names = await page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(names.indexOf(CASCADE)).toBeLessThan(names.indexOf(HANGANG));
  await page.getByRole('searchbox').fill('hangang');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText([HANGANG]);
  await page.getByRole('link', { name: HANGANG }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(HANGANG);
  await expect(part(page, 'What needs attention')).toContainText('박지훈');
  await expect(part(page, 'Seats')).toContainText(/박지훈.*in \d+ days/s);
  await part(page, 'What needs attention').getByRole('link', { name: 'section 4' }).first().click();
  await expect(page).toHaveURL(/\/plan\/2026\.1#4-contacts$/);
});

test('another account manager’s customer is not there', async ({ page }) => {
  await signIn(page, GRACE, '/accounts');
  const path = await page.getByRole('link', { name: HANGANG }).getAttribute('href');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, TOM, path ?? '');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
  await page.goto('/accounts');
  await expect(page.getByRole('heading', { name: 'Fjordline Media' })).toBeVisible();
  await expect(page.getByText(HANGANG)).toHaveCount(0);
});

test('a contact reads what was bought, from the term to each figure', async ({ page }) => {
  await signIn(page, SEOYEON, '/account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your subscription');
  await expect(part(page, 'Subscription Term')).toContainText(/\d+ days left/);
  const levels = part(page, 'What the Core plan promises');
  await expect(levels).toContainText('Sample figures: the figures in your order form apply instead.');
  await expect(levels.getByRole('table', { name: 'Response and updates by severity' }).getByRole('row')).toHaveText([
    'LevelResponse withinLongest time between updates',
    'S14 Business Hours4 Business Hours',
    'S28 Business Hours1 Business Day',
    'S32 Business Days2 Business Days',
    'S43 Business Days5 Business Days',
  ]);
  await expect(part(page, 'Products in use')).toContainText('Minor releases not installed: 8.4.2');
  await expect(part(page, 'Zone and closed days').getByRole('time')).toHaveCount(5);
  await expectToFit(page);
  await part(page, 'Incidents').getByRole('link', { name: 'Resolved' }).click();
  await expect(page).toHaveURL('/incidents?state=resolved');
  await expect(page.getByRole('combobox', { name: 'State' })).toHaveValue('resolved');
});

test('on paper there is what was bought and nothing else', async ({ page }) => {
  await signIn(page, SEOYEON, '/account');
  await print(page);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'English' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Export as CSV' })).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Response and updates by severity' })).toBeVisible();
  await expect(part(page, 'Seats')).toBeVisible();
  // Narrow as the paper is, tables stay tables.
  for (const table of await page.getByRole('main').getByRole('table').all()) await expect(table).toHaveCSS('display', 'table');
  await expectToFit(page);
});

test('on paper there are the customers and nothing else', async ({ page }) => {
  await signIn(page, GRACE, '/accounts');
  await print(page);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('search')).toBeHidden();
  await expect(page.getByRole('link', { name: 'Export as CSV' })).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(entry(page, HANGANG)).toBeVisible();
  await expect(entry(page, HANGANG)).toContainText('박지훈');
  await expectToFit(page);
});

test('what changed between two versions of the plan stands side by side', async ({ page }) => {
  await signIn(page, SEOYEON, '/account');
  await page.getByRole('link', { name: 'What changed between plan versions' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What changed between two plan versions');
  await expect(page.getByRole('heading', { name: 'Figures of the Core plan' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'From version' })).toHaveValue('2025.1-sample');
  await expectToFit(page);
});

test('a discontinued version and a term that ends soon stand with their clauses', async ({ page }) => {
  await signIn(page, MARIA, '/account');
  const needs = part(page, 'What needs attention').getByRole('listitem');
  await expect(needs.filter({ hasText: 'The term ends in' })).toContainText('section 3');
  await expect(needs.filter({ hasText: 'Gateway 4.8.2' })).toContainText('section 7(iv)');
  await expect(part(page, 'Products in use')).toContainText('Support has been discontinued');
  await part(page, 'Products in use').getByRole('link', { name: 'section 7(iv)' }).click();
  await expect(page).toHaveURL('/plan/2026.1#7-iv');
});

test('the account manager sees a customer’s incidents, and whose they are', async ({ page }) => {
  await signIn(page, GRACE, '/incidents');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Whose incidents?');
  await page.getByRole('link', { name: 'To the customers' }).click();
  await page.getByRole('link', { name: CASCADE }).click();
  await part(page, 'Incidents').getByRole('link', { name: 'Closed' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Incidents of ${CASCADE}`);
  await expect(page.getByRole('link', { name: 'File an incident' })).toHaveCount(0);
  await page.getByLabel('Search').fill('endpoints');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Incidents of ${CASCADE}`);
  await page.getByRole('link', { name: 'All store endpoints time out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('All store endpoints time out');
});

test('an engineer opens an incident by its number', async ({ page }) => {
  await signIn(page, HANA, '/incidents');
  await page.getByLabel('Incident number').fill('twelve');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('alert')).toContainText('This is not an incident number.');
  await page.goto('/incidents?customer=1');
  const number = await page.getByRole('main').getByText(/INC-\d+-\d+/).first().innerText();
  await page.goto('/incidents');
  await page.getByLabel('Incident number').fill(/INC-\d+-\d+/.exec(number)?.[0] ?? '');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page).toHaveURL(/\/incidents\/INC-/);
});

// The request itself stays open: there is one database for every project.
test('seats are not declined without a reason', async ({ page }) => {
  await signIn(page, TOM, '/accounts');
  await page.getByRole('link', { name: 'Namsan Mutual' }).click();
  await expect(part(page, 'Requests for seats')).toContainText('이도윤 asks for 2 more');
  await page.getByRole('button', { name: 'Decline' }).click();
  await expect(page.getByRole('alert')).toHaveText('Say why the seats are declined.');
  await expect(page.getByLabel('Reply')).toHaveAccessibleDescription(/Say why/);
  await expect(page.getByRole('button', { name: 'Grant 2 seats' })).toBeVisible();
});

test('the releases say what to install', async ({ page }) => {
  await page.goto('/releases');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Interactor Studio', 'Interactor Gateway', 'Interactor Monitor']);
  const old = part(page, 'Interactor Gateway').getByRole('listitem').filter({ hasText: '4.8.2' });
  await expect(old).toContainText('Support discontinued');
  await expect(old).toContainText('section 7(iv)');
  await expectToFit(page);
  await signIn(page, MARIA, '/releases');
  await expect(part(page, 'What to install under your subscription')).toContainText(
    'Interactor Gateway 4.8.2 is in use and discontinued: install 5.1.0.',
  );
  await expect(old).toContainText('in use at your company');
  await page.getByRole('link', { name: 'Your subscription includes Major and Minor releases' }).click();
  await expect(page).toHaveURL('/plan/2026.1#3-i');
});

test('an export opens in a spreadsheet', WITH_SCRIPT, async ({ page }) => {
  await signIn(page, GRACE, '/accounts');
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('customers.csv');
  const lines = fs.readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(lines[0]).toMatch(/^\uFEFFCustomer,Plan version,Tier,Zone,/);
  // Other tests add customers.
  const cascade = lines.filter((line) => line.startsWith('Cascade Retail,'));
  expect(cascade).toHaveLength(1);
  expect(cascade[0]).toMatch(/^Cascade Retail,2026\.1,Platinum,US Pacific,/);
  expect(cascade[0]).toContain('Interactor Gateway 4.8.2');
});
