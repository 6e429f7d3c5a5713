// What an engineer logs for a contact who called, and the templates that they answer with.
import type { Locator } from '@playwright/test';
import { HANA, MARIA, signIn } from './support/people';
import { expect, test, unique } from './support/test';

/** Chooses an answer to one of the guide's questions. */
async function answer(form: Locator, question: string, option: string) {
  await form.locator(`input[name="q-${question}"][value="${option}"]`).check();
}

test('a call is logged for the contact who gave notice', async ({ page }) => {
  test.slow();
  await signIn(page, HANA, '/desk');
  await page.getByRole('link', { name: 'Log a notice' }).click();
  await page.getByLabel('Name, e-mail or customer').fill('maria');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('link', { name: MARIA.name }).click();
  const main = page.getByRole('main');
  await expect(main).toContainText('Cascade Retail');

  // Nothing is filled in yet: what is wrong is said beside each field.
  await main.getByRole('button', { name: 'Look it over' }).click();
  await expect(page.getByRole('alert')).toContainText('Choose how the notice came');
  await expect(page.getByRole('alert')).toContainText('Title: Fill this in.');

  const title = unique('The gateway forgets its routes');
  await main.getByText('telephone', { exact: true }).click();
  await answer(main, 'kind', 'problem');
  await main.locator('select[name="q-release"]').selectOption('gateway:5.1.0');
  await main.getByLabel('Title').fill(title);
  await main.getByLabel('What happens').fill('Since this morning.');
  await main.getByRole('button', { name: 'Show the questions that follow' }).click();
  await expect(main.getByLabel('Title')).toHaveValue(title);
  await answer(main, 'causes', 'none');
  await answer(main, 'recreated', 'yes');
  await answer(main, 'readiness', 'ready');
  await answer(main, 'environment', 'production');
  await answer(main, 'impact', 'key');
  await answer(main, 'harm', 'no');
  // One more question follows from an answer.
  await main.getByRole('button', { name: 'Look it over' }).click();
  await expect(page.getByRole('alert').getByRole('listitem')).toHaveCount(1);
  await answer(main, 'workaround', 'none');
  await main.getByRole('button', { name: 'Look it over' }).click();
  await expect(main).toContainText('Nothing is logged yet');
  await expect(main.getByRole('heading', { name: title })).toBeVisible();
  await expect(main).toContainText('Maria Alvarez, Cascade Retail');
  await main.getByRole('button', { name: 'Log the notice' }).click();
  await expect(page.getByRole('status')).toContainText('The notice is logged as INC-');
  await expect(main).toContainText('Received by telephone at');
  await expect(main).toContainText('Logged by Hana Seo at');
});

test('a template is written once and inserted with what belongs to the incident', async ({ page }) => {
  await signIn(page, HANA, '/desk');
  await page.getByRole('link', { name: 'Reply templates' }).click();
  const name = unique('Which node');
  const add = page.getByRole('region', { name: 'New template' });
  await add.getByLabel('Name').fill(name);
  await add.getByLabel('Text').fill('Dear {contact}, which node of {produkt}?');
  await add.getByRole('button', { name: 'Add the template' }).click();
  await expect(page.getByRole('alert')).toContainText('Not a placeholder: {produkt}.');
  await add.getByLabel('Text').fill('Dear {contact}, which node of {product}? {engineer}');
  await add.getByRole('button', { name: 'Add the template' }).click();
  await expect(page.getByRole('status')).toBeVisible();

  await page.goto('/desk');
  await page.getByRole('table').getByRole('link').first().click();
  const write = page.getByRole('region', { name: 'Write' });
  await write.getByLabel('Template').selectOption(name);
  await write.getByRole('button', { name: 'Insert' }).click();
  await expect(write.getByLabel('Your message')).toHaveValue(/^Dear .+, which node of .+\? Hana Seo$/);
  // Nothing was sent: the conversation does not have it.
  await expect(page.getByRole('region', { name: 'Conversation' })).not.toContainText('which node of');

  await page.goto('/desk/templates');
  await page.locator('summary', { hasText: name }).click();
  await page.getByRole('button', { name: `Remove “${name}”` }).click();
  await expect(page.getByText(name)).toHaveCount(0);
});
