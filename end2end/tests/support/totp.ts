// The codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds.
import { createHmac } from 'node:crypto';

const STEP = 30_000;

function bytes(base32: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let [bits, held] = [0, 0];
  const found: number[] = [];
  for (const letter of base32.replace(/[\s=]/g, '').toUpperCase()) {
    held = (held << 5) | alphabet.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      found.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return Buffer.from(found);
}

/** The code that an app with this secret shows, so many steps of half a minute from now; one step away is taken as well. */
export function totp(secret: string, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + steps));
  const hash = createHmac('sha1', bytes(secret)).update(counter).digest();
  const at = hash[hash.length - 1] & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
