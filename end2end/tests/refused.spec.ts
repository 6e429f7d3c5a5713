// What the portal does not do: show what belongs to others, take forms from elsewhere, take other methods.
import { QUERY } from './support/guide';
import { NUMBER, fileAtOnce, post, search } from './support/incident';
import { MARIA, SEOYEON, signIn } from './support/people';
import { expect, test, unique } from './support/test';

test('another customer’s incident looks exactly like one that does not exist', async ({ page, browser, javaScriptEnabled, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled });
  const other = await context.newPage();
  await signIn(other, SEOYEON, '/incidents');
  const link = other.getByRole('table').getByRole('link').first();
  const [theirs] = NUMBER.exec((await link.getAttribute('href')) ?? '') ?? [];
  const theirTitle = await link.innerText();
  expect(theirs).toBeDefined();
  await context.close();

  await signIn(page, MARIA);
  const seen: string[] = [];
  for (const number of [theirs ?? '', 'INC-2026-99999']) {
    const answer = await page.goto(`/incidents/${number}`);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
    // What differs is the address, and what is drawn anew for each answer.
    const html = await page.content();
    seen.push(html.replaceAll(number, 'NUMBER').replace(/(nonce|crossorigin)="[^"]*"/g, ''));
  }
  expect(seen[0]).toBe(seen[1]);
  await search(page, theirs ?? '');
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await search(page, theirTitle);
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
});

test('a number that is none, and a page that is none', async ({ page }) => {
  await signIn(page, MARIA);
  for (const path of ['/incidents/1', '/incidents/INC-2026-00001%00', '/nowhere', '/incidents/INC-2026-00002/more']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here');
  }
  await page.getByRole('link', { name: 'Go to the first page' }).click();
  await expect(page).toHaveURL('/');
});

test('pages take no other method', async ({ page, baseURL }) => {
  const headers = { 'Sec-Fetch-Site': 'same-origin', Origin: baseURL ?? '' };
  for (const [method, path] of [
    ['POST', '/plan'],
    ['PUT', '/plan'],
    ['DELETE', '/incidents/new'],
    ['PATCH', '/guide'],
    ['GET', '/sign-out'],
    ['GET', '/language'],
  ] as const) {
    const answer = await page.request.fetch(path, { method, headers });
    expect(answer.status(), `${method} ${path}`).toBe(405);
    expect(answer.headers()['allow'], `${method} ${path}`).toBeTruthy();
    expect(await answer.text()).toContain('This page cannot be used that way');
  }
});

test('a form from another site is refused, and nothing is changed', async ({ page }) => {
  await signIn(page, MARIA);
  await page.goto(`/incidents/new?${QUERY.S1}`);
  const key = await page.locator('input[name="key"]').inputValue();
  const title = unique('From elsewhere');
  const form = { key, answers: QUERY.S1, title, description: 'd', step: 'submit' };
  for (const headers of [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' },
  ]) {
    const answer = await post(page, '/incidents/new', form, headers);
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain('This request came from elsewhere');
  }
  const signedOut = await post(page, '/sign-out', {}, { 'Sec-Fetch-Site': 'cross-site' });
  expect(signedOut.status()).toBe(403);
  await search(page, title);
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  // The very same form from here is taken.
  const answer = await post(page, '/incidents/new', form);
  expect(answer.status()).toBe(303);
});

test('another site’s page that sends a form signs nobody in', async ({ page, baseURL }) => {
  await page.route('https://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${baseURL}/sign-in"><input name="email" value="${MARIA.email}">
        <input name="password" value="${MARIA.password}"><button>Win</button></form>`,
    }),
  );
  await page.goto('https://evil.example/');
  await page.getByRole('button', { name: 'Win' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This request came from elsewhere');
  expect(await page.context().cookies(baseURL)).toEqual([]);
});

test('what is no form is refused', async ({ page, baseURL }) => {
  const answer = await page.request.post('/sign-in', {
    data: { email: MARIA.email, password: MARIA.password },
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: baseURL ?? '' },
  });
  expect(answer.status()).toBe(400);
  expect(await answer.text()).toContain('The form could not be read');
});

test('an incident’s page belongs to those who are signed in', async ({ page, browser, javaScriptEnabled, baseURL }) => {
  await signIn(page, MARIA);
  const title = unique('Mine');
  const number = await fileAtOnce(page, QUERY.S2, { title, description: 'd' });
  const context = await browser.newContext({ baseURL, javaScriptEnabled });
  const nobody = await context.newPage();
  await nobody.goto(`/incidents/${number}`);
  await expect(nobody.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  expect(await nobody.content()).not.toContain(title);
  await context.close();
});
