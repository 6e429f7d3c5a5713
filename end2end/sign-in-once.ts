// Signs the sample administrator in once for all tests: a code of an authenticator app counts only once, and there is a new
// one only every half minute.
import fs from 'node:fs';
import path from 'node:path';
import { address } from './serve.mjs';
import { INES, kept } from './tests/support/people';
import { totp } from './tests/support/totp';

export default async function signInOnce() {
  const cookies = new Map<string, string>();
  const post = async (to: string, fields: Record<string, string>) => {
    const answer = await fetch(`${address}${to}`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        origin: address,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body: new URLSearchParams(fields),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer.headers.get('location');
  };
  const end = Date.now() + 90_000;
  // Against a portal that runs already, the present code may be used up.
  for (let signedIn = false; !signedIn; ) {
    await post('/sign-in', { email: INES.email, password: INES.password, next: '/' });
    const to = await post('/sign-in/code', { code: totp(INES.totp ?? '', 1) });
    signedIn = to === '/';
    if (!signedIn && Date.now() > end) throw new Error(`${INES.email} cannot sign in`);
    if (!signedIn) await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  fs.writeFileSync(kept, JSON.stringify([...cookies].map(([name, value]) => ({ name, value, url: address }))));
}
