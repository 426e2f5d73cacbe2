// An OpenID Connect provider for tests: oidc-provider with its own sign-in pages. The first argument is JSON:
// clients, accounts (claims by the subject, which is also what is typed at its sign-in), and whatever else its configuration
// is to say. Says its issuer address once it listens.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { clients, accounts, more } = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    claims: { email: ['email', 'email_verified'], profile: ['preferred_username'] },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    ...more,
    findAccount: (_context, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.on('SIGTERM', () => process.exit(0));
