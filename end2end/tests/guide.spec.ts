// The severity guide: to each result, and what it says there; changing answers; what cannot be taken.
import type { Page } from '@playwright/test';
import {
  ASK,
  COMMUNITY_CONNECTOR,
  DISCONTINUED_RELEASE,
  S1,
  S2,
  S3,
  S4,
  SUPERSEDED_RELEASE,
  answer,
  answerAll,
  awake,
  choose,
  goOn,
  heading,
  openGuide,
  option,
} from './support/guide';
import { written } from './support/incident';
import { WITHOUT_SCRIPT, WITH_SCRIPT, expect, test } from './support/test';

/** The panel that says by when a Response is due. */
function panel(page: Page) {
  return page.getByRole('region', { name: 'When the Response is due' });
}

/** A row of "What would change it". */
function change(page: Page, words: string) {
  return page.getByRole('row', { name: words, exact: true });
}

const NOTHING_EXCLUDED = 'None of your answers points to an exclusion of section 7.';

test.beforeEach(async ({ page, script }) => openGuide(page, script));

test('to S1', async ({ page }) => {
  await answerAll(page, S1);
  await expect(heading(page)).toHaveText('System Outage');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - paragraph: Your answers point to
    - text: S1
    - heading "System Outage" [level=1]
    - heading "Why, in the contract’s words" [level=2]
    - paragraph:
      - text: The Product
      - mark: in production (met)
      - mark: is unusable (met)
      - text: ;
      - mark: other critical business functions are severely impacted by it (met)
      - text: ; and
      - mark: no workaround is available (met)
      - text: .
    - paragraph:
      - link "Section 2, level S1"
      - text: · 4 met
    - heading "What would change it" [level=2]
  `);
  await expect(change(page, 'S2 if no other critical business function were severely impacted')).toBeVisible();
  await expect(change(page, 'S3 if there were a viable workaround')).toBeVisible();
  await expect(page.getByText(NOTHING_EXCLUDED)).toBeVisible();
});

test('to S2: one of two words is enough', async ({ page }) => {
  await answerAll(page, S2);
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - paragraph:
      - mark: Key functionality is affected (met)
      - text: and/or
      - mark: performance is degraded (not needed)
      - text: ;
      - mark: no workaround is available (met)
      - text: ; and
      - mark: other features still function (met)
      - text: .
    - paragraph:
      - link "Section 2, level S2"
      - text: · 3 met · 1 not needed
  `);
  await expect(change(page, 'S3 if there were a viable workaround')).toBeVisible();
  await page.getByRole('link', { name: 'Section 2, level S2' }).click();
  await expect(page).toHaveURL('/plan/2026.1#2-s2');
  await expect(page.getByRole('row', { name: /^S2 Key Functionality/ })).toBeInViewport();
});

