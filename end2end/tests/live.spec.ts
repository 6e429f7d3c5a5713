// What happens while a page is open, what is typed while a session ends, and the keys of the desk.
import { fileAtOnce } from './support/incident';
import { HANA, JAMES, MARIA, sendSignIn, signIn } from './support/people';
import { expect, test, unique, WITH_SCRIPT } from './support/test';

const S2 =
  'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no';

test('the Response appears on the page of the customer', async ({ page, browser, script }) => {
  await signIn(page, MARIA);
  const title = unique('Live');
  const number = await fileAtOnce(page, S2, { title, description: 'How?' });
  await page.goto(`/incidents/${number}`);
  const conversation = page.getByRole('region', { name: 'Conversation' });
  const typing = page.getByRole('textbox', { name: 'Your message' });
  await typing.fill('Half a sentence');

  const context = await browser.newContext({
    javaScriptEnabled: script,
    baseURL: test.info().project.use.baseURL,
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  const engineer = await context.newPage();
  await signIn(engineer, HANA, `/incidents/${number}`);
  const response = engineer.getByRole('region', { name: 'The Response' });
  await response.getByRole('textbox', { name: 'Your message' }).fill('We have it.');
  await response.getByRole('button', { name: 'Assign and send' }).click();
  await expect(engineer.getByRole('region', { name: 'Conversation' })).toContainText('We have it.');

  if (script) {
    // Said politely, in one sentence; what was being typed is untouched.
    await expect(conversation).toContainText('We have it.');
    await expect(page.locator('[aria-live=polite]').filter({ hasText: 'There is something new in the conversation.' })).toBeVisible();
    await expect(page.getByRole('complementary')).toContainText('Hana Seo');
    await expect(typing).toHaveValue('Half a sentence');
    await expect(typing).toBeFocused();
    // The whole page again keeps it, too.
    const again = page.getByRole('button', { name: 'Reload the page' });
    await again.click();
    await expect(again).toBeHidden();
    await expect(typing).toHaveValue('Half a sentence');
  } else {
    await expect(conversation).not.toContainText('We have it.');
    await page.reload();
    await expect(conversation).toContainText('We have it.');
  }
  await context.close();
});

test('a session that ends while one types loses nothing', async ({ page, context }) => {
  await signIn(page, MARIA);
  const number = await fileAtOnce(page, S2, { title: unique('Typed'), description: 'How?' });
  await page.goto(`/incidents/${number}`);
  await page.getByRole('textbox', { name: 'Your message' }).fill('Written for an hour');
  await context.clearCookies();
  await page.getByRole('region', { name: 'Write' }).getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await sendSignIn(page, MARIA);
  await expect(page.getByText('nothing has been sent yet')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Your message' })).toHaveValue('Written for an hour');
  await expect(page.getByRole('region', { name: 'Conversation' })).not.toContainText('Written for an hour');
});

test('the desk is used with keys, once the focus is in it', WITH_SCRIPT, async ({ page }) => {
  await signIn(page, HANA, '/desk');
  const rows = page.locator('.desk td.name a');
  await page.keyboard.press('j');
  await expect(rows.first()).not.toBeFocused();
  await rows.first().focus();
  // The keys are there as soon as the page's script runs.
  await expect(async () => {
    await rows.first().focus();
    await page.keyboard.press('j');
    await expect(rows.nth(1)).toBeFocused({ timeout: 1_000 });
  }).toPass();
  await page.keyboard.press('ArrowUp');
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByText('the next incident')).toBeVisible();
  await rows.first().focus();
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox').first()).toBeFocused();
  await rows.first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/incidents\/INC-/);
});

test('what is typed stays in the browser until it is sent, for whoever typed it', WITH_SCRIPT, async ({ page, context }) => {
  await signIn(page, MARIA);
  const number = await fileAtOnce(page, S2, { title: unique('Kept'), description: 'How?' });
  const other = await fileAtOnce(page, S2, { title: unique('Kept beside'), description: 'How?' });
  const message = page.getByRole('textbox', { name: 'Your message' });
  const said = page.getByRole('status').filter({ hasText: 'What you had typed is here again.' });
  const anew = async (to: string) => {
    await page.goto('/plan');
    await page.goto(`/incidents/${to}`);
  };
  const typed = async (text: string) => {
    // It is kept as soon as the page's script runs.
    await expect(async () => {
      await message.fill('');
      await message.fill(text);
      const all = await page.evaluate(() => Object.values(localStorage).join());
      expect(all).toContain(text);
    }).toPass();
  };

  await page.goto(`/incidents/${number}`);
  await typed('Half of <b>it</b>');
  await anew(other);
  await expect(message).toHaveValue('');
  await anew(number);
  await expect(message).toHaveValue('Half of <b>it</b>');
  await expect(said).toBeVisible();

  // A step that is folded away is opened for it.
  await page.locator('#withdraw summary').click();
  const reason = page.locator('#withdraw').getByRole('textbox');
  await reason.fill('It went away');
  await anew(number);
  await expect(reason).toBeVisible();
  await expect(reason).toHaveValue('It went away');
  await page.locator('#withdraw').getByRole('button', { name: 'Discard it' }).click();
  await expect(reason).toHaveValue('');
  await expect(said).toHaveCount(1);

  // Once sent, it has served.
  await page.getByRole('region', { name: 'Write' }).getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('region', { name: 'Conversation' })).toContainText('Half of');
  await anew(number);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await typed('For a colleague to find?');

  // Without signing out: a colleague at the same browser does not get it.
  await context.clearCookies();
  await signIn(page, JAMES, `/incidents/${number}`);
  await expect(message).toHaveValue('');
  await typed('By James');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/$/);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await signIn(page, MARIA, `/incidents/${number}`);
  await expect(message).toHaveValue('');
});
