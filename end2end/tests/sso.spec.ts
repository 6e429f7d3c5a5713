// Single sign-on through a provider that runs beside the portal: who comes in, who does not, and that an answer is good once.
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { QUERY } from './support/guide';
import { expectResult, expectTexts, fillIn, lookOver, openForm } from './support/incident';
import { HANA, JAMES, MARIA, sendSignIn, signIn } from './support/people';
import { WITH_SCRIPT, expect, test, unique } from './support/test';

const REFUSED = 'This sign-in is not linked to anybody here.';
const FAILED = 'Signing in through your organization was not completed';

const way = (page: Page, name = 'Sample ID') => page.getByRole('link', { name: `Sign in with ${name}` });

/** Says at the provider who one is. */
async function atProvider(page: Page, email: string, { verified = true } = {}) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Provider');
  await page.getByLabel('Address').fill(email);
  await page.getByLabel('Verified').setChecked(verified);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function expectRefused(page: Page, says: string) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await expect(page.getByRole('alert')).toContainText(says);
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
}

test('a contact comes in through the provider, to where they wanted to go', async ({ page }) => {
  await page.goto('/incidents?state=resolved');
  await way(page).click();
  await atProvider(page, MARIA.email);
  await expect(page).toHaveURL('/incidents?state=resolved');
  await expect(page.getByRole('banner')).toContainText(MARIA.name);

  // The second time the provider knows them and asks nothing.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/sign-in?next=/incidents');
  await way(page).click();
  await expect(page).toHaveURL('/incidents');
  await expect(page.getByRole('banner')).toContainText(MARIA.name);
});

test("one of the vendor's people comes in through the vendor's provider only", async ({ page, context }) => {
  await page.goto('/sign-in');
  await way(page).click();
  await atProvider(page, HANA.email);
  await expectRefused(page, REFUSED);
  await context.clearCookies();
  await page.goto('/sign-in');
  await way(page, 'Vendor ID').click();
  await atProvider(page, HANA.email);
  await expect(page.getByRole('banner')).toContainText(HANA.name);
});

for (const [who, email, verified] of [
  ['an address that the provider did not verify', JAMES.email, false],
  ['an address of a foreign domain', 'james.whitfield@elsewhere.example', true],
  ['an address that nobody has', 'nobody@cascade.example', true],
] as const) {
  test(`${who} is refused, and the password still works`, async ({ page }) => {
    await page.goto('/sign-in?next=/incidents');
    await way(page).click();
    await atProvider(page, email, { verified });
    await expectRefused(page, REFUSED);
    await sendSignIn(page, JAMES);
    await expect(page).toHaveURL('/incidents');
    await expect(page.getByRole('banner')).toContainText(JAMES.name);
  });
}

test('whoever turns back at the provider is at the sign-in page again, in words of the portal', async ({ page }) => {
  await page.goto('/sign-in?next=/incidents');
  await way(page).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expectRefused(page, FAILED);
  await expect(page.getByText('What the provider says of it')).toHaveCount(0);
  await way(page).click();
  await atProvider(page, JAMES.email);
  await expect(page).toHaveURL('/incidents');
});

test('an answer of the provider is good once, and in one browser', async ({ page, browser, baseURL, javaScriptEnabled }) => {
  const answers: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${baseURL}/sso/sample/callback`)) answers.push(request.url());
  });
  await page.goto('/sign-in');
  await way(page).click();
  await atProvider(page, MARIA.email);
  await expect(page.getByRole('banner')).toContainText(MARIA.name);
  expect(answers).toHaveLength(1);

  const elsewhere = await browser.newContext({ baseURL, javaScriptEnabled });
  const stranger = await elsewhere.newPage();
  await stranger.goto(answers[0]);
  await expectRefused(stranger, FAILED);
  await elsewhere.close();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(answers[0]);
  await expectRefused(page, FAILED);
});

test('a form that was sent after the session had ended is there again', async ({ page, context }) => {
  const incident = { title: unique('Signed in through the provider'), description: 'What I typed.', steps: '1. Wait.', impact: 'Nothing is shipped.' };
  await signIn(page, MARIA);
  await openForm(page, QUERY.S2, 'Key Functionality Impaired; No Workaround');
  await fillIn(page, incident);
  await context.clearCookies({ name: 'session' });
  await lookOver(page);
  await expect(page.getByRole('status')).toContainText('Your session has ended.');
  await way(page).click();
  await atProvider(page, MARIA.email);
  await expect(page).toHaveURL('/incidents/new');
  await expectTexts(page, incident);
  await expectResult(page, 'Key Functionality Impaired; No Workaround');
});

test('nothing to object to on the sign-in page with its message', WITH_SCRIPT, async ({ page }) => {
  await page.goto('/sign-in?sso=unavailable');
  await expect(page.getByRole('alert')).toContainText('is not responding at the moment');
  await expectAccessible(page);
});
