// No page has anything that axe objects to, in light and in dark.
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { ASK, KEPT, QUERY, answer, goOn, heading, openGuide } from './support/guide';
import { errors, expectResult, expectReview, fileAtOnce, fillIn, lookOver } from './support/incident';
import { DOYUN, GRACE, HANA, INGRID, JIHOON, MARIA, SEOYEON, SERA, TOM, type Person, sendSignIn, signIn } from './support/people';
import { endOfMail } from './support/portal';
import { WITH_SCRIPT, expect, test, unique } from './support/test';

/** One of the vendor's engineers; no other test stops any of their mail, or reads it. */
const DANIEL = 'daniel.okafor@interactor.example';

interface Look {
  name: string;
  who?: Person;
  lang?: 'ko';
  open: (page: Page) => Promise<unknown>;
}

/** A page that is there as soon as it is loaded. */
function at(path: string, title: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  };
}

async function guideAt(page: Page, query: string, title: string) {
  await openGuide(page, true, `/guide?${query}`);
  await expect(heading(page)).toHaveText(title);
}

/** Has the guide come as a browser without script shows it: what the server sent, without its scripts. */
async function guideWithoutScript(page: Page) {
  await page.route((url) => url.pathname === '/guide', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/<script\b.*?<\/script>/gs, '');
    await route.fulfill({ status: answer.status(), contentType: 'text/html; charset=utf-8', body });
  });
}

/** The page with this title has come, and axe objects to nothing on it. */
async function look(page: Page, title: string) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expectAccessible(page);
}

