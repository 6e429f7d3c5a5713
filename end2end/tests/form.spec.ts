// The incident form: what is wrong is said, what was typed is kept, and markup stays text wherever it is shown.
import type { Page } from '@playwright/test';
import { ASK, QUERY, awake, choose, heading } from './support/guide';
import { type Texts, errors, expectFiled, expectOneInList, expectResult, expectReview, expectTexts, field, fillIn, lookOver, openForm, post, search, submit } from './support/incident';
import { MARIA, signIn } from './support/people';
import { expect, test, unique } from './support/test';

const S1_TITLE = 'System Outage';

function texts(title: string): Texts {
  return { title: unique(title), description: '\n  "quoted" & <b>not</b> markup\n', steps: '1. 시작', impact: '영향' };
}

test.beforeEach(async ({ page }) => {
  await signIn(page, MARIA);
  await openForm(page, QUERY.S1, S1_TITLE);
});

/** The summary has the focus and leads to the field, which says the same. */
async function expectError(page: Page, label: 'Title' | 'What happens' | 'Business impact', words: string) {
  await expect(errors(page)).toBeFocused();
  await expect(errors(page)).toContainText('Nothing was filed. What you typed is below, as you typed it.');
  await errors(page).getByRole('link', { name: `${label}: ${words}` }).click();
  await expect(field(page, label)).toBeFocused();
  await expect(field(page, label)).toHaveAttribute('aria-invalid', 'true');
  await expect(field(page, label)).toHaveAccessibleDescription(new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  await expectResult(page, S1_TITLE);
}

test('an empty title', async ({ page }) => {
  const texts = { title: '', description: '\n\n  indented\n\ttab\n', steps: 'a\nb', impact: '"quoted" & <not> markup' };
  await fillIn(page, texts);
  await lookOver(page);
  await expectError(page, 'Title', 'Fill this in.');
  await expectTexts(page, texts);
  const title = unique('No title at first');
  await field(page, 'Title').fill(title);
  await lookOver(page);
  await expectReview(page, title);
  await submit(page);
  await expectFiled(page, title);
});

test('nothing at all', async ({ page }) => {
  await lookOver(page);
  await expect(errors(page).getByRole('link')).toHaveText(['Title: Fill this in.', 'What happens: Fill this in.']);
});

test('a title that is too long', async ({ page }) => {
  const texts = { title: '가'.repeat(201), description: 'd' };
  await fillIn(page, texts);
  await lookOver(page);
  await expectError(page, 'Title', 'This has 201 characters; at most 200 fit. Shorten it.');
  await expectTexts(page, texts);
});

test('a title that just fits', async ({ page }) => {
  const title = unique('가').padEnd(200, '나');
  await fillIn(page, { title, description: 'd' });
  await lookOver(page);
  await expectReview(page, title);
  await submit(page);
  await expectFiled(page, title);
});

for (const [name, character] of [
  ['a control character', '\u0007'],
  ['a character that turns the direction', '\u202E'],
] as const) {
  test(name, async ({ page }) => {
    const texts = { title: `x${character}y`, description: 'd', impact: `b${character}` };
    await fillIn(page, texts);
    await lookOver(page);
    await expectError(page, 'Title', 'This contains a character that cannot be kept');
    await expect(errors(page).getByRole('link')).toHaveCount(2);
    await expectTexts(page, texts);
  });
}

test('markup is text in the form, looked over, on the incident’s page and in the list', async ({ page }) => {
  const markup = '</title></textarea><script>window.hacked = 1</script><b>bold</b><img src=x onerror="window.hacked = 1">&lt;';
  const texts = {
    title: unique(`${markup} `),
    description: `${markup}\n<!-- a comment -->`,
    steps: `${markup} {{7*7}}`,
    impact: 'x'.repeat(4_001),
  };
  const unhurt = async () => {
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await expect(page.getByRole('main').locator('b', { hasText: /^bold$/ })).toHaveCount(0);
    await expect(page.getByRole('main').getByRole('img')).toHaveCount(0);
  };
  await fillIn(page, texts);
  await lookOver(page);
  await expectError(page, 'Business impact', 'This has 4001 characters; at most 4000 fit. Shorten it.');
  await expectTexts(page, texts);
  await unhurt();
  await field(page, 'Business impact').fill(markup);
  await lookOver(page);
  await expectReview(page, texts.title);
  expect(await page.getByText('<!-- a comment -->').innerText()).toBe(texts.description);
  await unhurt();
  await submit(page);
  const number = await expectFiled(page, texts.title);
  await expect(page).toHaveTitle(`${number} ${texts.title} – Service Assurance`);
  expect(await page.getByText('<!-- a comment -->').innerText()).toBe(texts.description);
  await expect(page.getByText(texts.steps, { exact: true })).toBeVisible();
  await unhurt();
  await search(page, number);
  await expect(page.getByRole('link', { name: texts.title })).toBeVisible();
  await unhurt();
  // Looked for, it stands in the search as it was typed, and is found.
  await search(page, texts.title.slice(0, 60));
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue(texts.title.slice(0, 60));
  await expect(page.getByRole('link', { name: texts.title })).toBeVisible();
});

for (const [name, answers] of [
  ['answers that miss some', 'kind=problem&harm=no'],
  ['answers to questions that are not asked', `${QUERY.S1}&time_sensitive=yes`],
  ['answers that exclude each other', QUERY.S1.replace('causes=none', 'causes=none&causes=free')],
  ['an option that does not exist', QUERY.S1.replace('impact=unusable', 'impact=mild')],
  ['a severity in place of answers', 'severity=S1'],
] as const) {
  test(`forged: ${name}`, async ({ page }) => {
    const texts = { title: unique('Forged'), description: 'd' };
    await fillIn(page, texts);
    await page.locator('input[name="answers"]').evaluate((input: HTMLInputElement, answers) => (input.value = answers), answers);
    await lookOver(page);
    const link = errors(page).getByRole('link', { name: 'The guide’s answers do not fit together.' });
    await expect(link).toBeVisible();
    await expectTexts(page, texts);
    await link.click();
    await expect(page.getByRole('heading', { name: 'What the guide found' })).toBeInViewport();
    await search(page, texts.title);
    await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  });
}

test('forged: a key that the portal did not give out gets a fresh one', async ({ page }) => {
  const texts = { title: unique('Forged key'), description: 'd' };
  await fillIn(page, texts);
  // What is no key at all, and what is written as one is.
  for (const forged of ['mine', '0190a6f0-7b7e-4c3e-9d6f-0123456789ab']) {
    await page.locator('input[name="key"]').evaluate((input: HTMLInputElement, key) => (input.value = key), forged);
    await lookOver(page);
    await expect(errors(page)).toContainText('It has been renewed');
    await expectTexts(page, texts);
  }
  await lookOver(page);
  await expectReview(page, texts.title);
  await submit(page);
  await expectFiled(page, texts.title);
});

test('submitted without being looked over, it is judged all the same', async ({ page }) => {
  const key = await page.locator('input[name="key"]').inputValue();
  const answer = await post(page, '/incidents/new', { key, answers: 'kind=problem', title: 'x', description: 'd', step: 'submit' });
  expect(answer.status()).toBe(422);
  expect(await answer.text()).toContain('do not fit together');
});

test('a form of more than 1 MiB is refused, and nothing is stored', async ({ page }) => {
  const title = unique('Too much');
  await fillIn(page, { title, description: 'x'.repeat(1_100_000) });
  const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST'), lookOver(page)]);
  expect(answer.status()).toBe(413);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('That was too much at once');
  await page.goBack();
  await expect(field(page, 'Title')).toHaveValue(title);
  await field(page, 'What happens').fill('Short.');
  await lookOver(page);
  await expectReview(page, title);
  await submit(page);
  await expectFiled(page, title);
  await expectOneInList(page, title);
});

test.describe('nothing typed is lost', () => {
  test('by changing the answers in the guide', async ({ page, script }) => {
    const incident = texts('Changed answers');
    await fillIn(page, incident);
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await awake(page, script);
    await expect(heading(page)).toHaveText(S1_TITLE);
    await page.getByText('Your answers', { exact: true }).click();
    await page.getByRole('link', { name: `Change the answer to: ${ASK.workaround}` }).click();
    await choose(page, [ASK.workaround, 'Yes, a viable one']);
    await page.getByRole('button', { name: 'Show the result' }).click();
    await expect(heading(page)).toHaveText('Moderate Impact with Workaround');
    await page.getByRole('link', { name: 'File this incident' }).click();
    await expectResult(page, 'Moderate Impact with Workaround');
    await expect(page.getByRole('status')).toHaveText(
      'Your form is here again, as you typed it. Nothing has been filed yet: look it over and submit it.',
    );
    await expectTexts(page, incident);
  });

  test('by going to the guide from where it is looked over, and once it is filed it waits no longer', async ({ page, script }) => {
    const incident = texts('From the review');
    await fillIn(page, incident);
    await lookOver(page);
    await expectReview(page, incident.title);
    await page.getByRole('button', { name: 'Change the answers' }).click();
    await awake(page, script);
    await expect(heading(page)).toHaveText(S1_TITLE);
    await page.getByRole('link', { name: 'File this incident' }).click();
    await expectResult(page, S1_TITLE);
    await expectTexts(page, incident);
    await lookOver(page);
    await expectReview(page, incident.title);
    await submit(page);
    await expectFiled(page, incident.title);
    await page.goto('/incidents/new');
    await expect(field(page, 'Title')).toHaveValue('');
  });

  test('the return key looks it over: it chooses no language and changes no answer', async ({ page }) => {
    const incident = texts('Return');
    await fillIn(page, incident);
    await field(page, 'Title').press('Enter');
    await expectReview(page, incident.title);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});
