// What an administrator does: customers, people, certifications, releases, the audit log. Each test makes its own records.
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { INES, MARIA, signIn } from './support/people';
import { WITH_SCRIPT, expect, test, unique } from './support/test';

/** A name in small letters that nothing else has: for addresses and domains. */
function slug(name: string): string {
  return unique(name).toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

async function addCustomer(page: Page, name: string, domain: string) {
  await page.goto('/admin/customers/new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Tier').selectOption({ label: 'Core' });
  await page.getByLabel('First day of the term').fill('2026-01-01');
  await page.getByLabel('Last day of the term').fill('2030-12-31');
  await page.getByLabel('E-mail domains').fill(domain);
  await page.getByRole('group', { name: 'Products and versions in use' }).getByLabel('8.4.2').check();
  await page.getByRole('button', { name: 'Add the customer' }).click();
  await expect(page.getByRole('status').first()).toHaveText('Added.');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

async function addContact(page: Page, name: string, email: string, customer: string) {
  await page.goto('/admin/people/new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('combobox', { name: 'Customer' }).fill(customer);
  await page.getByRole('button', { name: 'Add the person' }).click();
  await expect(page.getByRole('status').first()).toHaveText('Added.');
}

test('nobody else finds an administration', async ({ page }) => {
  await signIn(page, MARIA, '/incidents');
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Administration' })).toHaveCount(0);
  for (const path of ['/admin', '/admin/customers', '/admin/people', '/admin/releases', '/admin/work']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
  }
});

test('a customer is added, and what is wrong is said beside the field with everything kept', async ({ page }) => {
  await signIn(page, INES, '/admin');
  await page.getByRole('main').getByRole('link', { name: /^Customers/ }).click();
  await page.getByRole('link', { name: 'Add a customer' }).click();
  const name = unique('Ostsee');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('First day of the term').fill('2026-01-01');
  await page.getByLabel('Last day of the term').fill('2025-12-31');
  await page.getByLabel('E-mail domains').fill('gmail.com');
  await page.getByRole('button', { name: 'Add the customer' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('Last day of the term: The last day comes before the first.');
  await expect(page.getByLabel('E-mail domains')).toHaveAccessibleDescription(/Anybody can have an address at gmail\.com/);
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await alert.getByRole('link', { name: /Last day of the term/ }).click();
  await expect(page.getByLabel('Last day of the term')).toBeVisible();

  await addCustomer(page, name, `${slug('ostsee')}.example`);
  await expect(page.getByText('0 used; 3 included, 0 elected')).toBeVisible();
  await page.getByRole('button', { name: 'Assign' }).click();
  await expect(page.getByRole('status').first()).toHaveText('Saved.');
  await page.goto('/admin/customers');
  await page.getByRole('searchbox', { name: 'Search' }).fill(name);
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('link', { name })).toHaveCount(1);
});

test('a contact is added, invited and certified, and leaves; the log says so', async ({ page }) => {
  await signIn(page, INES, '/admin');
  const domain = `${slug('nordwind')}.example`;
  const customer = unique('Nordwind');
  await addCustomer(page, customer, domain);
  const email = `lena@${domain}`;
  await addContact(page, 'Lena Brandt', email, customer);

  await page.getByRole('button', { name: 'Create an invitation' }).click();
  await expect(page.getByText(/\/invitation\/[A-Za-z0-9_-]{43}$/)).toBeVisible();
  await page.goto(page.url());

  const number = unique('N');
  const certify = page.locator('details', { hasText: 'Add a certification' });
  const enter = async (issued: string, expires: string, numbered: string) => {
    if (!(await certify.getByLabel('Number').isVisible())) await page.getByText('Add a certification').click();
    await certify.getByLabel('Number').fill(numbered);
    await certify.getByLabel('Issued').fill(issued);
    await certify.getByLabel('Expires').fill(expires);
    await certify.getByRole('button', { name: 'Add the certification' }).click();
  };
  await enter('2026-01-01', '2030-12-31', number);
  await expect(page.getByText(`Associate, ${number}: Thu 1 Jan 2026 to Tue 31 Dec 2030`)).toBeVisible();
  await enter('2028-01-01', '2032-12-31', `${number}-2`);
  await expect(page.getByRole('alert')).toContainText(`It overlaps another of the same level: Associate, ${number}`);
  await expect(certify.getByLabel('Number')).toHaveValue(`${number}-2`);

  await page.getByRole('button', { name: 'They have left' }).click();
  await expect(page.getByText(/^Left on /)).toBeVisible();

  await page.goto(`/audit?q=${encodeURIComponent(email)}`);
  for (const done of ['Person left', 'Certification added', 'Invitation created', 'Person added']) {
    await expect(page.getByRole('table').getByText(done, { exact: true })).toBeVisible();
  }
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()]);
  expect(download.suggestedFilename()).toBe('audit.csv');
});

test('what is no version is refused', async ({ page }) => {
  await signIn(page, INES, '/admin/releases');
  const form = page.getByRole('region', { name: 'A new release' });
  await form.getByLabel('Version').fill('8.x');
  await form.getByLabel('Date').fill('2026-02-20');
  await form.getByRole('button', { name: 'Add the release' }).click();
  await expect(page.getByRole('alert')).toContainText('Version: This is not a version.');
  await expect(form.getByLabel('Version')).toHaveValue('8.x');
});

test('the work in the background is there to be seen', async ({ page }) => {
  await signIn(page, INES, '/admin');
  await page.getByRole('main').getByRole('link', { name: /^Background work/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Background work');
  await expect(async () => {
    await page.reload();
    const done = page.getByRole('region', { name: 'Done in the last day' });
    await expect(done.getByRole('row', { name: /^Due time warnings/ }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test.describe('axe', WITH_SCRIPT, () => {
  for (const path of ['/admin', '/admin/customers', '/admin/customers/new', '/admin/people', '/admin/people/new', '/admin/releases', '/admin/work', '/audit']) {
    test(`${path}`, async ({ page }) => {
      await signIn(page, INES, path);
      await expectAccessible(page);
    });
  }

  test('one customer and one person, with everything open and something wrong', async ({ page }) => {
    await signIn(page, INES, '/admin/customers?q=Cascade');
    await page.getByRole('link', { name: 'Cascade Retail' }).click();
    await expectAccessible(page);
    await page.goto('/admin/people?q=priya');
    await page.getByRole('link', { name: 'Priya Raman' }).click();
    await page.getByText('Add a certification').click();
    await page.getByRole('button', { name: 'Add the certification' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });
});
