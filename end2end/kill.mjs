// Kills the server in the middle of its work, again and again, and counts what is there afterwards. `./dev kill` runs it.
//
// Contacts file incidents and write messages, engineers respond and write back, mail goes out to a real mail server; the
// server is killed (SIGKILL) and started again. Whoever has no answer sends the same form again, as a person does. In the
// end every submission that was acknowledged must be there, once; every mail of the outbox must have arrived; and none
// twice, but those that the mail server took in the moment before a kill, when that was not recorded yet. And the history
// of each incident must be whole, as `portal verify-history` looks at it.
//
//   PORTAL_BIN, PORTAL_SITE, PORTAL_E2E_PORT   as for the browser tests
//   PORTAL_E2E_DATABASE_URL                    an empty PostgreSQL to use instead of a temporary SQLite database
//   KILLS                                      how often it is killed; 20

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const python = '/usr/bin/python3';
const kills = Number(process.env.KILLS || 20);
const port = process.env.PORTAL_E2E_PORT || '3400';
const address = `http://127.0.0.1:${port}`;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portal-kill-'));
const database = process.env.PORTAL_E2E_DATABASE_URL || `sqlite:${path.join(folder, 'portal.db')}`;
const answers =
  'kind=problem&release=unlisted&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no';
/** What a mail server may have taken before a kill without that being recorded: the time of one write, with room to spare. */
const WINDOW = 3_000;
/** How long the outbox may take to empty in the end: a lease has to end first. */
const PATIENCE = 240_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const between = (least, most) => least + Math.random() * (most - least);

// ---- The mail server ------------------------------------------------------------------------------------------------
/** Every mail that was taken: its Message-ID, and when. */
const taken = [];
let killed = 0;
/** When the portal was started each time, and killed. */
const [starts, ends] = [[], []];
/** Which start of the portal a mail was sent by: the one that began the conversation. */
const life = (one) => starts.filter((start) => start <= one.began).length - 1;

async function startMailServer() {
  const script = path.join(root, 'server/src/tests/mail_server.py');
  // It takes a moment to say that it has taken a mail: a kill falls into that moment now and then.
  const server = spawn(python, [script, '--slow', '0.02'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: server.stdout });
  const ready = new Promise((resolve, reject) => {
    server.on('exit', () => reject(new Error('the mail server ended; is python3-aiosmtpd installed?')));
    lines.on('line', (line) => {
      if (line.startsWith('ready ')) resolve(Number(line.slice(6)));
      else taken.push({ ...JSON.parse(line), at: Date.now() });
    });
  });
  return { server, port: await ready };
}

// ---- The portal -----------------------------------------------------------------------------------------------------
let portal;
let up = false;
const log = fs.openSync(path.join(folder, 'portal.log'), 'a');

async function start(mail) {
  starts.push(Date.now());
  portal = spawn(process.env.PORTAL_BIN, ['serve'], {
    cwd: folder,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PORTAL_LISTEN: `127.0.0.1:${port}`,
      PORTAL_DATABASE_URL: database,
      PORTAL_SITE: path.resolve(root, process.env.PORTAL_SITE || 'target/site'),
      PORTAL_SAMPLE: 'true',
      PORTAL_SIGN_IN_PER_MINUTE: '10000',
      PORTAL_SMTP: `smtp://127.0.0.1:${mail}`,
      PORTAL_MAIL_FROM: 'Support <support@vendor.example>',
    },
  });
  const mine = portal;
  for (const end = Date.now() + 60_000; Date.now() < end && mine.exitCode === null; await sleep(20)) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok) {
      up = true;
      return;
    }
  }
  throw new Error(`The portal did not start; see ${folder}/portal.log`);
}

async function kill() {
  up = false;
  const ended = new Promise((resolve) => portal.once('exit', resolve));
  killed += 1;
  portal.kill('SIGKILL');
  ends.push(Date.now());
  await ended;
}

// ---- Those who use it -----------------------------------------------------------------------------------------------
const [filed, written] = [[], []];
let [sent, resent] = [0, 0];
let over = false;

class Browser {
  cookie = '';
  /** Keys that no form was sent with yet. */
  keys = [];

  /** The key of a form that the portal issued. Each form of a page has one, and it is not bound to that form. */
  async key(at) {
    if (this.keys.length === 0) {
      this.keys = [...(await this.get(at)).matchAll(/name="key" value="([^"]+)"/g)].map(([, key]) => key);
      if (this.keys.length === 0) throw new Error(`${at} has no form`);
    }
    return this.keys.pop();
  }

