// The command line of the portal that the tests look at, on its database; and the mail that it sent.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { address, servedFile } from '../../serve.mjs';

function served(): { database: string; mail: string } {
  return JSON.parse(fs.readFileSync(servedFile, 'utf8'));
}

/** Runs `portal ARGUMENTS` and gives what it printed. */
export function portal(...args: string[]): string {
  const { database } = served();
  return execFileSync(process.env.PORTAL_BIN ?? '', args, {
    encoding: 'utf8',
    env: { ...process.env, PORTAL_DATABASE_URL: database, PORTAL_ORIGIN: address },
  });
}

/** The path of the link that was printed. */
function linkIn(printed: string): string {
  const link = printed.trim().split('\n').at(-1) ?? '';
  return link.slice(address.length);
}

/** Makes an administrator of this test's own, and gives the path of their invitation. */
export function invitedAdministrator(email: string, name: string): string {
  return linkIn(portal('admin', 'create', email, '--name', name));
}

/** The path of a link to a new password. */
export function resetLink(email: string): string {
  return linkIn(portal('admin', 'reset', email));
}

/** The path of the link in a mail to this address that ends mail of its kind; empty as long as none was sent. */
export function endOfMail(email: string): string {
  const { mail } = served();
  for (const name of fs.readdirSync(mail).filter((name) => name.endsWith('.eml'))) {
    const sent = fs.readFileSync(path.join(mail, name), 'utf8');
    const [, link] = /^List-Unsubscribe:\s*<([^>]+)>/m.exec(sent) ?? [];
    if (link && sent.includes(`<${email}>`)) return link.slice(address.length);
  }
  return '';
}
