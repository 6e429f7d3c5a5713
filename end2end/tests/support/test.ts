// What every test gets: whether script runs, and the certainty that nothing failed unseen in the browser.
import { test as base } from '@playwright/test';

export { expect } from '@playwright/test';

/** Tests with this tag are only made for the projects where script runs. */
export const WITH_SCRIPT = { tag: '@with-script' };
/** Tests with this tag are only made for the projects where it does not. */
export const WITHOUT_SCRIPT = { tag: '@without-script' };

interface Fixtures {
  /** Script runs in this browser. */
  script: boolean;
  /** Fails a test during which a script failed or the page's security policy was violated. */
  nothingFailed: undefined;
}

export const test = base.extend<Fixtures>({
  script: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),
  nothingFailed: [
    async ({ context }, use) => {
      const failures: string[] = [];
      context.on('weberror', (error) => failures.push(String(error.error())));
      context.on('console', (message) => {
        // A status that the test asked for, or a connection that it cut, is no failure of the page.
        const expected = /Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_INTERNET_DISCONNECTED)/;
        if (message.type() === 'error' && !expected.test(message.text())) failures.push(message.text());
      });
      await use(undefined);
      if (failures.length > 0) throw new Error(`The browser's console says:\n${failures.join('\n')}`);
    },
    { auto: true },
  ],
});

let made = 0;

/** A title that no other test uses, in this run or in another. */
export function unique(title: string): string {
  made += 1;
  return `${title} ${process.pid.toString(36)}${Date.now().toString(36)}${made}`;
}
