// The incident form, the page of an incident, and posting what no form of the portal would send.
import type { APIResponse, Page } from '@playwright/test';
import { address } from '../../serve.mjs';
import { expect } from './test';

export const NUMBER = /INC-\d{4}-\d{5}/;

export interface Texts {
  title: string;
  description: string;
  steps?: string;
  impact?: string;
}

export function field(page: Page, label: 'Title' | 'What happens' | 'Steps on unmodified software' | 'Business impact') {
  return page.getByRole('textbox', { name: label });
}

/** Opens the form with answers that the address carries. */
export async function openForm(page: Page, query: string, title: string) {
  await page.goto(`/incidents/new?${query}`);
  await expectResult(page, title);
}

/** The form shows what the guide found. */
export async function expectResult(page: Page, title: string) {
  await expect(page.getByRole('region', { name: 'What the guide found' })).toContainText(title);
}

export async function fillIn(page: Page, texts: Texts) {
  await field(page, 'Title').fill(texts.title);
  await field(page, 'What happens').fill(texts.description);
  await field(page, 'Steps on unmodified software').fill(texts.steps ?? '');
  await field(page, 'Business impact').fill(texts.impact ?? '');
}

/** The form has these texts, to the letter. */
export async function expectTexts(page: Page, texts: Texts) {
  await expect(field(page, 'Title')).toHaveValue(texts.title);
  await expect(field(page, 'What happens')).toHaveValue(texts.description);
  await expect(field(page, 'Steps on unmodified software')).toHaveValue(texts.steps ?? '');
  await expect(field(page, 'Business impact')).toHaveValue(texts.impact ?? '');
}

/** Sends the form to look it over; it may come back with errors. */
export async function lookOver(page: Page) {
  await page.getByRole('button', { name: 'Look it over' }).click();
}

/** From the page where it is looked over. */
export async function submit(page: Page) {
  await page.getByRole('button', { name: 'Submit the incident' }).click();
}

/** What would be filed is shown, with this title. */
export async function expectReview(page: Page, title: string) {
  await expect(page.getByText('Look it over. Nothing is filed yet.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
}

/** The summary of what is wrong, above the form. */
export function errors(page: Page) {
  return page.getByRole('alert').filter({ hasText: 'Please correct this' });
}

/** The page of the incident that was filed just now; gives its number. */
export async function expectFiled(page: Page, title: string): Promise<string> {
  await expect(page.getByRole('status')).toHaveText(/^Filed as INC-\d{4}-\d{5}\. The Response time runs from now on\.$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const [number] = NUMBER.exec(await page.getByRole('status').innerText()) ?? [];
  if (!number) throw new Error('no number');
  return number;
}

/** The page of an incident that had been filed before. */
export async function expectFiledBefore(page: Page, number: string) {
  await expect(page.getByRole('status')).toHaveText(`This form was already filed, as ${number}. It was not filed again.`);
}

/** What the list finds when it is searched for. */
export async function search(page: Page, words: string) {
  await page.goto('/incidents');
  await page.getByRole('searchbox', { name: 'Search' }).fill(words);
  await page.getByRole('button', { name: 'Apply' }).click();
}

/** The list finds one incident with that title. */
export async function expectOneInList(page: Page, title: string) {
  await search(page, title);
  await expect(page.getByText('1 incident', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: title, exact: true })).toHaveCount(1);
}

/** Signed in already: files an incident with answers that the address carries; gives its number. */
export async function file(page: Page, query: string, result: string, texts: Texts): Promise<string> {
  await openForm(page, query, result);
  await fillIn(page, texts);
  await lookOver(page);
  await expectReview(page, texts.title);
  await submit(page);
  return expectFiled(page, texts.title);
}

/** Files an incident by the one request that the form makes in the end, and opens its page; gives its number. For tests that
 * begin with a filed incident: filing itself is filing.spec.ts's. */
export async function fileAtOnce(page: Page, query: string, texts: Texts): Promise<string> {
  const form = await (await page.request.get(`/incidents/new?${query}`)).text();
  const [, key] = /name="key" value="([^"]+)"/.exec(form) ?? [];
  const answer = await post(page, '/incidents/new', { ...texts, key: key ?? '', answers: query, step: 'submit' });
  await page.goto(answer.headers().location);
  return expectFiled(page, texts.title);
}

/** Posts fields with the page's cookies, the way a form of the portal does; headers may say otherwise. */
export function post(page: Page, path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<APIResponse> {
  return page.request.post(path, {
    form,
    maxRedirects: 0,
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: address, ...headers },
  });
}

/** The ways in which a time is written, from its machine-readable form. */
export function written(iso: string) {
  const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const [, year, month, day, minutes] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  if (!year || !month || !day || !minutes) throw new Error(`not a time: ${iso}`);
  const weekday = weekdays[new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDay()] ?? '';
  const name = months[Number(month) - 1] ?? '';
  const d = Number(day);
  return {
    minutes,
    day: `${weekday.slice(0, 3)} ${d}`,
    heading: `${weekday} ${d} ${name}, ${minutes}`,
    headingWithYear: `${weekday} ${d} ${name} ${year}, ${minutes}`,
    compact: `${weekday.slice(0, 3)} ${d} ${name.slice(0, 3)}, ${minutes}`,
    inList: `${weekday.slice(0, 3)} ${d} ${name.slice(0, 3)} ${year}, ${minutes}`,
  };
}
