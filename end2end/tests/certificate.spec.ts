// Deadlines that prove themselves: the explanation, the certificate, and the check of it: in the browser with script, by the
// server without.
import fs from 'node:fs';
import type { Page, Request } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { fileAtOnce } from './support/incident';
import { SEOYEON, signIn } from './support/people';
import { expect, test, unique, WITH_SCRIPT } from './support/test';

const S2 =
  'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no';

/** Checks a file on the page that is open; with script it is enough to choose it. */
async function check(page: Page, name: string, text: string, script: boolean) {
  await page.getByLabel('The certificate').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  if (!script) await page.getByRole('button', { name: 'Check it' }).click();
}

function point(page: Page, name: string) {
  return page.getByRole('list', { name: 'Point by point' }).getByRole('listitem').filter({ hasText: name });
}

test('a certificate of a filed incident agrees, and a changed one does not', async ({ page, script }) => {
  await signIn(page, SEOYEON);
  const number = await fileAtOnce(page, S2, { title: unique('Nothing is routed'), description: 'Since noon.' });
  await page.getByRole('link', { name: 'Every deadline, explained' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Deadlines of ${number}`);
  await page.getByRole('row').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Response due /);
  if (script) await expectAccessible(page);
  const [, due = ''] = /^Response due (.*)$/.exec(await page.getByRole('heading', { level: 1 }).innerText()) ?? [];
  const downloaded = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the certificate' }).click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toBe(`${number}-due-1.json`);
  const text = fs.readFileSync(await download.path(), 'utf8');

  await page.getByRole('link', { name: 'Check a certificate' }).click();
  if (script) await expect(page.getByText('Nothing is uploaded.')).toBeVisible();
  const posted: Request[] = [];
  page.on('request', (request) => request.method() === 'POST' && posted.push(request));
  await check(page, 'due.json', text, script);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Everything agrees');
  await expect(point(page, 'Signature')).toContainText('agrees');
  await expect(page.getByText('As it was computed here')).toBeVisible();
  await expect(page.getByText(due, { exact: true }).first()).toBeVisible();
  if (script) await expectAccessible(page);
  expect(posted.length).toBe(script ? 0 : 1);

  // Another due time, in words and in milliseconds, in whatever the file says of it.
  const changed = JSON.parse(text);
  changed.certificate.due.ms += 3_600_000;
  await check(page, 'due.json', JSON.stringify(changed), script);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Not everything agrees');
  await expect(point(page, 'Signature')).toContainText('does not agree');
  await expect(point(page, 'Due time, computed again')).toContainText('does not agree');
  await expect(point(page, 'Each day, computed again')).not.toContainText('does not');
  if (script) await expectAccessible(page);

  // Laid out in another way, and with the fields in another order, it is the same certificate.
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : value && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).reverse().map(([key, one]) => [key, turned(one)]))
        : value;
  await check(page, 'due.json', JSON.stringify(turned(JSON.parse(text))), script);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Everything agrees');

  // A name more, which nothing reads, is noticed by the signature alone.
  const more = JSON.parse(text);
  more.certificate.more = 'text';
  await check(page, 'due.json', JSON.stringify(more), script);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Not everything agrees');
  await expect(page.getByRole('listitem').filter({ hasText: 'does not agree' })).toHaveCount(1);
  await expect(point(page, 'Signature')).toContainText('does not agree');
});

test('a certificate that is dropped on the page is checked there', WITH_SCRIPT, async ({ page }) => {
  await signIn(page, SEOYEON);
  const number = await fileAtOnce(page, S2, { title: unique('Dropped'), description: 'Since noon.' });
  const answer = await page.request.get(`/incidents/${number}/due/1/certificate.json`);
  expect(answer.status()).toBe(200);
  await page.goto('/verify');
  await expect(page.getByText('Nothing is uploaded.')).toBeVisible();
  const posted: Request[] = [];
  page.on('request', (request) => request.method() === 'POST' && posted.push(request));
  const dataTransfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'due.json', { type: 'application/json' }));
    return transfer;
  }, await answer.text());
  await page.getByRole('main').dispatchEvent('drop', { dataTransfer });
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Everything agrees');
  await expect(point(page, 'Signature')).toContainText('agrees');
  expect(posted.length).toBe(0);
});

test('what is no certificate is said to be none', async ({ page, script }) => {
  await page.goto('/verify');
  await expect(page.getByText('portal verify FILE')).toBeVisible();
  if (script) await expect(page.getByText('Nothing is uploaded.')).toBeVisible();
  for (const text of ['{}', 'no JSON', '[1, 2, 3]', '"text"', 'null', ' '.repeat(300 * 1024)]) {
    await check(page, 'due.json', text, script);
    await expect(page.getByRole('alert')).toHaveText('This is not a certificate of a due time that this portal can read.');
    await page.goto('/verify');
    if (script) await expect(page.getByText('Nothing is uploaded.')).toBeVisible();
  }
});

test('in Korean', async ({ page, script }) => {
  await page.goto('/verify');
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('증명서 확인');
  if (script) await expect(page.getByText('아무것도 업로드하지 않습니다')).toBeVisible();
  if (script) await expectAccessible(page);
});
