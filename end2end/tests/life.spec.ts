// The life of an incident with two browsers at once: the customer's and the engineer's.
import type { Browser, Page } from '@playwright/test';
import { file, fileAtOnce, post } from './support/incident';
import { HANA, JAMES, MARIA, type Person, signIn } from './support/people';
import { expect, test, unique } from './support/test';

const S2 =
  'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no';
const KEY_FUNCTION = 'Key Functionality Impaired; No Workaround';

const DANIEL: Person = {
  name: 'Daniel Okafor',
  email: 'daniel.okafor@interactor.example',
  password: 'sample-cobalt-garden-27',
};

/** The same kind of browser once more, with somebody else signed in. */
async function other(browser: Browser, page: Page, script: boolean, person: Person, path: string): Promise<Page> {
  const context = await browser.newContext({
    javaScriptEnabled: script,
    viewport: page.viewportSize(),
    baseURL: test.info().project.use.baseURL,
    locale: 'en-US',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
  });
  const second = await context.newPage();
  await signIn(second, person, path);
  return second;
}

/** Opens what is folded, fills in its text and sends it; a button after that one only shows it. */
async function take(page: Page, title: string, label: string, text: string) {
  const step = page.getByRole('group').filter({ hasText: title });
  await page.locator('summary', { hasText: title }).click();
  await step.getByRole('textbox', { name: label }).fill(text);
  await step.getByRole('button').first().click();
}

function conversation(page: Page) {
  return page.getByRole('region', { name: 'Conversation' });
}

function severities(page: Page) {
  return page.getByRole('region', { name: 'Severity' });
}

async function say(page: Page, text: string) {
  const form = page.getByRole('region', { name: 'Write' });
  await form.getByRole('textbox', { name: 'Your message' }).fill(text);
  await form.getByRole('button', { name: 'Send' }).click();
}

test('a whole life, seen from both sides', async ({ page, browser, script }) => {
  test.slow();
  await signIn(page, MARIA);
  const title = unique('Receipts are lost');
  const number = await file(page, S2, KEY_FUNCTION, { title, description: 'One in five.' });
  const engineer = await other(browser, page, script, HANA, '/desk');

  // The Response: assigned, and the customer told.
  await engineer.getByRole('link', { name: title }).click();
  const response = engineer.getByRole('region', { name: 'The Response' });
  await response.getByRole('textbox', { name: 'Your message' }).fill('We have it, and look at the **ledger**.');
  await response.getByRole('button', { name: 'Assign and send' }).click();
  await expect(conversation(engineer)).toContainText('In time, with');
  await page.reload();
  await expect(conversation(page)).toContainText('Hana Seo is assigned, and you were told');
  await expect(conversation(page).locator('strong')).toHaveText('ledger');
  await expect(page.getByText('Next update', { exact: true })).toBeVisible();

  // What only the vendor's people see.
  await take(engineer, 'Internal note', 'Internal note', 'Their proxy again?');
  await expect(conversation(engineer)).toContainText('Their proxy again?');
  await page.reload();
  await expect(page.getByText('Their proxy again?')).toHaveCount(0);

  // Verified; with script the customer sees it without asking again.
  await engineer.locator('summary', { hasText: 'Verify' }).click();
  const verify = engineer.getByRole('group').filter({ hasText: 'Section 5(a)' });
  await verify.getByRole('radio', { name: 'It can be recreated' }).check();
  await verify.getByRole('textbox', { name: 'What you tried it with' }).fill('With 5.1.0, on one node.');
  await verify.getByRole('button', { name: 'Verify' }).click();
  await expect(conversation(engineer)).toContainText('Recreated with an unmodified version');
  if (!script) await page.reload();
  await expect(conversation(page)).toContainText('With 5.1.0, on one node.');

  // Designated below the claim, with a reason; both stand side by side.
  await engineer.locator('summary', { hasText: 'Designate' }).click();
  const designate = engineer.getByRole('group').filter({ hasText: 'Section 5(b).' });
  await expect(designate.getByRole('heading', { name: 'Why, in the contract’s words' })).toBeVisible();
  await expect(designate.getByText('Your answers', { exact: true })).toBeVisible();
  await designate.getByLabel('Designation').selectOption('S3 Moderate Impact with Workaround');
  await designate.getByRole('button', { name: 'Designate' }).click();
  await expect(engineer.getByRole('alert')).toContainText('it differs from what the customer claimed');
  await designate.getByRole('textbox', { name: 'Reason, for the customer' }).fill('Sending the receipts again works.');
  await designate.getByRole('button', { name: 'Designate' }).click();
  await expect(severities(engineer)).toContainText('S3');
  await page.reload();
  await expect(severities(page)).toContainText('S2');
  await expect(severities(page)).toContainText('S3');

  // The customer objects, once; another engineer answers.
  await take(page, 'Object to the designation', 'Why', 'Nobody can send 400 receipts by hand.');
  await expect(conversation(page)).toContainText('Another engineer reviews it.');
  await expect(page.locator('summary', { hasText: 'Object to the designation' })).toHaveCount(0);
  await engineer.reload();
  await expect(engineer.locator('summary', { hasText: 'Designate' })).toHaveCount(0);
  const second = await other(browser, page, script, DANIEL, `/incidents/${number}`);
  await second.locator('summary', { hasText: 'Designate' }).click();
  const again = second.getByRole('group').filter({ hasText: 'Section 5(b).' });
  await expect(again).toContainText('Nobody can send 400 receipts by hand.');
  await again.getByLabel('Designation').selectOption('S2');
  await again.getByRole('textbox', { name: 'Reason, for the customer' }).fill('Agreed.');
  await again.getByRole('button', { name: 'Designate' }).click();
  await expect(conversation(second)).toContainText('Designated as S2');
  await second.context().close();

  // A solution is worked on.
  await engineer.reload();
  await engineer.locator('summary', { hasText: 'Begin to work on a solution' }).click();
  await engineer.getByRole('button', { name: 'Begin to work on a solution' }).click();
  await expect(conversation(engineer)).toContainText('Work on a solution began');
  await expect(engineer.locator('summary', { hasText: 'Begin to work on a solution' })).toHaveCount(0);

  // The vendor waits, and the customer answers.
  await take(engineer, 'Ask the customer and wait', 'Your message', 'Which ledger version?');
  await page.reload();
  await expect(page.getByText('paused while the vendor waits for you')).toBeVisible();
  await say(page, 'Version 12.');
  await expect(conversation(page)).toContainText('No longer waiting');
  await expect(page.getByText('paused while the vendor waits for you')).toHaveCount(0);

  // The customer turns to the account manager, once.
  await take(page, 'Escalate', 'Why', 'The books close tonight.');
  await expect(conversation(page)).toContainText('The books close tonight.');
  await expect(page.locator('summary', { hasText: 'Escalate' })).toHaveCount(0);

  // A resolution that is not one, and one that is.
  await engineer.reload();
  await take(engineer, 'Resolve', 'The solution', 'Install 5.1.1.');
  await page.reload();
  await take(page, 'It is not resolved', 'Why', 'The same with 5.1.1.');
  await expect(conversation(page)).toContainText('Reopened');
  await engineer.reload();
  await take(engineer, 'Resolve', 'The solution', 'Install 5.1.2.');
  await page.reload();
  await page.getByRole('button', { name: 'Accept the resolution' }).click();
  await expect(conversation(page)).toContainText('Resolution accepted');
  await page.getByRole('radio', { name: '4' }).check();
  await page.getByRole('button', { name: 'Rate' }).click();
  await expect(conversation(page)).toContainText('Rated 4 of 5');

  // What was written meanwhile is not lost, and says why it was not sent.
  await say(engineer, 'One more thing.');
  await expect(engineer.getByRole('alert')).toContainText('is now “Closed”');
  await engineer.context().close();
});

