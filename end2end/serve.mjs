// Starts the portal for the browser tests: an empty database of its own, with the sample data, removed afterwards.
//
//   PORTAL_BIN               the server (./dev builds it)
//   PORTAL_SITE              the site; target/site
//   PORTAL_E2E_PORT          where it listens, on 127.0.0.1; 3400
//   PORTAL_E2E_DATABASE_URL  an empty database to use instead of a temporary SQLite one
//
// What it says goes to results/portal.log. Playwright runs this file; other scripts import `serve`.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProvider } from './provider.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);

export const port = process.env.PORTAL_E2E_PORT || '3400';
export const address = process.env.PORTAL_E2E_URL || `http://127.0.0.1:${port}`;
export const logFile = path.join(here, 'results/portal.log');
/** What else a test may need to know of the portal that is served: its database, and the folder that its mail is written into. */
export const servedFile = path.join(here, 'results/served.json');

/** Starts the server and a provider of single sign-on for it, and gives the function that stops both. */
export async function serve() {
  if (!process.env.PORTAL_BIN) throw new Error('PORTAL_BIN is not set; run the tests with ./dev e2e');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portal-e2e-'));
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.openSync(logFile, 'w');
  const provider = await startProvider(address);
  fs.writeFileSync(path.join(folder, 'sso.toml'), provider.file);
  const database = process.env.PORTAL_E2E_DATABASE_URL || `sqlite:${path.join(folder, 'portal.db')}`;
  const mail = path.join(folder, 'mail');
  fs.writeFileSync(servedFile, JSON.stringify({ database, mail }));
  const server = spawn(process.env.PORTAL_BIN, ['serve'], {
    cwd: folder,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PORTAL_LISTEN: `127.0.0.1:${port}`,
      PORTAL_DATABASE_URL: database,
      PORTAL_FILES: path.join(folder, 'files'),
      PORTAL_MAIL_FOLDER: mail,
      PORTAL_SITE: path.resolve(root, process.env.PORTAL_SITE || 'target/site'),
      PORTAL_SAMPLE: 'true',
      PORTAL_SSO: path.join(folder, 'sso.toml'),
      // The tests sign in dozens of times a minute, all from one address.
      PORTAL_SIGN_IN_PER_MINUTE: '10000',
    },
  });
  const ended = new Promise((resolve) => {
    server.on('exit', (code, signal) => resolve(code ?? signal));
    server.on('error', (error) => {
      fs.appendFileSync(logFile, `${error.message}\n`);
      resolve(error.code);
    });
  });
  const stop = async () => {
    server.kill('SIGTERM');
    const patience = setTimeout(() => server.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(patience);
    provider.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { ended, stop };
}

/** Waits until the server answers that it is ready. */
export async function ready(ended, seconds = 30) {
  let over = false;
  ended.then(() => (over = true));
  for (const end = Date.now() + seconds * 1000; Date.now() < end && !over; ) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The portal did not start; it said:\n${fs.readFileSync(logFile, 'utf8')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ended, stop } = await serve();
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      asked = true;
      stop();
    });
  }
  const status = await ended;
  // Playwright stops the whole group: the server may have ended well before this process hears of it.
  asked ||= status === 0;
  if (!asked) process.stderr.write(`The portal ended (${status}); it said:\n${fs.readFileSync(logFile, 'utf8')}`);
  await stop();
  process.exit(asked ? 0 : 1);
}
