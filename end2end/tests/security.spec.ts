// Links, passwords, the second step and sessions, from the first invitation on. Each test makes a person of its own.
import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { sendSignIn } from './support/people';
import { invitedAdministrator, resetLink } from './support/portal';
import { expect, test, unique } from './support/test';
import { totp } from './support/totp';

const PASSWORD = 'lantern willow compass';

interface Own {
  name: string;
  email: string;
  /** Of the authenticator app. */
  secret: string;
  recovery: string[];
}

const title = (page: Page) => page.getByRole('heading', { level: 1 });

async function setPassword(page: Page, password: string, again = password) {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('New password, once more').fill(again);
  await page.getByRole('button', { name: 'Set the password and continue' }).click();
}

/** Follows an invitation and sets up the authenticator app that an administrator needs. */
async function arrive(page: Page): Promise<Own> {
  const name = unique('Own');
  const email = `${name.replaceAll(' ', '.').toLowerCase()}@vendor.example`;
  await page.goto(invitedAdministrator(email, name));
  await expect(title(page)).toHaveText('Welcome');
  await expect(page.getByRole('main')).toContainText(email);
  await setPassword(page, PASSWORD);

  await expect(title(page)).toHaveText('Authenticator app');
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  const secret = await page.locator('p.secret').innerText();
  await page.getByRole('textbox', { name: 'Code' }).fill(totp(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();

  await expect(title(page)).toHaveText('Recovery codes');
  const recovery = await page.getByRole('main').getByRole('listitem').allInnerTexts();
  expect(recovery).toHaveLength(10);
  await page.getByRole('link', { name: 'I have saved them' }).click();
  await expect(title(page)).toHaveText('Password and sessions');
  return { name, email, secret, recovery };
}

async function sendCode(page: Page, code: string) {
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** The same person in another browser, through both steps. */
async function elsewhere(browser: Browser, own: Own, code: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto('/sign-in?next=/me/security');
  await sendSignIn(page, { email: own.email, password: PASSWORD });
  await expect(title(page)).toHaveText('Enter your code');
  await sendCode(page, code);
  await expect(title(page)).toHaveText('Password and sessions');
  return page;
}

test('an invitation is accepted once, with a password that is long and not known', async ({ page }) => {
  const name = unique('Guest');
  const email = `${name.replaceAll(' ', '.').toLowerCase()}@vendor.example`;
  const link = invitedAdministrator(email, name);
  await page.goto(link);
  for (const [password, again, words] of [
    ['short', 'short', 'This has 5 characters'],
    [PASSWORD, 'another', 'The two are not the same'],
    ['password1234', 'password1234', 'attackers try first'],
    [email, email, 'made of your name'],
  ]) {
    await setPassword(page, password, again);
    await expect(page.getByLabel('New password', { exact: true })).toHaveAccessibleDescription(new RegExp(words));
    await expect(page.getByLabel('New password', { exact: true })).toHaveValue('');
  }
  await setPassword(page, PASSWORD);
  await expect(title(page)).toHaveText('Authenticator app');
  // Until it is set up, an administrator is led there from everywhere.
  await page.goto('/incidents');
  await expect(title(page)).toHaveText('Authenticator app');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(link);
  await expect(title(page)).toHaveText('This link does not work');
});

test('signing in takes a code of the app, and each code counts once', async ({ page, browser, script }) => {
  const own = await arrive(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/me/security');
  await expect(title(page)).toHaveText('Sign in');
  await sendSignIn(page, { email: own.email, password: PASSWORD });
  await expect(title(page)).toHaveText('Enter your code');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await sendCode(page, '000000');
  await expect(page.getByRole('alert')).toContainText('This code is wrong');
  // The one that set it up is used up; the next is taken already.
  const next = totp(own.secret, 1);
  await sendCode(page, next);
  await expect(page).toHaveURL('/me/security');
  await expect(page.getByRole('banner')).toContainText(own.name);

  const other = await (await browser.newContext({ javaScriptEnabled: script })).newPage();
  await other.goto('/sign-in');
  await sendSignIn(other, { email: own.email, password: PASSWORD });
  await sendCode(other, next);
  await expect(other.getByRole('alert')).toContainText('was used before');
  await sendCode(other, own.recovery[0]);
  await expect(other.getByRole('banner')).toContainText(own.name);
  await other.goto('/me/security');
  await expect(other.getByRole('main')).toContainText('Recovery codes left: 9.');
  await other.context().close();
});

test('sessions are seen and ended, one and all', async ({ page, browser, script }) => {
  const own = await arrive(page);
  const others = [
    await elsewhere(browser, own, own.recovery[0], script),
    await elsewhere(browser, own, own.recovery[1], script),
    await elsewhere(browser, own, own.recovery[2], script),
  ];
  await page.reload();
  const rows = page.getByRole('main').locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'This one' })).toHaveCount(1);
  await expect(rows.first()).toContainText(/Chrome on (Linux|Android|Windows)/);
  await expect(rows.first()).toContainText('127.0.0.1');
  await page.getByRole('main').getByRole('button', { name: /^Sign out Chrome/ }).first().click();
  await expect(page.getByRole('status')).toHaveText('Signed out there. You stay signed in here.');
  await expect(rows).toHaveCount(3);
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(rows).toHaveCount(1);
  for (const other of others) {
    await other.goto('/me/security');
    await expect(title(other)).toHaveText('Sign in');
    await other.context().close();
  }
});

test('a new password signs out everywhere else', async ({ page, browser, script }) => {
  const own = await arrive(page);
  const other = await elsewhere(browser, own, own.recovery[0], script);
  await page.getByRole('link', { name: 'Change the password' }).click();
  const change = async (old: string, password: string) => {
    await page.getByLabel('Current password').fill(old);
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password, once more').fill(password);
    await page.getByRole('button', { name: 'Change the password' }).click();
  };
  await change('wrong', 'granite meadow anchor');
  await expect(page.getByRole('alert')).toContainText('This is not your current password.');
  await expect(page.getByLabel('Current password')).toHaveAccessibleDescription(/not your current/);
  await change(PASSWORD, 'granite meadow anchor');
  await expect(page.getByRole('status')).toContainText('every other session has ended');
  await other.goto('/me/security');
  await expect(title(other)).toHaveText('Sign in');
  await sendSignIn(other, { email: own.email, password: PASSWORD });
  await expect(other.getByRole('alert')).toContainText('do not match');
  await other.context().close();
});

test('a forgotten password is replaced by a link, and the second step stays', async ({ page }) => {
  const own = await arrive(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await expect(page.getByRole('main')).toContainText('coordinator');
  await page.goto(resetLink(own.email));
  await expect(title(page)).toHaveText('Choose a new password');
  await setPassword(page, 'granite meadow anchor');
  await expect(title(page)).toHaveText('Enter your code');
  await sendCode(page, own.recovery[0]);
  await expect(page.getByRole('banner')).toContainText(own.name);
});

test('none of these pages has anything that axe objects to', { tag: '@with-script' }, async ({ page, browser }) => {
  test.slow(); // it looks at every page of the part, one after the other
  await page.goto(invitedAdministrator(`${unique('axe').replaceAll(' ', '.')}@vendor.example`, 'Axe'));
  await expectAccessible(page);
  await setPassword(page, 'short');
  await expectAccessible(page);
  await setPassword(page, PASSWORD);
  await expect(title(page)).toHaveText('Authenticator app');
  await expectAccessible(page);
  const secret = await page.locator('p.secret').innerText();
  await page.getByRole('textbox', { name: 'Code' }).fill(totp(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(title(page)).toHaveText('Recovery codes');
  await expectAccessible(page);
  for (const path of ['/me/security', '/me/security/authenticator', '/me/security/password', '/reset', '/invitation/x']) {
    await page.goto(path);
    await expectAccessible(page);
  }
  const other = await (await browser.newContext()).newPage();
  await other.goto('/sign-in');
  await sendSignIn(other, { email: 'ines.duarte@interactor.example', password: 'sample-winter-beacon-40' });
  await expect(title(other)).toHaveText('Enter your code');
  await expectAccessible(other);
  await other.context().close();
});
