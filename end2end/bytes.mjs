// Byte budgets: what a first visit costs, counted in the browser as the bytes of the bodies that came over the wire.
// A page that gets heavier than its budget fails here, in the change that made it so. Run by ./dev check bytes.

import { chromium } from '@playwright/test';
import { address, ready, serve } from './serve.mjs';

const WASM_AND_JS = ['wasm', 'js'];
const VISITS = [
  { path: '/plan', locale: 'en-US', budget: 40_000, of: 'all', wasm: false },
  { path: '/plan', locale: 'ko-KR', budget: 40_000, of: 'all', wasm: false },
  { path: '/guide', locale: 'en-US', budget: 110_000, of: 'wasm and js', wasm: true },
];

const problems = [];
const server = process.env.PORTAL_E2E_URL ? undefined : await serve();
try {
  if (server) await ready(server.ended);
  const browser = await chromium.launch({
    executablePath: process.env.PORTAL_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
  });
  for (const visit of VISITS) await measure(browser, visit);
  await browser.close();
} finally {
  await server?.stop();
}
for (const problem of problems) console.error(`over budget or wrong: ${problem}`);
process.exitCode = problems.length ? 1 : 0;

/** Visits a page with nothing cached, prints a line for each thing that came, and compares the sum with the budget. */
async function measure(browser, { path, locale, budget, of, wasm }) {
  const name = `${path} (${locale})`;
  const context = await browser.newContext({ baseURL: address, locale });
  const page = await context.newPage();
  const requests = [];
  page.on('request', (request) => requests.push(request));
  const answer = await page.goto(path, { waitUntil: 'networkidle' });
  await page.waitForTimeout(500); // islands load when the browser is idle
  await page.waitForLoadState('networkidle');

  const rows = [];
  for (const request of requests) {
    const url = new URL(request.url());
    if (!url.protocol.startsWith('http')) continue; // data: is part of what names it
    const response = await request.response();
    if (!response) {
      problems.push(`${name}: no answer for ${url.pathname}`);
      continue;
    }
    if (response.status() >= 400) problems.push(`${name}: ${url.pathname} answered ${response.status()}`);
    const sizes = await request.sizes();
    rows.push({
      name: url.origin === address ? url.pathname + url.search : url.href,
      kind: kindOf(await response.headerValue('content-type')),
      encoding: (await response.headerValue('content-encoding')) ?? '',
      body: sizes.responseBodySize,
      headers: sizes.responseHeadersSize,
    });
  }
  rows.push(...(await icons(page, rows)));

  console.log(`\n${name}`);
  for (const row of rows) {
    console.log(`  ${number(row.body)}  ${row.kind.padEnd(5)} ${row.encoding.padEnd(5)} ${row.name}`);
    if (row.body > 1_000 && ['html', 'css', 'js', 'wasm', 'svg'].includes(row.kind) && row.encoding !== 'br') {
      problems.push(`${name}: ${row.name} came without brotli`);
    }
  }
  const counted = of === 'all' ? rows : rows.filter((row) => WASM_AND_JS.includes(row.kind));
  const sum = counted.reduce((total, row) => total + row.body, 0);
  const headers = rows.reduce((total, row) => total + row.headers, 0);
  console.log(`  ${number(sum)}  of ${number(budget).trim()} for ${of}; headers, not counted: ${number(headers).trim()}`);

  if (sum > budget) problems.push(`${name}: ${sum} bytes of ${of}, the budget is ${budget}`);
  if (answer.status() !== 200) problems.push(`${name}: answered ${answer.status()}`);
  if (new URL(page.url()).pathname !== path) problems.push(`${name}: was sent to ${page.url()}`);
  const lang = await page.locator('html').getAttribute('lang');
  if (lang?.slice(0, 2) !== locale.slice(0, 2)) problems.push(`${name}: the page says lang="${lang}"`);
  if (rows.some((row) => row.kind === 'wasm') !== wasm) problems.push(`${name}: ${wasm ? 'no wasm came' : 'wasm came'}`);
  await context.close();
}

/** A browser without a window does not fetch a page's icon; others do, so it counts. */
async function icons(page, rows) {
  const seen = new Set(rows.map((row) => row.name));
  const links = await page.locator('link[rel~="icon"]').evaluateAll((all) => all.map((link) => link.href));
  const more = [];
  for (const href of links.filter((link) => link.startsWith(address))) {
    const name = new URL(href).pathname;
    if (seen.has(name)) continue;
    const response = await page.context().request.get(href, { headers: { 'accept-encoding': 'br' } });
    const encoding = response.headers()['content-encoding'] ?? '';
    const length = Number(response.headers()['content-length'] ?? (await response.body()).length);
    more.push({ name, kind: kindOf(response.headers()['content-type']), encoding, body: length, headers: 0 });
  }
  return more;
}

function kindOf(type = '') {
  const kinds = { 'text/html': 'html', 'text/css': 'css', 'application/wasm': 'wasm', 'image/svg+xml': 'svg' };
  const plain = (type ?? '').split(';')[0].trim();
  return kinds[plain] ?? (plain.includes('javascript') ? 'js' : plain.split('/').pop() || 'other');
}

function number(value) {
  return value.toLocaleString('en-US').padStart(8);
}
