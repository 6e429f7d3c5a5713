// A provider of single sign-on for the browser tests: whoever comes says which e-mail address is theirs, and whether it is
// verified. It is reached by another host name than the portal, so that the way back crosses sites as it really does.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

/** How the portal names its two entries of the provider: one for a customer, and one that is the vendor's own. */
const ENTRIES = [
  { id: 'sample', name: '"Sample ID"', more: 'domains = ["cascade.example"]\n' },
  { id: 'vendor', name: '{ en = "Vendor ID", ko = "벤더 ID" }', more: 'vendor = true\ndomains = ["interactor.example"]\n' },
];
const UNVERIFIED = 'unverified ';

/** What it knows is gone when it stops. Under a name of its own, since the library warns of its own. */
class Memory extends MemoryAdapter {}

/** Starts the provider for the portal at an address; gives the portal's file about it, and the function that stops it. */
export async function startProvider(portal) {
  const server = http.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${server.address().port}`;
  const secret = randomBytes(24).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    adapter: Memory,
    clients: [
      {
        client_id: 'portal',
        client_secret: secret,
        redirect_uris: ENTRIES.map(({ id }) => `${portal}/sso/${id}/callback`),
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: [randomBytes(24).toString('hex')] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/login/${uid}` },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        email: accountId.replace(UNVERIFIED, ''),
        email_verified: !accountId.startsWith(UNVERIFIED),
      }),
    }),
    // Nobody is asked whether the portal may know.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  const rest = provider.callback();
  server.on('request', (request, response) => {
    if (request.url.startsWith('/login/')) logIn(provider, request, response).catch((error) => response.destroy(error));
    else rest(request, response);
  });
  const file = ENTRIES.map(
    ({ id, name, more }) =>
      `[[provider]]\nid = "${id}"\nname = ${name}\nissuer = "${issuer}"\nclient_id = "portal"\n` +
      `client_secret = "${secret}"\n${more}`,
  ).join('\n');
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { file, stop };
}

/** The provider's own page: an address, whether it is verified, and a way out. */
async function logIn(provider, request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!DOCTYPE html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><h1>Provider</h1><form method="post">
<p><label>Address <input name="email"></label></p>
<p><label><input type="checkbox" name="verified" checked> Verified</label></p>
<p><button name="do" value="go">Continue</button> <button name="do" value="cancel">Cancel</button></p></form>`);
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const values = new URLSearchParams(body);
  const account = (values.has('verified') ? '' : UNVERIFIED) + values.get('email');
  const result =
    values.get('do') === 'go'
      ? { login: { accountId: account } }
      : { error: 'access_denied', error_description: 'What the provider says of it' };
  await provider.interactionFinished(request, response, result);
}
