import { randomBytes } from 'node:crypto';
import { type Credential, credentialOf } from './credentials.ts';
import { callOnce, jsonPost } from './http.ts';
import { Mistake } from './mistake.ts';
import { loadPlayerName } from './names.ts';

/**
 * Registers players at a running demo, whose own wallet credits its welcome to each. `keep` is told of every one as
 * it is made. Throws a Mistake where the server does not answer, limits rates, or credits nothing.
 */
export async function seedOverHttp(
  endpoint: string,
  count: number,
  keep: (credential: Credential) => void,
): Promise<void> {
  for (let made = 0; made < count; made++) {
    const person = { username: loadPlayerName(made), password: randomBytes(24).toString('base64url') };
    const answer = await callOnce(`${endpoint}/auth/register`, jsonPost(person)).catch(() => undefined);
    if (answer === undefined) throw new Mistake(`nobody answers at ${endpoint}: start the server first`);
    if (answer.status === 429) throw new Mistake(limited(made));
    if (answer.status !== 201) throw new Mistake(`registration was refused: ${answer.status} ${answer.code}`);
    const credential = credentialOf(answer.body);
    keep(credential);
    if (made === 0) await assertCredited(endpoint, credential);
  }
}

async function assertCredited(endpoint: string, { accessToken }: Credential): Promise<void> {
  const { body } = await callOnce(`${endpoint}/wallets/me`, { headers: { Authorization: `Bearer ${accessToken}` } });
  const total = typeof body === 'object' && body !== null && 'total' in body ? Number(body.total) : 0;
  if (total > 0) return;
  throw new Mistake(
    `${endpoint} is no demo: it gives new players no money. ` +
      'Stop it, seed its database with DATABASE_URL, and start it again.',
  );
}

function limited(made: number): string {
  return (
    `${made} players were made, then the server limited the rate: it takes 30 registrations a minute from one ` +
    'address. Start it with RATE_LIMITS=false, for load tests only, and seed again.'
  );
}
