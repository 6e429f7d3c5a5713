// From the guide to an incident with a number, once and not twice, also when the session ends midway.
import type { Page } from '@playwright/test';
import { ASK, COMMUNITY_CONNECTOR, QUERY, S1, answerAll, awake, choose, heading, openGuide } from './support/guide';
import {
  type Texts,
  expectFiled,
  expectFiledBefore,
  expectOneInList,
  expectResult,
  expectReview,
  expectTexts,
  field,
  file,
  fillIn,
  lookOver,
  openForm,
  search,
  submit,
  written,
} from './support/incident';
import { JAMES, MARIA, SEOYEON, sendSignIn, signIn } from './support/people';
import { WITH_SCRIPT, expect, test, unique } from './support/test';

function texts(): Texts {
  return {
    title: unique('Orders stop at the gateway'),
    description: 'Since this morning no order arrives.\n\nThe log says:\n  "401 – token refused" & nothing else.',
    steps: '1. Send an order.\n2. Wait.',
    impact: 'Nothing can be shipped.',
  };
}

/** The panel of an incident's page, or of the page where it is looked over. */
function due(page: Page, name: 'Response' | 'When the Response is due' = 'Response') {
  return page.getByRole('region', { name, exact: true });
}

/** The time at which the Response is due, as the page says it to machines. */
async function dueTime(page: Page, name?: 'Response' | 'When the Response is due'): Promise<string> {
  return (await due(page, name).getByRole('time').getAttribute('datetime')) ?? '';
}