test('two engineers respond at once: one is told who was first', async ({ page, browser, script }) => {
  await signIn(page, JAMES);
  const number = await fileAtOnce(page, S2, { title: unique('Two at once'), description: 'x' });
  const first = await other(browser, page, script, HANA, `/incidents/${number}`);
  const second = await other(browser, page, script, DANIEL, `/incidents/${number}`);
  for (const engineer of [first, second]) {
    const response = engineer.getByRole('region', { name: 'The Response' });
    await response.getByRole('textbox', { name: 'Your message' }).fill('We have it.');
    await response.getByRole('button', { name: 'Assign and send' }).click();
  }
  await expect(second.getByRole('alert')).toContainText('Hana Seo has already responded. Your words were not sent.');
  await first.context().close();
  await second.context().close();
});

test('a message is looked at before it is sent, and markup in it does nothing', async ({ page }) => {
  await signIn(page, JAMES);
  const number = await fileAtOnce(page, S2, { title: unique('Markup'), description: 'x' });
  const text = '**Bold** <img src=x onerror=alert(1)> [x](javascript:alert(1))';
  const form = page.getByRole('region', { name: 'Write' });
  await form.getByRole('textbox', { name: 'Your message' }).fill(text);
  await form.getByRole('button', { name: 'Preview' }).click();
  const preview = page.getByRole('status').filter({ hasText: 'not sent yet' });
  await expect(preview.locator('strong')).toHaveText('Bold');
  await expect(preview.locator('img, a[href]')).toHaveCount(0);
  await expect(form.getByRole('textbox', { name: 'Your message' })).toHaveValue(text);
  await form.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(new RegExp(`/incidents/${number}(\\?done=write)?#last$`));
  await expect(conversation(page)).toContainText('<img src=x onerror=alert(1)>');
});

test('the queue is narrowed by what it is asked for', async ({ page }) => {
  await signIn(page, HANA, '/desk');
  await page.getByLabel('Tier').selectOption('Platinum');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('table')).toContainText('Cascade Retail');
  await expect(page.getByRole('table')).not.toContainText('Hangang');
  await page.getByRole('navigation', { name: 'What is shown' }).getByRole('link', { name: 'waiting for the customer' }).click();
  await expect(page.getByRole('table')).toContainText('Slow TLS handshakes from two regions');
});

test('a step that is not theirs is answered as if the incident were not there', async ({ page }) => {
  await signIn(page, JAMES);
  const number = await fileAtOnce(page, S2, { title: unique('Not theirs'), description: 'x' });
  for (const step of ['acknowledge', 'note', 'close', 'nothing']) {
    const answer = await post(page, `/incidents/${number}`, {
      step,
      key: '0190a6f0-7b7e-4c3e-9d6f-0123456789ab',
      person: '1',
      text: 'x',
    });
    expect(answer.status(), step).toBe(404);
  }
});
