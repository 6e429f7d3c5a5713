// The contacts of the sample data, and signing in as one of them.
import type { Page } from '@playwright/test';
import { expect } from './test';

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** Of Cascade Retail: Platinum, US Pacific. */
export const MARIA: Person = {
  name: 'Maria Alvarez',
  email: 'maria.alvarez@cascade.example',
  password: 'sample-cedar-compass-83',
};
/** Of the same customer as Maria. */
export const JAMES: Person = {
  name: 'James Whitfield',
  email: 'james.whitfield@cascade.example',
  password: 'sample-granite-meadow-29',
};
/** Of Hangang Logistics: Core, Seoul. */
export const SEOYEON: Person = {
  name: '김서연',
  email: 'seoyeon.kim@hangang.example',
  password: 'sample-river-lantern-47',
};
/** Of Namsan Mutual, which never filed anything; no test files for it either. */
export const DOYUN: Person = {
  name: '이도윤',
  email: 'doyun.lee@namsan.example',
  password: 'sample-willow-anchor-65',
};

/** Account manager of Hangang Logistics and Cascade Retail. */
export const GRACE: Person = {
  name: 'Grace Yoon',
  email: 'grace.yoon@interactor.example',
  password: 'sample-silver-bridge-62',
};
/** Account manager of Namsan Mutual and Fjordline Media. */
export const TOM: Person = {
  name: 'Tom Becker',
  email: 'tom.becker@interactor.example',
  password: 'sample-quiet-harvest-33',
};
/** Engineer. */
export const HANA: Person = {
  name: 'Hana Seo',
  email: 'hana.seo@interactor.example',
  password: 'sample-ember-valley-85',
};

/** Fills in the sign-in form of the page and sends it. */
export async function sendSignIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in and goes on to a page of the portal. */
export async function signIn(page: Page, person: Person, next = '/incidents') {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await sendSignIn(page, person);
  await expect(page.getByRole('banner')).toContainText(person.name);
}
