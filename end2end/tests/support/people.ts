// The people of the sample data, and signing in as one of them.
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { logFile } from '../../serve.mjs';
import { post } from './incident';
import { expect } from './test';

/** Where the session of the sample administrator is kept for all tests: see sign-in-once.ts. */
export const kept = path.join(path.dirname(logFile), 'administrator.json');

export interface Person {
  name: string;
  email: string;
  password: string;
  /** The secret of their authenticator app. */
  totp?: string;
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
/** Of the same customer: language.spec.ts changes the language that is kept with them, and nobody else signs in as them. */
export const NOAH: Person = {
  name: 'Noah Stein',
  email: 'noah.stein@cascade.example',
  password: 'sample-linen-canyon-72',
};
/** Of Hangang Logistics: Core, Seoul. */
export const SEOYEON: Person = {
  name: '김서연',
  email: 'seoyeon.kim@hangang.example',
  password: 'sample-river-lantern-47',
};
/** Of the same customer as 김서연, who coordinates it: designated; the certification expires in 20 days. */
export const JIHOON: Person = {
  name: '박지훈',
  email: 'jihoon.park@hangang.example',
  password: 'sample-autumn-harbor-12',
};
/** Of the same customer: neither designated nor certified. */
export const SERA: Person = {
  name: '오세라',
  email: 'sera.oh@hangang.example',
  password: 'sample-marble-thicket-91',
};
/** Of the same customer: certified, not designated, and one seat left for the two. contacts.spec.ts alone designates them. */
export const CERTIFIED = ['최유나', '정하늘'] as const;
/** Of Fjordline Media, whose term has ended. */
export const INGRID: Person = {
  name: 'Ingrid Dahl',
  email: 'ingrid.dahl@fjordline.example',
  password: 'sample-amber-fjord-18',
};
/** Of Namsan Mutual, which never filed anything; no test files for it either. */
export const DOYUN: Person = {
  name: '이도윤',
  email: 'doyun.lee@namsan.example',
  password: 'sample-willow-anchor-65',
};
/** One of the vendor's engineers. */
export const HANA: Person = {
  name: 'Hana Seo',
  email: 'hana.seo@interactor.example',
  password: 'sample-ember-valley-85',
};

/** The vendor's administrator. Nothing that is hers is changed by a test, and nobody else may become an administrator. */
export const INES: Person = {
  name: 'Ines Duarte',
  email: 'ines.duarte@interactor.example',
  password: 'sample-winter-beacon-40',
  totp: 'MFWWEZLSFVTGU33SMQWXGYLNOBWGKLLT',
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

/** Fills in the sign-in form of the page and sends it. */
export async function sendSignIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in, by the same request as the form does it, and goes on to a page of the portal if one is named. Whoever has an
 * authenticator app was signed in before all tests. */
export async function signIn(page: Page, person: Person, next?: string) {
  const context = page.context();
  if (person.totp) {
    await context.addCookies(JSON.parse(fs.readFileSync(kept, 'utf8')));
  } else {
    const { email, password } = person;
    const form = { email, password, next: next ?? '/' };
    const answer = await post(page, '/sign-in', form);
    expect(answer.headers().location).toBe(form.next);
  }
  if (next === undefined) return;
  await page.goto(next);
  await expect(page.getByRole('banner')).toContainText(person.name);
}