test('to S3 with a question', async ({ page }) => {
  await answerAll(page, S3);
  await expect(heading(page)).toHaveText('Moderate Impact with Workaround');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - paragraph:
      - mark: Moderate or minor impact on usage (not needed)
      - text: ", while"
      - mark: the Product remains functional (met)
      - text: . Includes
      - mark: provisioning or change requests (not needed)
      - text: ","
      - mark: enhancement requests (not needed)
      - text: ","
      - mark: common how-to questions (met)
      - text: ", and"
      - mark: any Product issue with a viable workaround (not needed)
      - text: .
  `);
  await expect(page.getByText('More or less serious answers alone would not change the result.')).toBeVisible();
});

test('to S4 by a reading, which says that it is the editor’s', async ({ page }) => {
  await answerAll(page, S4);
  await expect(heading(page)).toHaveText('Minor Impact');
  await expect(page.getByRole('link', { name: 'Section 2, level S4, by an interpretation' })).toBeVisible();
  await expect(page.getByText('this reading was made by the editor of this portal, not by the vendor')).toBeVisible();
  await expect(change(page, 'S3 if usage were affected to a moderate or minor degree only')).toBeVisible();
});

test('to an exclusion by a cause: 7(ix)', async ({ page }) => {
  await answerAll(page, COMMUNITY_CONNECTOR);
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(ix)' })).toBeVisible();
  await expect(page.getByText('Because you answered that it comes from a community connector.')).toBeVisible();
  await expect(page.getByText('Third Party Solutions Components including certified and community connectors.')).toBeVisible();
  await expect(page.getByText('You may still file: the vendor verifies every notice (section 5).')).toBeVisible();
  await expect(page.getByText(NOTHING_EXCLUDED)).toBeHidden();
  await expect(page.getByRole('link', { name: 'File this incident' })).toBeVisible();
  await page.getByRole('link', { name: '7(ix)' }).click();
  await expect(page).toHaveURL('/plan/2026.1#7-ix');
});

test('to an exclusion by a release: 7(iv)', async ({ page }) => {
  await answerAll(page, DISCONTINUED_RELEASE);
  await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(iv)' })).toBeVisible();
  await expect(
    page.getByText('Because you answered that it is about Interactor Gateway 4.8.2, for which support has been discontinued.'),
  ).toBeVisible();
  await expect(page.getByText('You may still file')).toBeVisible();
});

test('to conditions that are not met: 6(c), 5(a)', async ({ page }) => {
  await answerAll(page, SUPERSEDED_RELEASE);
  await expect(page.getByRole('heading', { name: 'What to do first' })).toBeVisible();
  const install = page.getByRole('listitem').filter({ hasText: 'Install Interactor Gateway 5.1.0' });
  await expect(install).toContainText(
    'Because you answered that it is about Interactor Gateway 5.0.3, and a later Minor release is not installed: a condition of section 6(c)',
  );
  const recreate = page.getByRole('listitem').filter({ hasText: 'Try it on an unmodified version' });
  await expect(recreate.getByRole('link', { name: '5(a)' })).toBeVisible();
  // A condition is no exclusion.
  await expect(page.getByText(NOTHING_EXCLUDED)).toBeVisible();
});

test('the due time explains itself', async ({ page, script }) => {
  await answerAll(page, S2);
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  await expect(panel(page)).toContainText('Response due if filed now, Core plan, Seoul');
  // While an explanation is open, the panel does not move with the time.
  await panel(page).getByText('Day by day').click();
  const iso = await panel(page).getByRole('time').getAttribute('datetime');
  expect(iso).toMatch(/\+09:00$/);
  const due = written(iso ?? '');
  await expect(panel(page).getByText(due.heading, { exact: true })).toBeVisible();
  await expect(panel(page)).toContainText('8 Business Hours');

  const strip = panel(page).getByRole('list', { name: 'The days until the Response is due' }).getByRole('listitem');
  await expect(strip.last()).toContainText(due.day);
  await expect(strip.last()).toContainText(`due ${due.minutes}`);
  const sentences = panel(page).getByRole('group').getByRole('listitem');
  await expect(sentences).toHaveCount(await strip.count());
  await expect(sentences.last()).toHaveText(new RegExp(`to ${due.minutes}(:\\d\\d)?, .* counted; then the Response is due\\.$`));
  await expect(panel(page)).toContainText('Counted in Asia/Seoul time, calendar kr-');

  const compare = panel(page).getByRole('table', { name: 'If it were …' });
  await expect(compare.getByRole('columnheader')).toHaveText(['Severity', 'Seoul', 'US Pacific']);
  await expect(compare.getByRole('rowheader')).toHaveText(['S1', 'S2 (your result)', 'S3', 'S4']);
  await expect(compare.getByRole('row', { name: 'S2 (your result)' }).getByRole('cell').first()).toHaveText(due.compact);

  const own = panel(page).getByText('your time (America/New_York)');
  if (script) {
    const part = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', ...options }).format(new Date(iso ?? ''));
    await expect(own).toContainText(part({ weekday: 'long' }));
    await expect(own).toContainText(part({ day: 'numeric', month: 'long' }));
    await expect(own).toContainText(part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }));
  } else {
    await expect(own).toBeHidden();
  }
});

test('the due time of another plan and zone', async ({ page, script }) => {
  await answerAll(page, S1);
  await panel(page).getByRole('combobox', { name: 'Plan' }).selectOption('Platinum');
  if (!script) {
    await panel(page).getByRole('combobox', { name: 'Zone' }).selectOption('US Pacific');
    await panel(page).getByRole('button', { name: 'Show' }).click();
  } else {
    await expect(panel(page)).toContainText('Platinum plan, Seoul');
    await panel(page).getByRole('combobox', { name: 'Zone' }).selectOption('US Pacific');
  }
  await expect(panel(page)).toContainText('Response due if filed now, Platinum plan, US Pacific');
  await expect(heading(page)).toHaveText('System Outage');
  await expect(panel(page)).toContainText('1 hour, 24x7');
  await panel(page).getByText('Day by day').click();
  const seconds = async (term: string) => {
    const text = await panel(page).getByRole('term').filter({ hasText: term }).locator('xpath=following-sibling::dd[1]').innerText();
    const [, date, time] = /^\S+ (\d+ \S+ \d{4}), ([\d:]+)$/.exec(text) ?? [];
    return Date.parse(`${date} ${time} UTC`) / 1000;
  };
  expect((await seconds('Due')) - (await seconds('Received'))).toBe(3600);
});

test('going back shows the answers given, and keeps those after them', async ({ page }) => {
  const upTo = S2.slice(0, -1);
  await answerAll(page, upTo);
  await expect(heading(page)).toHaveText(ASK.harm);
  await page.getByRole('link', { name: 'Back', exact: true }).click();
  await expect(heading(page)).toHaveText(ASK.workaround);
  await expect(option(page, 'No')).toBeChecked();
  await page.getByRole('link', { name: 'Back', exact: true }).click();
  await expect(heading(page)).toHaveText(ASK.impact);
  await expect(option(page, 'Key functionality')).toBeChecked();
  await answer(page, [ASK.impact, 'Performance is degraded']);
  await expect(heading(page)).toHaveText(ASK.workaround);
  await expect(option(page, 'No')).toBeChecked();
  await goOn(page);
  await answer(page, [ASK.harm, 'No']);
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  await expect(page.getByText('performance is degraded (met)')).toBeVisible();
});

test('an answer changed at the result leads back to it', async ({ page }) => {
  await answerAll(page, S1);
  await page.getByText('Your answers', { exact: true }).click();
  await page.getByRole('link', { name: `Change the answer to: ${ASK.workaround}` }).click();
  await choose(page, [ASK.workaround, 'Yes, a viable one']);
  await page.getByRole('button', { name: 'Show the result' }).click();
  await expect(heading(page)).toHaveText('Moderate Impact with Workaround');
  await expect(page.getByText('any Product issue with a viable workaround (met)')).toBeVisible();
});

test('a change that asks for more is answered first', async ({ page }) => {
  await answerAll(page, S2);
  await page.getByText('Your answers', { exact: true }).click();
  await page.getByRole('link', { name: `Change the answer to: ${ASK.environment}` }).click();
  await choose(page, [ASK.environment, 'Only in development, test or staging']);
  await page.getByRole('button', { name: 'Show the result' }).click();
  await choose(page, [ASK.goLive, 'Yes']);
  await page.getByRole('button', { name: /^(Show the result|Continue)$/ }).click();
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  await expect(page.getByText('S3; S2 if a dated go-live is blocked by it')).toBeVisible();
});

test('to go on without an answer is an error beside the question, and nothing is lost', async ({ page }) => {
  await answerAll(page, S2.slice(0, 2));
  await expect(heading(page)).toHaveText(ASK.causes);
  await goOn(page);
  await expect(page.getByRole('alert')).toContainText('Choose an answer to continue. Your earlier answers are kept.');
  await expect(page.getByRole('group', { name: ASK.causes })).toHaveAccessibleDescription(/Choose an answer to continue/);
  await answerAll(page, S2.slice(2));
  await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
});

test('a changed answer that is none is an error too', async ({ page }) => {
  await answerAll(page, S3);
  await page.getByText('Your answers', { exact: true }).click();
  await page.getByRole('link', { name: `Change the answer to: ${ASK.causes}` }).click();
  await expect(heading(page)).toHaveText(ASK.causes);
  await option(page, 'None of these').uncheck();
  await page.getByRole('button', { name: 'Show the result' }).click();
  await expect(page.getByRole('alert')).toContainText('Choose an answer to continue.');
  await option(page, 'A community connector').check();
  await page.getByRole('button', { name: 'Show the result' }).click();
  await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(ix)' })).toBeVisible();
});

test('no release chosen is an error too', async ({ page }) => {
  await answer(page, S2[0] ?? ['']);
  await expect(heading(page)).toHaveText(ASK.release);
  await goOn(page);
  await expect(page.getByRole('alert')).toContainText('Choose an answer to continue.');
});

test('the contract’s words are beside each question', async ({ page }) => {
  await answerAll(page, S2.slice(0, 3));
  await expect(heading(page)).toHaveText(ASK.recreated);
  await expect(page.getByText('What the contract says: section 5(a)')).toBeVisible();
  await expect(page.getByText('verify Customer detected Errors, provided that')).toBeVisible();
  await page.getByRole('link', { name: 'In the plan' }).click();
  await expect(page).toHaveURL('/plan/2026.1#5-a');
});

test.describe('with script', WITH_SCRIPT, () => {
  test('a reload keeps answers and place', async ({ page }) => {
    await answerAll(page, S2.slice(0, 7));
    await expect(heading(page)).toHaveText(ASK.workaround);
    await page.reload();
    await awake(page, true);
    await expect(heading(page)).toHaveText(ASK.workaround);
    await answerAll(page, S2.slice(7));
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
    await page.reload();
    await awake(page, true);
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
    // And coming back another time.
    await page.goto('/');
    await openGuide(page, true);
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  });

  test('a reload keeps later answers where the address brought the first ones', async ({ page }) => {
    // As after a click on Continue that came before the script did.
    await openGuide(page, true, '/guide?kind=problem&after=kind');
    await answerAll(page, S2.slice(1, 6));
    await expect(heading(page)).toHaveText(ASK.impact);
    await page.reload();
    await awake(page, true);
    await expect(heading(page)).toHaveText(ASK.impact);
    await answerAll(page, S2.slice(6));
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
  });

  test('a reload keeps the choice of plan and zone', async ({ page }) => {
    await answerAll(page, S3);
    await panel(page).getByRole('combobox', { name: 'Plan' }).selectOption('Advanced');
    await expect(panel(page)).toContainText('Advanced plan, Seoul');
    await page.reload();
    await awake(page, true);
    await expect(panel(page)).toContainText('Advanced plan, Seoul');
  });

  test('the browser’s back and forward move between questions', async ({ page }) => {
    await answerAll(page, S2.slice(0, 3));
    await expect(heading(page)).toHaveText(ASK.recreated);
    await page.goBack();
    await expect(heading(page)).toHaveText(ASK.causes);
    await expect(option(page, 'None of these')).toBeChecked();
    await page.goBack();
    await expect(heading(page)).toHaveText(ASK.release);
    await page.goForward();
    await expect(heading(page)).toHaveText(ASK.causes);
    await page.goForward();
    await expect(heading(page)).toHaveText(ASK.recreated);
  });

  test('the browser’s back leads to the first question as well', async ({ page }) => {
    await answerAll(page, S2.slice(0, 2));
    await expect(heading(page)).toHaveText(ASK.causes);
    await page.goBack();
    await expect(heading(page)).toHaveText(ASK.release);
    await page.goBack();
    await expect(heading(page)).toHaveText(ASK.kind);
    await expect(option(page, 'Something does not work as it should')).toBeChecked();
  });

  test('clearing removes the answers from the browser', async ({ page }) => {
    await answerAll(page, S2);
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
    await page.getByRole('link', { name: 'Clear my answers' }).click();
    await expect(heading(page)).toHaveText(ASK.kind);
    await expect(page.getByText('Your answers were cleared from this browser.')).toBeVisible();
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
    await page.reload();
    await awake(page, true);
    await expect(heading(page)).toHaveText(ASK.kind);
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
    const kept = await page.evaluate(() => JSON.stringify(window.localStorage));
    expect(kept).not.toContain('problem');
  });

  test('nothing leaves the browser', async ({ page }) => {
    await page.waitForLoadState('networkidle');
    const requests: string[] = [];
    // The icon of the tab, which the browser may ask for again at each change of the address, carries nothing.
    page.on('request', (request) => {
      if (new URL(request.url()).pathname !== '/favicon.svg') requests.push(request.url());
    });
    await answerAll(page, COMMUNITY_CONNECTOR);
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
    await panel(page).getByRole('combobox', { name: 'Zone' }).selectOption('US Pacific');
    await expect(panel(page)).toContainText('Core plan, US Pacific');
    await page.getByText('Your answers', { exact: true }).click();
    await page.getByRole('link', { name: `Change the answer to: ${ASK.harm}` }).click();
    await expect(heading(page)).toHaveText(ASK.harm);
    await page.goBack();
    await expect(heading(page)).toHaveText('Key Functionality Impaired; No Workaround');
    expect(requests).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    await expect(page.getByText('Nothing has left your browser yet.')).toBeVisible();
  });

  test('“none of these” and the others take each other back', async ({ page }) => {
    await answerAll(page, S2.slice(0, 2));
    await choose(page, [ASK.causes, 'A community connector', 'Developer software, or software provided at no charge']);
    await option(page, 'None of these').check();
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(1);
    await option(page, 'I cannot tell').check();
    await expect(option(page, 'None of these')).not.toBeChecked();
    await option(page, 'A community connector').check();
    await expect(option(page, 'I cannot tell')).not.toBeChecked();
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(1);
  });

  test('a new question, an error and the result take the focus', async ({ page }) => {
    await answer(page, S3[0] ?? ['']);
    await expect(heading(page)).toHaveText(ASK.release);
    await expect(heading(page)).toBeFocused();
    await goOn(page);
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(heading(page)).toBeFocused();
    await answer(page, S3[1] ?? ['']);
    await expect(heading(page)).toHaveText(ASK.causes);
    await expect(heading(page)).toBeFocused();
    await answer(page, S3[2] ?? ['']);
    await expect(heading(page)).toHaveText('Moderate Impact with Workaround');
    await expect(heading(page)).toBeFocused();
  });

  test('choosing another plan keeps the focus on the list', async ({ page }) => {
    await answerAll(page, S3);
    await panel(page).getByRole('combobox', { name: 'Plan' }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(panel(page)).toContainText('Advanced plan, Seoul');
    await expect(panel(page).getByRole('combobox', { name: 'Plan' })).toBeFocused();
  });

  test('by keyboard alone', async ({ page }) => {
    const focused = page.locator('*:focus');
    /** Presses Tab until what is wanted has the focus. */
    const tabTo = async (what: ReturnType<typeof option>) => {
      for (let presses = 0; presses < 25; presses += 1) {
        await page.keyboard.press('Tab');
        if (await what.evaluate((element) => element === document.activeElement)) return;
      }
      throw new Error(`Tab does not reach ${what}; the focus is on ${await focused.first().innerText()}`);
    };
    const next = async (to: string) => {
      await tabTo(page.getByRole('button', { name: 'Continue' }));
      await page.keyboard.press('Enter');
      await expect(heading(page)).toHaveText(to);
      await expect(heading(page)).toBeFocused();
    };
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await tabTo(option(page, 'Something does not work as it should'));
    await page.keyboard.press('Space');
    await next(ASK.release);
    await tabTo(page.getByRole('combobox', { name: ASK.release }));
    await page.keyboard.type('Interactor Gateway 5.1');
    await expect(page.getByRole('combobox', { name: ASK.release })).toHaveValue('gateway:5.1.0');
    await next(ASK.causes);
    await tabTo(option(page, 'None of these'));
    await page.keyboard.press('Space');
    await next(ASK.recreated);
    await tabTo(option(page, 'Yes, it does'));
    await page.keyboard.press('Space');
    await next(ASK.readiness);
    await tabTo(option(page, 'Nothing is missing'));
    await page.keyboard.press('Space');
    await next(ASK.environment);
    await tabTo(option(page, 'Only in development, test or staging'));
    await page.keyboard.press('ArrowDown');
    await expect(option(page, 'In production')).toBeChecked();
    await next(ASK.impact);
    await tabTo(option(page, 'Looks or documentation only'));
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('ArrowDown');
    await expect(option(page, 'The product is unusable')).toBeChecked();
    await next(ASK.workaround);
    await tabTo(option(page, 'Yes, a viable one'));
    await page.keyboard.press('ArrowUp');
    await expect(option(page, 'No')).toBeChecked();
    await next(ASK.critical);
    await tabTo(option(page, 'No'));
    await page.keyboard.press('ArrowDown');
    await next(ASK.harm);
    await tabTo(option(page, 'No'));
    await page.keyboard.press('Space');
    await next('System Outage');
    await tabTo(page.getByRole('link', { name: 'File this incident' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  });
});

test.describe('without script', WITHOUT_SCRIPT, () => {
  test('contradictory answers are an error beside the question', async ({ page }) => {
    await answerAll(page, S2.slice(0, 2));
    await answer(page, [ASK.causes, 'None of these', 'A community connector']);
    await expect(heading(page)).toHaveText(ASK.causes);
    await expect(page.getByRole('alert')).toContainText('These answers exclude each other. An answer such as “None of these”');
    await expect(page.getByRole('group', { name: ASK.causes })).toHaveAccessibleDescription(/These answers exclude each other/);
    await expect(option(page, 'None of these')).toBeChecked();
    await expect(option(page, 'A community connector')).toBeChecked();
    await option(page, 'None of these').uncheck();
    await goOn(page);
    await answerAll(page, COMMUNITY_CONNECTOR.slice(3));
    await expect(page.getByRole('heading', { name: 'Probably excluded under section 7(ix)' })).toBeVisible();
  });

  test('an answer that does not exist is an error beside the question', async ({ page }) => {
    await page.goto('/guide?kind=problem&release=gateway:9.9.9&after=release');
    await expect(heading(page)).toHaveText(ASK.release);
    await expect(page.getByRole('alert')).toContainText('This answer is no longer one of the options. Choose again.');
  });

  test('clearing starts anew', async ({ page }) => {
    await answerAll(page, S3);
    await page.getByRole('link', { name: 'Clear my answers' }).click();
    await expect(heading(page)).toHaveText(ASK.kind);
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
  });
});