  /** Sends a form until it is answered: a broken connection says nothing about what was stored. */
  async post(to, fields) {
    for (let again = false; ; again = true) {
      while (!up) await sleep(10);
      sent += 1;
      resent += again ? 1 : 0;
      try {
        const answer = await fetch(address + to, {
          method: 'POST',
          redirect: 'manual',
          headers: { origin: address, cookie: this.cookie, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(fields).toString(),
        });
        const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('session='));
        if (cookie) this.cookie = cookie.split(';')[0];
        await answer.arrayBuffer();
        // While it is being started it may not have its database yet.
        if (answer.status >= 500) {
          await sleep(50);
          continue;
        }
        return { status: answer.status, location: answer.headers.get('location') ?? '' };
      } catch {
        await sleep(20);
      }
    }
  }

  async get(at) {
    for (;;) {
      while (!up) await sleep(10);
      try {
        const answer = await fetch(address + at, { headers: { cookie: this.cookie } });
        if (answer.ok) return await answer.text();
      } catch {
        // Again.
      }
      await sleep(20);
    }
  }

  async signIn(email, password) {
    const { location } = await this.post('/sign-in', { email, password, next: '/incidents' });
    if (location !== '/incidents') throw new Error(`${email} could not sign in`);
    return this;
  }

  /** A step with an incident; what it says is to be found exactly once, if it was taken. */
  async step(number, fields, text) {
    const key = await this.key(`/incidents/${number}`);
    const { status, location } = await this.post(`/incidents/${number}`, { ...fields, text, key });
    if (status === 303 && location.includes('?done=')) written.push(text);
    return status;
  }
}

async function contact(email, password) {
  const browser = await new Browser().signIn(email, password);
  for (let n = 1; !over; n += 1) {
    const title = `Filed by ${email}: ${n}`;
    const key = await browser.key('/incidents/new');
    const form = { key, answers, title, description: 'It stops.', steps: '', business_impact: '' };
    const { status, location } = await browser.post('/incidents/new', { ...form, step: 'submit' });
    const number = /^\/incidents\/(INC-\d+-\d+)/.exec(location)?.[1];
    if (status !== 303 || !number) throw new Error(`not filed: ${status} ${location}`);
    filed.push({ title, number });
    for (let m = 1; m <= 3 && !over; m += 1) await browser.step(number, { step: 'write' }, `${title}, message ${m}.`);
  }
}

async function engineer(email, password) {
  const browser = await new Browser().signIn(email, password);
  for (let n = 0; !over; ) {
    const next = filed[n];
    if (!next) {
      await sleep(20);
      continue;
    }
    n += 1;
    const form = await browser.get(`/incidents/${next.number}`);
    const person = /id="acknowledge"[\s\S]*?<option value="(\d+)"/.exec(form)?.[1];
    if (person) await browser.step(next.number, { step: 'acknowledge', person }, `${email} has ${next.number}.`);
    await browser.step(next.number, { step: 'write' }, `${email} looks at ${next.number}.`);
  }
}

// ---- What is stored -------------------------------------------------------------------------------------------------
/** The rows of a query, past the portal: each a list of texts. */
function rows(sql) {
  const [program, args] = database.startsWith('sqlite:')
    ? [python, ['-c', READ, database.slice('sqlite:'.length), sql]]
    : [process.env.PORTAL_PSQL || 'psql', ['-X', '-A', '-t', '-F', '\x1f', '-R', '\x1e', '-c', sql, database]];
  const read = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (read.status !== 0) throw new Error(`${program}: ${read.error ?? read.stderr}`);
  const text = read.stdout.replace(/\n$/, '');
  return text === '' ? [] : text.split('\x1e').map((row) => row.split('\x1f'));
}
const READ = `
import sqlite3, sys
found = sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall()
sys.stdout.write("\\x1e".join("\\x1f".join("" if one is None else str(one) for one in row) for row in found))`;

const undelivered = () =>
  Number(rows("SELECT COUNT(*) FROM mails JOIN jobs ON jobs.key = 'mail:' || mails.id WHERE jobs.state = 'waiting'")[0][0]);

