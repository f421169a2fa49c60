import { z } from 'zod';
import { WireSignedIn } from '../../schema/accounts.ts';
import type { UserId } from '../ids.ts';

const Refused = z.object({ error: z.object({ code: z.string() }) });
const REQUEST_TIMEOUT_MS = 10_000;
/** A token that ends this soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

/** A bot's way in, over HTTP like anybody's: registers the first time, signs in later, renews its tokens. */
export interface BotSession {
  /** Throws when the server cannot be reached or refuses; ask again later. */
  signIn(): Promise<{ readonly userId: UserId; readonly accessToken: string }>;
}

export function createBotSession(url: string, username: string, password: string): BotSession {
  let held: { signedIn: z.infer<typeof WireSignedIn>; endsAt: number } | undefined;
  const person = { username, password };

  async function enter() {
    if (held) {
      const renewed = await post(url, '/auth/refresh', { refreshToken: held.signedIn.refreshToken });
      if (renewed.ok) return renewed.signedIn;
      held = undefined;
    }
    // Registering first: an attempt to sign in with an unknown name would count against this address as a wrong one.
    const registered = await post(url, '/auth/register', person);
    if (registered.ok) return registered.signedIn;
    const answer = registered.code === 'INVALID_REQUEST' ? await post(url, '/auth/login', person) : registered;
    if (!answer.ok) throw new Error(`${username} was refused: ${answer.code}`);
    return answer.signedIn;
  }

  return {
    async signIn() {
      if (held === undefined || Date.now() > held.endsAt - RENEW_BEFORE_MS) {
        const signedIn = await enter();
        held = { signedIn, endsAt: Date.now() + signedIn.expiresIn * 1000 };
      }
      return { userId: held.signedIn.user.id as UserId, accessToken: held.signedIn.accessToken };
    },
  };
}

async function post(url: string, path: string, body: unknown) {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const answer: unknown = await response.json();
  if (response.ok) return { ok: true, signedIn: WireSignedIn.parse(answer) } as const;
  return { ok: false, code: Refused.safeParse(answer).data?.error.code ?? `status ${response.status}` } as const;
}
