// Who may file and why not, what is handed to a colleague, and the seats.
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { QUERY } from './support/guide';
import { expectFiled, expectResult, expectReview, expectTexts, fillIn, lookOver, submit } from './support/incident';
import { CERTIFIED, JIHOON, SEOYEON, SERA, signIn } from './support/people';
import { expect, test, unique } from './support/test';

/** The row of a contact on the board. */
function row(page: Page, name: string) {
  return page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
}

async function press(page: Page, name: string) {
  await page.getByRole('button', { name, exact: true }).click();
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
}

/** All four projects share one customer's last seat: one at a time gets it, and gives it back. */
async function alone(outputDir: string, work: () => Promise<void>) {
  const lock = path.join(outputDir, 'seats.lock');
  await fs.mkdir(outputDir, { recursive: true });
  await expect
    .poll(() => fs.mkdir(lock).then(() => true, () => false), { timeout: 90_000, intervals: [250] })
    .toBe(true);
  try {
    await work();
  } finally {
    await fs.rmdir(lock);
  }
}

test('a contact sees why they may not file and what to do', async ({ page }) => {
  await signIn(page, SERA, '/me');
  const certification = page.getByRole('region', { name: 'My certification' });
  await expect(certification).toContainText('You may not file incidents today.');
  await expect(certification.getByRole('listitem').first()).toContainText('Ask a coordinator of your company to designate you');
  await expect(certification).toContainText('Get certified in Integration and API at Associate or above');
  await expect(certification.getByRole('link', { name: 'section 4' }).first()).toHaveAttribute('href', '/plan/2026.1#4-contacts');
  await expect(certification.getByRole('figure')).toContainText('must be Interactor certified at the Integration and API associate');

  await page.goto(`/incidents/new?${QUERY.S2}`);
  const why = page.getByRole('region', { name: 'You may not file today, but you can prepare it' });
  await expect(why).toContainText('Not a Designated Customer Support Contact. (section 4)');
  await expect(why).toContainText('No certification in Integration and API. (section 4)');
  await expect(page.getByRole('button', { name: 'Look it over' })).toHaveCount(0);
});

test('a certification is shown with its days and reminders', async ({ page }) => {
  await signIn(page, JIHOON, '/me');
  await expect(page.getByText('You may file incidents today.')).toBeVisible();
  const one = page.getByRole('article', { name: /Associate SAMPLE-0002/ });
  await expect(one).toContainText(/expires soon, (19|20|21) days left/);
  await expect(one.getByRole('img', { name: /^Issued on .* You will be reminded on .*, 7 days before\. Last day: / })).toBeVisible();
  await expect(one.getByRole('listitem')).toHaveCount(6);
});

test('a draft is handed to a colleague who files it', async ({ page }) => {
  const incident = { title: unique('결제 승인이 멈췄습니다'), description: '오전부터 승인 응답이 오지 않습니다.' };
  await signIn(page, SERA);
  await page.goto(`/incidents/new?${QUERY.S2}`);
  await expectResult(page, 'Key Functionality Impaired');
  await fillIn(page, incident);
  await page.getByRole('combobox', { name: 'Hand it to' }).selectOption({ label: `김서연 (${SEOYEON.email})` });
  await press(page, 'Hand it over');
  await expect(page.getByRole('status')).toContainText('Handed to 김서연. It is not filed yet');
  await expect(page.getByRole('region', { name: 'Drafts not filed yet' })).toContainText(incident.title);
  await signOut(page);

  await signIn(page, SEOYEON, '/incidents');
  const prepared = page.getByRole('region', { name: 'Drafts not filed yet' });
  await expect(prepared.getByRole('listitem').filter({ hasText: incident.title })).toContainText('from 오세라');
  await prepared.getByRole('link', { name: incident.title }).click();
  await expectResult(page, 'Key Functionality Impaired');
  await expectTexts(page, incident);
  await lookOver(page);
  await expectReview(page, incident.title);
  await submit(page);
  await expectFiled(page, incident.title);
  await expect(page.getByText('Prepared by 오세라.')).toBeVisible();
  await page.goto('/incidents');
  await expect(page.getByRole('link', { name: incident.title })).toHaveCount(1);
});

test('a draft that is not needed is discarded', async ({ page }) => {
  const incident = { title: unique('필요 없어진 인시던트'), description: '해결되었습니다.' };
  await signIn(page, SERA);
  await page.goto(`/incidents/new?${QUERY.S2}`);
  await expectResult(page, 'Key Functionality Impaired');
  await fillIn(page, incident);
  await press(page, 'Hand it over');
  await page.getByRole('button', { name: `Discard ${incident.title}` }).click();
  await expect(page.getByRole('status')).toHaveText('The draft is discarded.');
  await expect(page.getByText(incident.title)).toHaveCount(0);
});

test('a coordinator fills the last seat, the next is refused', async ({ page }, info) => {
  test.setTimeout(120_000);
  const [yuna, haneul] = CERTIFIED;
  await signIn(page, SEOYEON, '/contacts');
  await alone(info.project.outputDir, async () => {
    await page.goto('/contacts');
    try {
      await expect(page.getByText('2 of 3 seats are taken, 1 is free.')).toBeVisible();
      await expect(row(page, yuna)).toContainText('Not a Designated Customer Support Contact. (section 4)');
      await press(page, `Designate ${yuna}`);
      await expect(page.getByRole('status')).toHaveText(`${yuna} is now a Designated Customer Support Contact.`);
      await expect(page.getByText('All 3 seats are taken.')).toBeVisible();
      await press(page, `Designate ${haneul}`);
      await expect(page.getByRole('alert')).toContainText(`${haneul} was not designated: every seat is taken.`);
      await expect(page.getByRole('alert').getByRole('link', { name: 'section 4' })).toBeVisible();
    } finally {
      await page.goto('/contacts');
      for (const name of CERTIFIED) {
        const withdraw = page.getByRole('button', { name: `Withdraw ${name}`, exact: true });
        if (await withdraw.count()) await withdraw.click();
      }
    }
    await expect(page.getByRole('status')).toHaveText(`The designation of ${yuna} is withdrawn, and the seat is free.`);
  });
});

test('a colleague is invited by a link that is shown once', async ({ page }) => {
  const name = unique('윤가람');
  const email = `${unique('garam').replace(/\s/g, '.')}@hangang.example`;
  await signIn(page, SEOYEON, '/contacts');
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill('maria.alvarez@cascade.example');
  await press(page, 'Create an invitation');
  await expect(page.getByRole('alert')).toContainText('This address cannot be used.');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue(name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await press(page, 'Create an invitation');
  await expect(page.getByRole('status')).toContainText(/\/invitation\/[\w-]{43}/);
  await page.goto('/contacts');
  await expect(row(page, name)).toContainText('Invited, no password yet');
  await expect(page.getByText('/invitation/')).toHaveCount(0);
  // So that the board stays as short as it was.
  await page.getByText(`More ${name}`).click();
  await press(page, `Has left the company ${name}`);
  await expect(page.getByRole('status')).toContainText('Their seat is free.');
  await expect(row(page, name)).toHaveCount(0);
});
