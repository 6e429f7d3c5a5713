// Files of an incident: attached by the customer, seen and downloaded by the engineer.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { address } from '../serve.mjs';
import { fileAtOnce } from './support/incident';
import { HANA, JAMES, type Person, signIn } from './support/people';
import { expect, test, unique, WITH_SCRIPT } from './support/test';

const S2 =
  'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no';

/** A red pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

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

function conversation(page: Page) {
  return page.getByRole('region', { name: 'Conversation' });
}

function form(page: Page) {
  return page.getByRole('region', { name: 'Attach files' });
}

test('a picture and a text are attached; the engineer sees the one and downloads the other', async ({ page, browser, script }) => {
  await signIn(page, JAMES);
  const number = await fileAtOnce(page, S2, { title: unique('With files'), description: 'x' });
  await page.getByRole('link', { name: 'Attach logs and screenshots' }).click();
  await form(page)
    .getByLabel('Files')
    .setInputFiles([
      { name: 'screen.png', mimeType: 'image/png', buffer: PNG },
      { name: '로그 1.txt', mimeType: 'text/plain', buffer: Buffer.from('line one\n') },
    ]);
  await form(page).getByRole('button', { name: 'Attach' }).click();
  await expect(page).toHaveURL(new RegExp(`/incidents/${number}(\\?done=attach)?#last$`));

  const engineer = await other(browser, page, script, HANA, `/incidents/${number}`);
  const picture = conversation(engineer).getByRole('img', { name: 'Picture screen.png' });
  await picture.scrollIntoViewIfNeeded();
  await expect(async () => expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)).toPass();
  const waiting = engineer.waitForEvent('download');
  await conversation(engineer).getByRole('link', { name: '로그 1.txt' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('로그 1.txt');
  expect(fs.readFileSync(await download.path(), 'utf8')).toBe('line one\n');

  // What the vendor's people attach for themselves stays with them.
  await form(engineer).getByLabel('For the vendor’s people only').check();
  await form(engineer).getByLabel('Files').setInputFiles({ name: 'internal.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
  await form(engineer).getByRole('button', { name: 'Attach' }).click();
  await expect(conversation(engineer)).toContainText('Internal file attached');
  await page.reload();
  await expect(conversation(page)).toContainText('screen.png');
  await expect(conversation(page)).not.toContainText('internal.txt');
  await engineer.context().close();
});

test('what became of each file is said where it is not plain', async ({ page, script }) => {
  await signIn(page, JAMES);
  await fileAtOnce(page, S2, { title: unique('With odd files'), description: 'x' });
  await form(page)
    .getByLabel('Files')
    .setInputFiles([
      { name: 'page.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') },
      { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      { name: 'large.log', mimeType: 'text/plain', buffer: Buffer.alloc(26 * 1024 * 1024, 'a') },
    ]);
  await form(page).getByRole('button', { name: 'Attach' }).click();
  const said = script ? form(page).getByRole('alert') : page.getByRole('alert').filter({ hasText: 'What became of the files' });
  const stored = script ? form(page) : said;
  await expect(stored).toContainText('“page.svg” is attached.');
  await expect(said).toContainText('“empty.txt” was not attached: it is empty.');
  await expect(said).toContainText('“large.log” was not attached: it is larger than 25 MiB.');
  await expect(conversation(page)).toContainText('page.svg');
  await expect(conversation(page)).not.toContainText('empty.txt');
  await expect(conversation(page).getByRole('img')).toHaveCount(0);
  // Followed past the page, it is still a download.
  const link = await conversation(page).getByRole('link', { name: 'page.svg' }).getAttribute('href');
  const answer = await page.request.get(`${address}${link}`);
  expect(answer.headers()['content-disposition']).toContain('attachment');
  expect(answer.headers()['content-type']).toBe('application/octet-stream');
});

test('a connection that breaks is waited for, and the file goes on from there', WITH_SCRIPT, async ({ page, context }) => {
  await signIn(page, JAMES);
  await fileAtOnce(page, S2, { title: unique('Over a bad line'), description: 'x' });
  const log = Buffer.from('one line of a log\n'.repeat(200_000));
  const from: number[] = [];
  await page.route('**/files/**', async (route) => {
    const request = route.request();
    if (request.method() === 'PATCH') from.push(Number(request.headers()['upload-offset']));
    if (from.length === 3) await context.setOffline(true);
    await route.continue();
  });
  await form(page).getByLabel('Files').setInputFiles({ name: 'long.log', mimeType: 'text/plain', buffer: log });
  await form(page).getByRole('button', { name: 'Attach' }).click();
  await expect(form(page)).toContainText('The portal cannot be reached');
  await expect(form(page).getByRole('progressbar', { name: 'Sending' })).toBeVisible();
  await expect(form(page).getByRole('button', { name: 'Attach' })).toBeDisabled();
  await page.unroute('**/files/**');
  page.on('request', (request) => {
    if (request.method() === 'PATCH') from.push(Number(request.headers()['upload-offset']));
  });
  await context.setOffline(false);
  await expect(page).toHaveURL(/#last$/);
  await expect(conversation(page)).toContainText(createHash('sha256').update(log).digest('hex'));
  // Nothing of it went twice but the piece during which it broke.
  expect(from.filter((one) => one === 0)).toHaveLength(1);
});
