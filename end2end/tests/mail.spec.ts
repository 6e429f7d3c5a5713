// Which mail somebody gets: chosen once, kept, with and without script.
import { HANA, JIHOON, signIn } from './support/people';
import { expect, test } from './support/test';

test('what is required stays, what is optional can be done without', async ({ page }) => {
  await signIn(page, JIHOON, '/me');
  await page.getByRole('link', { name: 'Choose what you get' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mail');
  const required = page.getByRole('checkbox', { name: 'incidents that you filed (always)' });
  await expect(required).toBeChecked();
  await expect(required).toBeDisabled();
  const watched = page.getByRole('checkbox', { name: 'incidents that you follow' });
  await expect(watched).toBeChecked();
  // Kept as it is: other tests read the same choices at the same time.
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toHaveText('Your choices are saved.');
  await expect(watched).toBeChecked();
});

test('engineers find the mail that was put aside, and nobody else does', async ({ page }) => {
  await signIn(page, HANA, '/desk/mail');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mail put aside');
  await expect(page.getByText('No mail is waiting')).toBeVisible();
});
