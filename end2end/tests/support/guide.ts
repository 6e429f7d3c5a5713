// Walking through the severity guide the way a reader does: by what the page says.
import type { Page } from '@playwright/test';
import { expect } from './test';

export const KEPT = 'Your answers are kept in this browser only.';

export const ASK = {
  kind: 'What do you need?',
  sensitive: 'Is the enhancement time-sensitive?',
  release: 'Which product and version is it about?',
  causes: 'Does any of this cause it, or play a part in it?',
  recreated: 'Does it also happen on an unmodified version of the Software?',
  readiness: 'Is any of this still missing?',
  environment: 'Where does it happen?',
  goLive: 'Does it block a go-live that has a date?',
  impact: 'What is affected?',
  workaround: 'Is there a workaround?',
  critical: 'Are other critical business functions severely impacted by it?',
  harm: 'Is data being lost or corrupted, or security being breached, now?',
} as const;

/** A question, and the labels of the options to choose. */
export type Given = [question: string, ...options: string[]];

const CURRENT = 'Interactor Gateway 5.1.0: current';
export const DISCONTINUED = 'Interactor Gateway 4.8.2: discontinued';
export const SUPERSEDED = 'Interactor Gateway 5.0.3: superseded by Minor release 5.1.0';

/** A problem in production that nothing excludes, up to the questions of its severity. */
function problem({ release = CURRENT, cause = 'None of these', recreated = 'Yes, it does' } = {}): Given[] {
  return [
    [ASK.kind, 'Something does not work as it should'],
    [ASK.release, release],
    [ASK.causes, cause],
    [ASK.recreated, recreated],
    [ASK.readiness, 'Nothing is missing'],
    [ASK.environment, 'In production'],
  ];
}

const KEY: Given[] = [
  [ASK.impact, 'Key functionality'],
  [ASK.workaround, 'No'],
  [ASK.harm, 'No'],
];

export const S1: Given[] = [
  ...problem(),
  [ASK.impact, 'The product is unusable'],
  [ASK.workaround, 'No'],
  [ASK.critical, 'Yes'],
  [ASK.harm, 'No'],
];
export const S2: Given[] = [...problem(), ...KEY];
export const S3: Given[] = [
  [ASK.kind, 'I want to know how to do something'],
  [ASK.release, CURRENT],
  [ASK.causes, 'None of these'],
];
export const S4: Given[] = [...problem(), [ASK.impact, 'Looks or documentation only'], [ASK.harm, 'No']];
export const COMMUNITY_CONNECTOR: Given[] = [...problem({ cause: 'A community connector' }), ...KEY];
export const DISCONTINUED_RELEASE: Given[] = [...problem({ release: DISCONTINUED }), ...KEY];
export const SUPERSEDED_RELEASE: Given[] = [
  ...problem({ release: SUPERSEDED, recreated: 'I have not tried yet' }),
  ...KEY,
];

/** The same answers as an address carries them. */
export const QUERY = {
  S1: 'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=unusable&workaround=none&critical=yes&harm=no',
  S2: 'kind=problem&release=gateway:5.1.0&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no',
};

/** Goes to the guide and, where script runs, waits until it has taken over. */
export async function openGuide(page: Page, script: boolean, address = '/guide') {
  await page.goto(address);
  await awake(page, script);
}

/** Waits until script has taken the guide over. */
export async function awake(page: Page, script: boolean) {
  if (script) await expect(page.getByText(KEPT)).toBeVisible();
}

/** The heading of the question, or of the result. */
export function heading(page: Page) {
  return page.getByRole('main').getByRole('heading', { level: 1 });
}

/** The box to tick or the button to choose for an option; its name may go on with a hint and a clause. */
export function option(page: Page, label: string) {
  const start = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}( |$)`);
  return page.getByRole('radio', { name: start }).or(page.getByRole('checkbox', { name: start }));
}

/** Chooses options of the question that is shown, without going on. */
export async function choose(page: Page, [question, ...options]: Given) {
  await expect(heading(page)).toHaveText(question);
  for (const label of options) {
    if (question === ASK.release) {
      await page.getByRole('combobox', { name: question }).selectOption({ label });
    } else {
      await option(page, label).check();
    }
  }
}

/** Goes on to the next question. */
export async function goOn(page: Page) {
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Answers the question that is shown and goes on; script must be awake already. */
export async function answer(page: Page, given: Given) {
  await choose(page, given);
  await goOn(page);
}

/** Answers one question after another. */
export async function answerAll(page: Page, all: Given[]) {
  for (const given of all) await answer(page, given);
}
