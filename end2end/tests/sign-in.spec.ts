// Signing in and out, and what an anonymous visitor is sent to.
import { MARIA, sendSignIn, signIn } from './support/people';
import { expect, test } from './support/test';

test('a wrong password keeps the address and says nothing about who exists', async ({ page }) => {
  await page.goto('/sign-in');
  await sendSignIn(page, { email: MARIA.email, password: 'sample-cedar-compass-84' });
  await expect(page.getByRole('alert')).toContainText('This e-mail and password do not match.');
  const said = await page.getByRole('alert').innerText();
  await expect(page.getByLabel('E-mail')).toHaveValue(MARIA.email);
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(/do not match/);
  await expect(page.getByLabel('Password')).toHaveValue('');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();

  await sendSignIn(page, { email: 'nobody@cascade.example', password: MARIA.password });
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody@cascade.example');
  expect(await page.getByRole('alert').innerText()).toBe(said);
});

test('markup in the address of a wrong sign-in stays text', async ({ page }) => {
  await page.goto('/sign-in');
  const email = 'a"><b>x</b>@cascade.example';
  // A browser takes no such address; what sends it is no browser's form.
  await page.getByLabel('E-mail').evaluate((input: HTMLInputElement) => (input.type = 'text'));
  await sendSignIn(page, { email, password: 'x' });
  await expect(page.getByRole('alert')).toContainText('do not match');
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
});

test('choosing another language keeps the address that was typed', async ({ page }) => {
  await page.goto('/sign-in?next=/incidents?state=resolved');
  await page.getByLabel('E-mail').fill('maria.alv');
  await page.getByLabel('Password').fill('half');
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('로그인');
  await expect(page.getByLabel('이메일')).toHaveValue('maria.alv');
  await expect(page.getByLabel('비밀번호')).toHaveValue('');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByLabel('E-mail')).toHaveValue('maria.alv');
  await page.getByLabel('E-mail').fill(MARIA.email);
  await page.getByLabel('Password').fill(MARIA.password);
  await page.getByLabel('Password').press('Enter');
  await expect(page).toHaveURL('/incidents?state=resolved');
  await expect(page.getByRole('banner')).toContainText(MARIA.name);
});

test('the way back from signing in is kept over a wrong password', async ({ page }) => {
  const wanted = '/incidents?state=closed&severity=S1';
  await page.goto(wanted);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await sendSignIn(page, { email: MARIA.email, password: 'wrong' });
  await expect(page.getByRole('alert')).toBeVisible();
  await sendSignIn(page, MARIA);
  await expect(page).toHaveURL(wanted);
  await expect(page.getByRole('combobox', { name: 'State' })).toHaveValue('closed');
  await expect(page.getByRole('link', { name: 'All store endpoints time out' })).toBeVisible();
});

test('nobody is sent to another site', async ({ page, baseURL }) => {
  await page.goto('/sign-in?next=//evil.example/incidents');
  await sendSignIn(page, MARIA);
  await expect(page.getByRole('banner')).toContainText(MARIA.name);
  await expect(page).toHaveURL(`${baseURL}/`);
});

test('signing out ends the session, not only in this browser', async ({ page, context }) => {
  await signIn(page, MARIA, '/incidents');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incidents');
  const before = (await context.cookies()).filter(({ name }) => name !== 'device');
  expect(before.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: 'session', httpOnly: true, sameSite: 'Lax' },
  ]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await context.addCookies(before);
  await page.goto('/incidents');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});

for (const path of ['/incidents', '/incidents/new', '/incidents/INC-2026-00001']) {
  test(`an anonymous visit to ${path} signs in first and comes back`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
    await sendSignIn(page, MARIA);
    await expect(page).toHaveURL(path);
    await expect(page.getByRole('banner')).toContainText(MARIA.name);
  });
}
