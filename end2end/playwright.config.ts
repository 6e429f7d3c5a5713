// Every journey of a visitor and of whoever files runs four times: on a desktop and on a phone, with script and without.
import { defineConfig, devices } from '@playwright/test';
import { address } from './serve.mjs';

// A test that differs a little looks at the fixture `script`; one that makes sense in one of the two only has a tag, and is
// not made for the others.
const desktop = devices['Desktop Chrome'];
const phone = devices['Pixel 7'];
const withScript = { grepInvert: /@without-script/ };
const withoutScript = { grepInvert: /@with-script/ };
// What has to do with people is run on a desktop with and without script, and on a phone with it.
const people = /(account|admin|closed-days|contacts|import|language|life|live|security|sso)\.spec\.ts/;
const noScript = { javaScriptEnabled: false };

export default defineConfig({
  testDir: 'tests',
  globalSetup: './sign-in-once.ts',
  outputDir: 'results/artifacts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [['list']],
  use: {
    baseURL: address,
    locale: 'en-US',
    timezoneId: 'America/New_York',
    // Pages change without a transition then: during one, a click would meet its picture instead of the page.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: process.env.PORTAL_E2E_TRACE ? 'retain-on-failure' : 'off', // half of the run's time
    launchOptions: {
      executablePath: process.env.PORTAL_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { ...desktop }, ...withScript },
    { name: 'desktop-no-script', use: { ...desktop, ...noScript }, ...withoutScript },
    { name: 'phone', use: { ...phone }, ...withScript },
    { name: 'phone-no-script', use: { ...phone, ...noScript }, ...withoutScript, testIgnore: people },
  ],
  // With PORTAL_E2E_URL set, the tests use the portal that runs there.
  webServer: process.env.PORTAL_E2E_URL
    ? undefined
    : {
        command: 'node serve.mjs',
        url: `${address}/readyz`,
        reuseExistingServer: false,
        timeout: 30_000,
        gracefulShutdown: { signal: 'SIGTERM', timeout: 8_000 },
        stdout: 'ignore',
        stderr: 'pipe',
      },
});