const LOOKS: Look[] = [
  { name: 'first page', open: at('/', 'Know how severe a problem is, whether it is covered and by when you will hear from the vendor, before you file.') },
  { name: 'plan', open: at('/plan', 'Service Assurance') },
  { name: 'plan in Korean', lang: 'ko', open: at('/plan', '서비스 보증') },
  { name: 'guide, first question', open: (page) => openGuide(page, true) },
  { name: 'guide, releases', open: (page) => guideAt(page, 'kind=problem&step=release', ASK.release) },
  { name: 'guide, exclusions', open: (page) => guideAt(page, 'kind=problem&release=gateway:5.1.0&step=causes', ASK.causes) },
  {
    name: 'guide, nothing chosen',
    open: async (page) => {
      await openGuide(page, true);
      await goOn(page);
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  {
    name: 'guide, result with exclusion and condition',
    open: async (page) => {
      await guideAt(page, QUERY.S2.replace('causes=none', 'causes=community_connector').replace('gateway:5.1.0', 'gateway:5.0.3'), 'Key Functionality Impaired; No Workaround');
      await page.getByText('Your answers', { exact: true }).click();
      await page.getByText('Day by day').click();
    },
  },
  {
    name: 'guide, result by a reading, in Korean',
    lang: 'ko',
    open: at(`/guide?${QUERY.S2.replace('harm=no', 'harm=yes')}`, '시스템 중단'),
  },
  {
    name: 'guide, cleared',
    open: async (page) => {
      await openGuide(page, true);
      await answer(page, [ASK.kind, 'I would like an enhancement']);
      await page.getByRole('link', { name: 'Clear my answers' }).click();
      await expect(page.getByText('Your answers were cleared')).toBeVisible();
    },
  },
  { name: 'sign-in', open: at('/sign-in', 'Sign in') },
  {
    name: 'sign-in, wrong password',
    open: async (page) => {
      await page.goto('/sign-in');
      await sendSignIn(page, { email: MARIA.email, password: 'wrong' });
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  { name: 'list', who: MARIA, open: at('/incidents', 'Incidents') },
  { name: 'list, pages', who: MARIA, open: at('/incidents?rows=3&older=', 'Incidents') },
  { name: 'list, nothing found', who: MARIA, open: at('/incidents?q=nothing+has+this+title', 'Incidents') },
  { name: 'list, empty', who: DOYUN, open: at('/incidents', 'Incidents') },
  { name: 'form without answers', who: MARIA, open: at('/incidents/new?new=1', 'File an incident') },
  {
    name: 'form with answers',
    who: MARIA,
    open: async (page) => {
      await page.goto(`/incidents/new?${QUERY.S2}`);
      await expectResult(page, 'Key Functionality Impaired');
      await page.getByText('Your answers', { exact: true }).click();
    },
  },
  {
    name: 'form with errors',
    who: MARIA,
    open: async (page) => {
      await page.goto('/incidents/new?new=1');
      await lookOver(page);
      await expect(errors(page)).toBeVisible();
    },
  },
  {
    name: 'form, looked over',
    who: MARIA,
    open: async (page) => {
      await page.goto(`/incidents/new?${QUERY.S2}`);
      await expectResult(page, 'Key Functionality Impaired');
      await fillIn(page, { title: 'A title', description: 'A description' });
      await lookOver(page);
      await expectReview(page, 'A title');
    },
  },
  {
    name: 'incident',
    who: MARIA,
    open: async (page) => {
      await page.goto('/incidents?q=Old+Studio+client');
      await page.getByRole('link', { name: 'Old Studio client cannot open exported flows' }).click();
      await expect(page.getByText('your time (America/New_York)')).toBeVisible();
      await page.getByText('Day by day').click();
      await page.getByText('Your answers', { exact: true }).click();
    },
  },
  { name: 'one’s own, certified', who: JIHOON, open: at('/me', '박지훈') },
  { name: 'one’s own, not certified, in Korean', who: SERA, lang: 'ko', open: at('/me', '오세라') },
  {
    name: 'contacts of a coordinator',
    who: SEOYEON,
    open: async (page) => {
      await page.goto('/contacts');
      await page.getByText('More 오세라').click();
      await expect(page.getByRole('button', { name: 'Make coordinator 오세라' })).toBeVisible();
    },
  },
  { name: 'contacts of a contact, in Korean', who: JIHOON, lang: 'ko', open: at('/contacts', '담당자') },
  {
    name: 'contacts, refused',
    who: SEOYEON,
    open: async (page) => {
      await page.goto('/contacts');
      await page.getByRole('button', { name: 'Designate 오세라' }).click();
      await expect(page.getByRole('alert')).toContainText('오세라 was not designated.');
    },
  },
  {
    name: 'contacts, an invitation with errors',
    who: SEOYEON,
    open: async (page) => {
      await page.goto('/contacts');
      await page.getByRole('button', { name: 'Create an invitation' }).click();
      await expect(page.getByRole('alert')).toContainText('Please correct this');
    },
  },
  { name: 'form of somebody who may not file', who: SERA, open: at(`/incidents/new?${QUERY.S2}`, 'File an incident') },
  { name: 'form where nobody may file', who: INGRID, open: at('/incidents/new?new=1', 'File an incident') },
  { name: 'subscription', who: SEOYEON, open: at('/account', 'Your subscription') },
  { name: 'subscription in Korean', who: MARIA, lang: 'ko', open: at('/account', '구독 내용') },
  { name: 'customers', who: GRACE, open: at('/accounts', 'Customers') },
  { name: 'customers, nothing found', who: GRACE, open: at('/accounts?q=nobody', 'Customers') },
  {
    name: 'request for seats, no reason',
    who: TOM,
    open: async (page) => {
      await page.goto('/accounts');
      await page.getByRole('link', { name: 'Namsan Mutual' }).click();
      await page.getByRole('button', { name: 'Decline' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  { name: 'whose incidents', who: GRACE, open: at('/incidents?q=x', 'Whose incidents?') },
  { name: 'mail that one gets', who: JIHOON, open: at('/me/mail', 'Mail') },
  { name: 'mail that one gets, in Korean', who: HANA, lang: 'ko', open: at('/me/mail', '메일') },
  { name: 'mail put aside, none', who: HANA, open: at('/desk/mail', 'Mail put aside') },
  { name: 'a link that ends no mail', open: at('/unsubscribe/x', 'This link does not work') },
  { name: 'desk', who: HANA, open: at('/desk', 'Desk') },
  { name: 'desk in Korean, nothing found', who: HANA, lang: 'ko', open: at('/desk?customer=99', '데스크') },
  {
    name: 'incident of an engineer, every step unfolded',
    who: HANA,
    open: async (page) => {
      await page.goto('/desk');
      await page.getByRole('link', { name: 'Old Studio client cannot open exported flows' }).click();
      for (const step of await page.locator('summary').all()) await step.click();
      await expect(page.getByRole('textbox', { name: 'The solution' })).toBeVisible();
    },
  },
  {
    name: 'incident of a customer, refused',
    who: MARIA,
    open: async (page) => {
      await page.goto('/incidents?q=Old+Studio');
      await page.getByRole('link', { name: 'Old Studio client cannot open exported flows' }).click();
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(page.getByRole('alert')).toContainText('Nothing was changed');
    },
  },
  { name: 'releases', who: MARIA, open: at('/releases', 'Releases') },
  { name: 'two plan versions', open: at('/plan/compare', 'What changed between two plan versions') },
  { name: 'not found', open: at('/nowhere', 'There is nothing here') },
];

test.describe('axe', WITH_SCRIPT, () => {
  for (const { name, who, lang, open } of LOOKS) {
    test(`${name}`, async ({ page, context, baseURL }) => {
      // Signing in first: the form is filled in by its English labels.
      if (who) await signIn(page, who);
      if (lang) await context.addCookies([{ name: 'lang', value: lang, url: baseURL ?? '' }]);
      await open(page);
      await expectAccessible(page);
    });
  }

  test('guide without script: each kind of question, and the result', async ({ page }) => {
    await guideWithoutScript(page);
    await openGuide(page, false);
    await goOn(page);
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, ASK.kind);
    await answer(page, [ASK.kind, 'Something does not work as it should']);
    await look(page, ASK.release);
    await page.goto('/guide?kind=problem&release=gateway:5.1.0&step=causes');
    await look(page, ASK.causes);
    await page.goto(`/guide?${QUERY.S2.replace('causes=none', 'causes=community_connector')}`);
    await page.getByText('Your answers', { exact: true }).click();
    await page.getByText('Day by day').click();
    await look(page, 'Key Functionality Impaired; No Workaround');
    // No script has taken it over meanwhile.
    await expect(page.getByText(KEPT)).toHaveCount(0);
  });

  test('what is refused', async ({ page, baseURL }) => {
    await page.route('https://evil.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<form method="post" action="${baseURL}/sign-in"><button>Win</button></form>` }),
    );
    await page.goto('https://evil.example/');
    await page.getByRole('button', { name: 'Win' }).click();
    await look(page, 'This request came from elsewhere');

    await page.goto('/sign-out');
    await look(page, 'This page cannot be used that way');

    await page.goto('/sign-in');
    await page.locator('#sign-in').evaluate((form: HTMLFormElement) => (form.enctype = 'text/plain'));
    await sendSignIn(page, MARIA);
    await look(page, 'The form could not be read');

    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(MARIA.email);
    await page.getByLabel('Password').evaluate((field: HTMLInputElement) => (field.value = 'x'.repeat(1_100_000)));
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await look(page, 'That was too much at once');
  });

  test('the desk: a notice, templates, Responses in time', async ({ page }) => {
    await signIn(page, HANA, '/desk/log?q=maria');
    await look(page, 'Log a notice');
    await page.getByRole('link', { name: MARIA.name }).click();
    await page.getByRole('button', { name: 'Look it over' }).click();
    await expect(page.getByRole('alert')).toContainText('Choose how the notice came');
    await look(page, 'Log a notice');

    await page.goto('/desk/templates');
    await page.getByRole('button', { name: 'Add the template' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    for (const one of await page.getByRole('main').locator('summary').all()) await one.click();
    await look(page, 'Reply templates');

    await page.goto('/desk/attainment');
    await look(page, 'Responses in time');
  });

  test('a link that ends mail, and what it ended', async ({ page }) => {
    // Nobody is assigned to it, so every engineer is told; once that is ended, the link in the earlier mail is still good.
    await signIn(page, MARIA);
    await fileAtOnce(page, QUERY.S2, { title: unique('Told to all'), description: 'd' });
    await page.context().clearCookies();
    await expect.poll(() => endOfMail(DANIEL), { timeout: 15_000 }).not.toBe('');
    await page.goto(endOfMail(DANIEL));
    await look(page, 'Stop mail from the portal');
    await page.getByRole('button', { name: 'Stop this mail' }).click();
    await look(page, 'This mail is stopped');
  });
});
