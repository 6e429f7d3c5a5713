// A closed day is looked over, added and withdrawn. Each project has a year of its own, far beyond every due time that
// another test could have: April has no federal holiday.
import type { Page, TestInfo } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { INES, MARIA, signIn } from './support/people';
import { expect, test } from './support/test';

/** A Monday of April in the project's own year, with the way in which the page writes it. */
function monday(info: TestInfo, nth: number) {
  const year = 2031 + info.config.projects.findIndex(({ name }) => name === info.project.name);
  const day = new Date(Date.UTC(year, 3, 1));
  while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
  day.setUTCDate(day.getUTCDate() + 7 * nth);
  return { iso: day.toISOString().slice(0, 10), short: `Mon ${day.getUTCDate()} Apr ${year}` };
}

async function fillIn(page: Page, iso: string, name: string) {
  await page.getByRole('combobox', { name: 'Calendar' }).selectOption({ label: 'US Pacific' });
  await page.getByLabel('Date').fill(iso);
  await page.getByRole('textbox', { name: 'Name in English' }).fill(name);
  await page.getByRole('textbox', { name: 'Name in Korean' }).fill('임시공휴일');
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Temporary holiday' });
  await page.getByRole('button', { name: 'Look it over' }).click();
}

test('a closed day is looked over, added and withdrawn', async ({ page, script }, info) => {
  const { iso, short } = monday(info, 0);
  const name = 'Day of national mourning';
  await signIn(page, INES, '/admin/closed-days');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Closed days');
  await fillIn(page, iso, name);

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add this closed day?');
  await expect(page.getByText('No open deadline moves.')).toBeVisible();
  if (script) await expectAccessible(page);
  // Nothing is saved by looking, and what was typed is there again.
  await page.getByRole('button', { name: 'Change something' }).click();
  await expect(page.getByLabel('Date')).toHaveValue(iso);
  await expect(page.getByRole('textbox', { name: 'Name in English' })).toHaveValue(name);
  await expect(page.getByRole('row', { name: short })).toHaveCount(0);
  await page.getByRole('button', { name: 'Look it over' }).click();
  await page.getByRole('button', { name: 'Add it' }).click();

  await expect(page.getByRole('status')).toHaveText(`${short} is now closed. Open deadlines moved: 0.`);
  const row = page.getByRole('row', { name: short });
  await expect(row).toContainText(name);
  if (script) await expectAccessible(page);
  await row.getByRole('button', { name: `Withdraw ${short}, ${name}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Withdraw this closed day?');
  await page.getByRole('button', { name: 'Withdraw it' }).click();
  await expect(page.getByRole('status')).toHaveText(`${short} is a Business Day again. Open deadlines moved: 0.`);
  await expect(page.getByRole('row', { name: short })).toContainText('Withdrawn');
});

test('a day that cannot be closed says why, beside the field', async ({ page, script }, info) => {
  const { iso } = monday(info, 1);
  await signIn(page, INES, '/admin/closed-days');
  await fillIn(page, iso.replace('-04-', '-01-').replace(/\d\d$/, '01'), 'New Year');
  const date = page.getByLabel('Date');
  await expect(page.getByRole('alert')).toContainText('Please correct this');
  await expect(date).toHaveAccessibleDescription(/This day is already closed: New Year's Day\.|This is a Saturday or a Sunday, so it is not a Business Day anyway\./);
  await expect(page.getByRole('textbox', { name: 'Name in English' })).toHaveValue('New Year');
  if (script) await expectAccessible(page);
});

test('a contact does not learn that there are closed days to keep', async ({ page }) => {
  await signIn(page, MARIA, '/admin/closed-days');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
});
