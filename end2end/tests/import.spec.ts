// CSV import: a dry run that names each bad row, and what becomes of the good ones. The contacts that it adds belong to
// Fjordline Media, are not designated and never sign in.
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { INES, MARIA, signIn } from './support/people';
import { expect, test, unique } from './support/test';

const HEADER = 'customer,name,email,role,designated';

async function upload(page: Page, kind: 'Contacts' | 'Certifications', content: string) {
  await page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check();
  await page.getByLabel('CSV file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
  await page.getByRole('button', { name: 'Check each row' }).click();
}

function rows() {
  const at = unique('p').replace(' ', '');
  return [
    HEADER,
    `Fjordline Media,Good One,one.${at}@fjordline.example,contact,no`,
    `No such customer,Bad One,two.${at}@fjordline.example,contact,no`,
    'Fjordline Media,Bad Two,not an address,contact,no',
    `Fjordline Media,Good Two,three.${at}@fjordline.example,contact,`,
    `Fjordline Media,Bad Three,three.${at}@fjordline.example,contact,no`,
  ].join('\n');
}

test('CSV import with three bad rows', async ({ page, script }) => {
  await signIn(page, INES, '/admin/import');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Import');
  if (script) await expectAccessible(page);
  const file = rows();
  await upload(page, 'Contacts', file);

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dry run: people.csv');
  const bad = page.getByRole('row').filter({ hasText: /Bad (One|Two|Three)/ });
  await expect(bad).toHaveCount(3);
  await expect(bad.nth(0)).toContainText('3');
  await expect(bad.nth(0)).toContainText('No customer has this name.');
  await expect(bad.nth(1)).toContainText('This is not an e-mail address.');
  await expect(bad.nth(2)).toContainText('The same is already in line 5.');
  if (script) await expectAccessible(page);

  // Refused as a whole: nothing went in.
  await page.getByRole('radio', { name: 'Import nothing at all' }).check();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was imported: 3 rows are bad.');
  if (script) await expectAccessible(page);
  await page.getByRole('radio', { name: 'Import the good rows and leave out the bad ones' }).check();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Contacts. Added: 2. Changed nothing: 0. Left out as bad: 3.');

  // The same file again adds nobody.
  await page.getByRole('link', { name: 'Import another file' }).click();
  await upload(page, 'Contacts', file);
  await expect(page.getByText('Nothing was imported: no row adds anything.')).toBeVisible();
});

test('a file that is not CSV is not taken', async ({ page, script }) => {
  await signIn(page, INES, '/admin/import');
  await upload(page, 'Certifications', 'PK\u0003\u0004\u0000\u0000');
  await expect(page.getByRole('alert')).toContainText('This is not a CSV file.');
  await expect(page.getByRole('radio', { name: /^Certifications/ })).toBeChecked();
  await expect(page.getByLabel('CSV file')).toHaveAccessibleDescription(/This is not a CSV file/);
  if (script) await expectAccessible(page);
});

test('a template is the first line of a file', async ({ page }) => {
  await signIn(page, INES, '/admin/import');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Template contacts.csv' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString().trim()).toBe(`\uFEFF${HEADER}`.trim());
});

test('a contact does not learn that there is an import', async ({ page }) => {
  await signIn(page, MARIA, '/admin/import');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
});
