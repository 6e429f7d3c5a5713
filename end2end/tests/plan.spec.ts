// Reading the plan: contents, clauses, definitions, tables, both languages, on paper.
import type { Page } from '@playwright/test';
import { expect, test } from './support/test';

const THIRD_PARTY = 'any Error caused by third party software not licensed through Interactor';

/** A paragraph of the plan with these words. */
function clause(page: Page, words: string) {
  return page.getByRole('article').getByRole('paragraph').filter({ hasText: words });
}

/** Stands on the screen, and not below a header that stays. */
async function expectInView(page: Page, words: string) {
  await expect(clause(page, words)).toBeInViewport({ ratio: 1 });
  const text = await clause(page, words).boundingBox();
  const header = await page.getByRole('banner').boundingBox();
  expect(text?.y, 'the clause begins below the header').toBeGreaterThanOrEqual((header?.y ?? 0) + (header?.height ?? 0));
}

test('from the first page to a section of the plan', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Read the support plan' }).click();
  await expect(page).toHaveURL('/plan');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Service Assurance');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText([
    '1 Definitions',
    '2 Severity',
    '3 Service Levels',
    '4 Designated Customer Support Contacts',
    '5 Error Designation',
    '6 Conditions for Providing Support',
    '7 Software exclusions',
  ]);
  await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: '7 Software exclusions' }).click();
  await expect(page).toHaveURL('/plan#7');
  await expect(page.getByRole('heading', { name: '7 Software exclusions' })).toBeInViewport();
});

test('an address leads to a clause, the clause to a definition', async ({ page }) => {
  await page.goto('/plan#7-v');
  await expectInView(page, THIRD_PARTY);
  await clause(page, THIRD_PARTY).getByRole('link', { name: 'Error', exact: true }).click();
  await expect(page).toHaveURL('/plan#1-error');
  await expectInView(page, 'means any Severity Level S1 error');
});

test('a clause has a link to itself', async ({ page }) => {
  await page.goto('/plan');
  await clause(page, THIRD_PARTY).getByRole('link', { name: 'Link to 7(v)' }).click();
  await expect(page).toHaveURL('/plan#7-v');
  await expectInView(page, THIRD_PARTY);
});

test('both tables are there', async ({ page }) => {
  await page.goto('/plan');
  const levels = page.getByRole('table', { name: 'Error Severity Definition Table' });
  await expect(levels.getByRole('rowheader')).toHaveText(['S1', 'S2', 'S3', 'S4']);
  await expect(levels.getByRole('row', { name: 'S1' })).toContainText(
    'The Product in production is unusable; other critical business functions are severely impacted by it; and no workaround is available.',
  );
  const service = page.getByRole('table', { name: 'Service level table' });
  await expect(service.getByRole('columnheader')).toHaveText(['Core', 'Advanced', 'Platinum']);
  await expect(service.getByRole('row', { name: 'Response, S1' }).getByRole('cell')).toHaveText([
    '4 Business Hours',
    '2 hours, 24x7',
    '1 hour, 24x7',
  ]);
  await expect(page.getByText('Sample figures: the figures in your order form apply instead.')).toBeVisible();
});

test('the choice of Korean lasts, and its plan says that it is a translation', async ({ page }) => {
  await page.goto('/plan');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(page).toHaveURL('/plan');
  await expect(page.getByText('편의를 위한 번역입니다. 영어 원문이 우선합니다.')).toBeVisible();
  await expect(page.getByRole('table', { name: '서비스 수준 표' })).toBeVisible();
  await expect(page.getByRole('button', { name: '한국어' })).toHaveAttribute('aria-pressed', 'true');

  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('로그인');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});

test('the governing English words are at hand in the Korean plan', async ({ page }) => {
  await page.goto('/plan');
  await page.getByRole('button', { name: '한국어' }).click();
  const english = page.getByRole('region', { name: '7 소프트웨어 제외 사항' });
  await expect(english.getByText(THIRD_PARTY)).toBeHidden();
  await english.getByText('영어 원문(우선 적용)').click();
  await expect(english.getByText(THIRD_PARTY)).toBeVisible();
  await expect(english.getByText(THIRD_PARTY)).toHaveAttribute('lang', 'en');
});

test.describe('with a browser that asks for Korean', () => {
  test.use({ locale: 'ko-KR' });
  test('the plan is Korean at once', async ({ page }) => {
    await page.goto('/plan');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('서비스 보증');
  });
});

test('a version has its own address; an unknown one is not there', async ({ page }) => {
  const known = await page.goto('/plan/2026.1');
  expect(known?.status()).toBe(200);
  await expect(page.getByText('Version 2026.1. The English text governs.')).toBeVisible();
  const unknown = await page.goto('/plan/1999.9');
  expect(unknown?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
});

test('on paper there is the plan and nothing else', async ({ page }) => {
  await page.goto('/plan');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Contents' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'English' })).toBeHidden();
  await expect(page.getByText('Your browser can print or save this page as a document.')).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(clause(page, THIRD_PARTY)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Service level table' })).toBeVisible();
});