test('from the guide to a number with its due time', async ({ page, script }) => {
  const incident = texts();
  await openGuide(page, script);
  await answerAll(page, S1);
  await expect(heading(page)).toHaveText('System Outage');
  await page.getByRole('link', { name: 'File this incident' }).click();
  await expect(heading(page)).toHaveText('Sign in');
  await sendSignIn(page, MARIA);
  await expectResult(page, 'System Outage');
  await expect(page.getByText('For Cascade Retail, Platinum plan, US Pacific.')).toBeVisible();
  await page.getByText('Your answers', { exact: true }).click();
  await expect(page.getByText('Interactor Gateway 5.1.0: current')).toBeVisible();
  await fillIn(page, incident);
  await lookOver(page);

  await expectReview(page, incident.title);
  await expect(page.getByText('Nothing can be shipped.')).toBeVisible();
  const promised = await dueTime(page, 'When the Response is due');
  await expect(due(page, 'When the Response is due')).toContainText(written(promised).heading);
  const before = Date.now();
  await submit(page);

  const number = await expectFiled(page, incident.title);
  await expect(page.getByText(`${number} · filed by you`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Severity' })).toContainText('System Outage');
  await expect(page.getByText('Awaiting Response', { exact: true })).toBeVisible();
  await expect(page.getByText(incident.description)).toBeVisible();
  expect(await page.getByText('Since this morning no order arrives.').innerText()).toBe(incident.description);

  // Platinum has an hour for S1, at any time: by the clock on the wall.
  const iso = await dueTime(page);
  const said = written(iso);
  expect(Math.abs(Date.parse(iso) - before - 3_600_000)).toBeLessThan(20_000);
  expect(Math.abs(Date.parse(iso) - Date.parse(promised))).toBeLessThan(30_000);
  // The facts below the heading read the same when it is due at the turn of a minute.
  await expect(due(page).getByText(said.headingWithYear, { exact: true }).first()).toBeVisible();
  await expect(due(page)).toContainText('1 hour, 24x7');
  await due(page).getByText('Day by day').click();
  await expect(due(page).getByRole('group').getByRole('listitem').last()).toHaveText(
    new RegExp(`to ${said.minutes}(:\\d\\d)?, .* counted; then the Response is due\\.$`),
  );
  await expect(page.getByText(`Filed in the portal as S1. Response due ${said.heading}.`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Facts' })).toContainText('Interactor Gateway 5.1.0');
  await expect(page.getByText('(met)')).toHaveCount(4);
  const own = due(page).getByText('your time (America/New_York)');
  await (script ? expect(own).toBeVisible() : expect(own).toBeHidden());

  // It is found again, and says the same.
  await search(page, incident.title);
  await page.getByRole('combobox', { name: 'State' }).selectOption('Awaiting Response');
  await page.getByRole('combobox', { name: 'Severity' }).selectOption('S1 System Outage');
  await page.getByRole('button', { name: 'Apply' }).click();
  const row = page.getByRole('row').filter({ hasText: number });
  await expect(row).toContainText(said.inList);
  await expect(page.getByText('1 incident', { exact: true })).toBeVisible();
  await page.getByRole('combobox', { name: 'Severity' }).selectOption('S4 Minor Impact');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await search(page, number.toLowerCase());
  await page.getByRole('link', { name: incident.title }).click();
  await expect(page).toHaveURL(`/incidents/${number}`);
  expect(await dueTime(page)).toBe(iso);

  // The guide starts anew.
  await openGuide(page, script);
  await expect(heading(page)).toHaveText(ASK.kind);
});

test('in Seoul by Business Hours: what the guide says is what is filed', async ({ page, script }) => {
  const incident = texts();
  await signIn(page, SEOYEON, '/guide');
  await awake(page, script);
  await answerAll(page, COMMUNITY_CONNECTOR);
  await expect(due(page, 'When the Response is due')).toContainText('Core plan, Seoul');
  const guided = await dueTime(page, 'When the Response is due');
  await page.getByRole('link', { name: 'File this incident' }).click();
  await expectResult(page, 'Key Functionality Impaired; No Workaround');
  await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(ix)' })).toBeVisible();
  await fillIn(page, incident);
  await lookOver(page);
  await expectReview(page, incident.title);
  await submit(page);
  const number = await expectFiled(page, incident.title);
  const iso = await dueTime(page);
  expect(iso).toMatch(/\+09:00$/);
  // Outside of Business Hours it is the very same; during them it moves on with the seconds.
  expect(Date.parse(iso) - Date.parse(guided)).toBeGreaterThanOrEqual(0);
  expect(Date.parse(iso) - Date.parse(guided)).toBeLessThan(60_000);
  await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(ix)' })).toBeVisible();
  await search(page, incident.title);
  await expect(page.getByRole('row').filter({ hasText: number })).toContainText('probably excluded');
});

test('a colleague sees it, with the name of who filed it', async ({ page, browser, javaScriptEnabled, baseURL }) => {
  await signIn(page, MARIA);
  const incident = texts();
  const number = await file(page, QUERY.S2, 'Key Functionality Impaired', incident);
  const context = await browser.newContext({ baseURL, javaScriptEnabled });
  const colleague = await context.newPage();
  await signIn(colleague, JAMES, `/incidents/${number}`);
  await expect(colleague.getByText(`${number} · filed by Maria Alvarez`)).toBeVisible();
  await context.close();
});

test('what is looked over can be changed, and nothing is filed by looking', async ({ page }) => {
  await signIn(page, MARIA);
  const incident = texts();
  await openForm(page, QUERY.S1, 'System Outage');
  await fillIn(page, incident);
  await lookOver(page);
  await expectReview(page, incident.title);
  await page.getByRole('button', { name: 'Change something' }).click();
  await expectResult(page, 'System Outage');
  await expectTexts(page, incident);
  const title = `${incident.title} again`;
  await field(page, 'Title').fill(title);
  await lookOver(page);
  await expectReview(page, title);
  await search(page, incident.title);
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
});

test('going back and submitting again files nothing more', async ({ page }) => {
  await signIn(page, MARIA);
  const incident = texts();
  const number = await file(page, QUERY.S1, 'System Outage', incident);
  await page.goBack();
  await expectReview(page, incident.title);
  await submit(page);
  await expectFiledBefore(page, number);
  await expectOneInList(page, incident.title);
});

test('going back to the form and sending it again files nothing more', async ({ page }) => {
  await signIn(page, MARIA);
  const incident = texts();
  const number = await file(page, QUERY.S1, 'System Outage', incident);
  await page.goBack();
  await expectReview(page, incident.title);
  await page.goBack();
  await expect(field(page, 'Title')).toHaveValue(incident.title);
  await lookOver(page);
  await expectFiledBefore(page, number);
  await expectOneInList(page, incident.title);
});

test('two pages with the same form file one incident', async ({ page, context }) => {
  await signIn(page, MARIA);
  const incident = texts();
  const other = await context.newPage();
  for (const one of [page, other]) {
    await openForm(one, QUERY.S1, 'System Outage');
    await fillIn(one, incident);
  }
  // A form has one key; a copy of the page has it too.
  const key = await page.locator('input[name="key"]').inputValue();
  await other.locator('input[name="key"]').evaluate((input: HTMLInputElement, key) => (input.value = key), key);
  for (const one of [page, other]) {
    await lookOver(one);
    await expectReview(one, incident.title);
  }
  await Promise.all([submit(page), submit(other)]);
  const said: string[] = [];
  for (const one of [page, other]) {
    await expect(one.getByRole('status')).toContainText('INC-');
    said.push(await one.getByRole('status').innerText());
  }
  const [before, now] = said.sort((a, b) => b.localeCompare(a));
  expect(now).toMatch(/^Filed as INC-/);
  const [number] = /INC-\d+-\d+/.exec(now ?? '') ?? [];
  expect(before).toBe(`This form was already filed, as ${number}. It was not filed again.`);
  expect(page.url().split('?')[0]).toBe(other.url().split('?')[0]);
  await expectOneInList(page, incident.title);
});

test('a double click files one incident', async ({ page }) => {
  await signIn(page, MARIA);
  const incident = texts();
  await openForm(page, QUERY.S1, 'System Outage');
  await fillIn(page, incident);
  await lookOver(page);
  await expectReview(page, incident.title);
  await page.getByRole('button', { name: 'Submit the incident' }).dblclick();
  await expect(page.getByRole('status')).toContainText('INC-');
  await expectOneInList(page, incident.title);
});

test.describe('the session ends', () => {
  test.beforeEach(async ({ page }) => signIn(page, MARIA));

  /** Nobody is signed in any more; the form that is sent is kept over a wrong password and is there again. */
  async function signInAgain(page: Page, incident: Texts) {
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
    await expect(page.getByRole('status')).toHaveText(
      'Your session has ended. Sign in, and your form will be there again as you typed it.',
    );
    await sendSignIn(page, { email: MARIA.email, password: 'wrong' });
    await expect(page.getByRole('alert')).toContainText('do not match');
    await sendSignIn(page, MARIA);
    await expect(page.getByRole('status')).toHaveText(
      'Your form is here again, as you typed it. Nothing has been filed yet: look it over and submit it.',
    );
    await expectTexts(page, incident);
  }

  test('while the form is filled in', async ({ page, context }) => {
    const incident = { ...texts(), description: '\nIt begins with an empty line.\n</textarea><b>"\'&amp;' };
    await openForm(page, QUERY.S1, 'System Outage');
    await fillIn(page, incident);
    await context.clearCookies({ name: 'session' });
    await lookOver(page);
    await signInAgain(page, incident);
    await expectResult(page, 'System Outage');
    await lookOver(page);
    await expectReview(page, incident.title);
    await submit(page);
    await expectFiled(page, incident.title);
    await expectOneInList(page, incident.title);
    // What was filed does not wait any longer.
    await page.goto('/incidents/new');
    await expect(field(page, 'Title')).toHaveValue('');
  });

  test('while it is looked over', async ({ page, context }) => {
    const incident = texts();
    await openForm(page, QUERY.S1, 'System Outage');
    await fillIn(page, incident);
    await lookOver(page);
    await expectReview(page, incident.title);
    await context.clearCookies({ name: 'session' });
    await submit(page);
    await signInAgain(page, incident);
    await lookOver(page);
    await expectReview(page, incident.title);
    await submit(page);
    await expectFiled(page, incident.title);
  });

  test('and the form had been filed already', async ({ page, context }) => {
    const incident = texts();
    const number = await file(page, QUERY.S1, 'System Outage', incident);
    await page.goBack();
    await expectReview(page, incident.title);
    await context.clearCookies({ name: 'session' });
    await submit(page);
    await signInAgain(page, incident);
    await lookOver(page);
    await expectFiledBefore(page, number);
    // A new incident does not begin with the old one's texts and key: it would not be filed.
    await page.goto('/incidents/new');
    await expect(field(page, 'Title')).toHaveValue('');
  });
});

test('after signing in again, changed answers count', async ({ page, context, script }) => {
  await signIn(page, MARIA);
  const incident = texts();
  await openForm(page, QUERY.S1, 'System Outage');
  await fillIn(page, incident);
  await context.clearCookies({ name: 'session' });
  await lookOver(page);
  await sendSignIn(page, MARIA);
  await expectTexts(page, incident);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await awake(page, script);
  await page.getByText('Your answers', { exact: true }).click();
  await page.getByRole('link', { name: `Change the answer to: ${ASK.workaround}` }).click();
  await choose(page, [ASK.workaround, 'Yes, a viable one']);
  await page.getByRole('button', { name: 'Show the result' }).click();
  await expect(heading(page)).toHaveText('Moderate Impact with Workaround');
  await page.getByRole('link', { name: 'File this incident' }).click();
  await expectResult(page, 'Moderate Impact with Workaround');
  await expectTexts(page, incident);
});

test.describe('with script', WITH_SCRIPT, () => {
  test('the form takes the answers that the browser kept, and no address carries them', async ({ page }) => {
    await openGuide(page, true);
    await answerAll(page, S1);
    await expect(heading(page)).toHaveText('System Outage');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.getByRole('link', { name: 'File this incident' }).click();
    await sendSignIn(page, MARIA);
    await expectResult(page, 'System Outage');
    await field(page, 'Title').fill('Typed');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await awake(page, true);
    await expect(heading(page)).toHaveText('System Outage');
    await page.getByRole('link', { name: 'File this incident' }).click();
    await expectResult(page, 'System Outage');
    await expect(field(page, 'Title')).toHaveValue('Typed');
    expect(requests.filter((url) => url.includes('kind='))).toEqual([]);
  });
});
