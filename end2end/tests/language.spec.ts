// Choosing another language in the middle of a form: nothing typed is lost. It is kept with the person, too, so that these
// tests have one of their own and take turns.
import type { Page } from '@playwright/test';
import { QUERY, awake, heading } from './support/guide';
import { type Texts, expectFiled, expectResult, expectReview, expectTexts, field, fillIn, lookOver, openForm, submit } from './support/incident';
import { NOAH, sendSignIn, signIn } from './support/people';
import { expect, test, unique } from './support/test';

test.describe.configure({ mode: 'default' });

const S1_TITLE = 'System Outage';

function texts(title: string): Texts {
  return { title: unique(title), description: '\n  "quoted" & <b>not</b> markup\n', steps: '1. 시작', impact: '영향' };
}

/** Chooses the other language in the header. */
async function speak(page: Page, language: 'English' | '한국어') {
  await page.getByRole('banner').getByRole('button', { name: language }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', language === 'English' ? 'en' : 'ko');
}

test.beforeEach(async ({ page }) => {
  await signIn(page, NOAH);
  await openForm(page, QUERY.S1, S1_TITLE);
});

test('by choosing another language', async ({ page }) => {
  const incident = texts('Two languages');
  await fillIn(page, incident);
  await speak(page, '한국어');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('인시던트 접수');
  await expect(page.getByRole('textbox', { name: '제목' })).toHaveValue(incident.title);
  await expect(page.getByRole('textbox', { name: '업무 영향' })).toHaveValue('영향');
  await expect(page.getByRole('region', { name: '가이드의 결과' })).toContainText('시스템 중단');
  await page.getByRole('textbox', { name: '업무 영향' }).fill('더 큰 영향');
  await speak(page, 'English');
  await expectTexts(page, { ...incident, impact: '더 큰 영향' });
  await expectResult(page, S1_TITLE);
  await lookOver(page);

  await expectReview(page, incident.title);
  await speak(page, '한국어');
  await expect(page.getByText('내용을 확인하세요. 아직 접수되지 않았습니다.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(incident.title);
  await speak(page, 'English');
  await expectReview(page, incident.title);
  await submit(page);
  await expectFiled(page, incident.title);
  await expect(page.getByText('더 큰 영향', { exact: true })).toBeVisible();
});

test('by choosing another language when nothing is complete yet', async ({ page }) => {
  await field(page, 'What happens').fill('half a sent');
  await speak(page, '한국어');
  await expect(page.getByRole('textbox', { name: '문제 설명' })).toHaveValue('half a sent');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await speak(page, 'English');
});

test('by either of them after the session has ended', async ({ page, context, script }) => {
  const incident = texts('No session');
  await fillIn(page, incident);
  await context.clearCookies({ name: 'session' });
  await speak(page, '한국어');
  await expect(page.getByRole('status')).toHaveText(
    '세션이 종료되었습니다. 로그인하면 작성하시던 양식이 그대로 다시 나타납니다.',
  );
  await page.getByLabel('이메일').fill('noah');
  await speak(page, 'English');
  await expect(page.getByLabel('E-mail')).toHaveValue('noah');
  await sendSignIn(page, NOAH);
  await expectTexts(page, incident);
  await expectResult(page, S1_TITLE);

  await field(page, 'Business impact').fill('greater');
  await context.clearCookies({ name: 'session' });
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await sendSignIn(page, NOAH);
  await awake(page, script);
  await expect(heading(page)).toHaveText(S1_TITLE);
  await page.getByRole('link', { name: 'File this incident' }).click();
  await expectTexts(page, { ...incident, impact: 'greater' });
});