/** What `portal verify-history` says of all incidents. */
function verifyHistory() {
  const env = { ...process.env, PORTAL_DATABASE_URL: database };
  const read = spawnSync(process.env.PORTAL_BIN, ['verify-history'], { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (read.status !== 0) wrong.push(`verify-history: ${read.error ?? read.stdout + read.stderr}`);
  return read.stdout ?? '';
}

// ---- The run --------------------------------------------------------------------------------------------------------
const mail = await startMailServer();
const wrong = [];
try {
  await start(mail.port);
  const people = [
    contact('seoyeon.kim@hangang.example', 'sample-river-lantern-47'),
    contact('jihoon.park@hangang.example', 'sample-autumn-harbor-12'),
    contact('maria.alvarez@cascade.example', 'sample-cedar-compass-83'),
    contact('james.whitfield@cascade.example', 'sample-granite-meadow-29'),
    engineer('hana.seo@interactor.example', 'sample-ember-valley-85'),
    engineer('daniel.okafor@interactor.example', 'sample-cobalt-garden-27'),
  ];
  const broken = Promise.all(people);
  broken.catch((error) => wrong.push(error.message));
  while (killed < kills && wrong.length === 0) {
    await sleep(between(800, 2_500));
    await kill();
    await start(mail.port);
    process.stdout.write(`killed ${killed} times: ${filed.length} incidents, ${written.length} messages, ${taken.length} mails\n`);
  }
  await sleep(1_000);
  over = true;
  await broken.catch(() => {});
  for (const end = Date.now() + PATIENCE; Date.now() < end && undelivered() > 0; ) await sleep(1_000);

  const stored = new Map();
  for (const [title, year, count] of rows("SELECT title, year, number FROM incidents WHERE title LIKE 'Filed by %'")) {
    stored.set(title, [...(stored.get(title) ?? []), `INC-${year}-${count.padStart(5, '0')}`]);
  }
  for (const { title, number } of filed) {
    const found = stored.get(title) ?? [];
    if (found.length !== 1 || found[0] !== number) wrong.push(`${number} "${title}" is there as: ${found.join(', ') || 'nothing'}`);
  }
  const events = rows("SELECT event FROM events WHERE party IN ('customer', 'engineer')").map(([event]) => JSON.parse(event));
  const said = new Map();
  for (const event of events) {
    if (event.text) said.set(event.text, (said.get(event.text) ?? 0) + 1);
  }
  for (const text of written) if (said.get(text) !== 1) wrong.push(`"${text}" is there ${said.get(text) ?? 0} times`);

  const owed = rows("SELECT mails.message_id, mails.sent_at, jobs.state FROM mails JOIN jobs ON jobs.key = 'mail:' || mails.id");
  const arrived = new Map();
  for (const one of taken) {
    const id = one.id.slice(1).split('@')[0];
    arrived.set(id, [...(arrived.get(id) ?? []), one]);
  }
  for (const [id, at, state] of owed) {
    if (!arrived.has(id) || at === '' || state !== 'done') wrong.push(`mail ${id} is ${state}, arrived ${arrived.get(id)?.length ?? 0} times`);
  }
  let explained = 0;
  for (const [id, times] of arrived) {
    for (let n = 1; n < times.length; n += 1) {
      const [before, after] = [times[n - 1], times[n]];
      if (life(after) > life(before) && ends[life(before)] - before.at <= WINDOW) explained += 1;
      else wrong.push(`mail ${id} arrived again without a kill right after the first time: ${times.map((one) => `${life(one)} at ${one.at}`)}`);
    }
  }
  const history = verifyHistory();
  if (!(Number.parseInt(history, 10) >= filed.length)) wrong.push(`verify-history did not look at all incidents: ${history}`);
  process.stdout.write(`
${database.split(':')[0]}: killed ${killed} times
${sent} forms sent, ${resent} of them again because there was no answer
${filed.length} incidents acknowledged, ${written.length} messages acknowledged
${owed.length} mails owed, ${arrived.size} arrived, ${explained} again: taken just before a kill, and not recorded yet
${history}`);
} catch (error) {
  wrong.push(error.stack);
} finally {
  over = true;
  up = true;
  portal?.kill('SIGTERM');
  mail.server.removeAllListeners('exit');
  mail.server.kill();
}
if (wrong.length > 0) {
  process.stderr.write(`\nWRONG (${wrong.length}), the log is ${folder}/portal.log\n${wrong.slice(0, 20).join('\n')}\n`);
  process.exit(1);
}
fs.rmSync(folder, { recursive: true, force: true });
process.stdout.write('Nothing is lost.\n');
process.exit(0);
