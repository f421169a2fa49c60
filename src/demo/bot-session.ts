import type { Accounts } from '../accounts/accounts.ts';
import type { SignedIn } from '../accounts/sign-ins.ts';
import type { UserId } from '../ids.ts';
import { isRefusal } from '../refusal.ts';

export type BotAccounts = Pick<Accounts, 'register' | 'login' | 'refresh'>;

/** A token that ends this soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

/** How a bot is known in the list of its sessions. */
const CLIENT = { ip: '127.0.0.1', userAgent: 'croupier demo bot' };

/** A bot's way in: registers the first time, signs in later, renews its tokens. */
export interface BotSession {
  /** Throws when it is refused; ask again later. */
  signIn(): Promise<{ readonly userId: UserId; readonly accessToken: string }>;
}

/**
 * Asks the accounts and not the server's HTTP: bots share an address with whoever tries the demo, and must not use up
 * its allowance of sign-ins, least of all when somebody else has their name.
 */
export function createBotSession(accounts: BotAccounts, username: string, password: string): BotSession {
  let held: { signedIn: SignedIn; endsAt: number } | undefined;

  async function enter(): Promise<SignedIn> {
    const renewed = held && (await accounts.refresh(held.signedIn.refreshToken, CLIENT));
    held = undefined;
    if (renewed?.ok) return renewed;
    const known = await accounts.login(username, password, CLIENT);
    if (known.ok) return known;
    const answer = known.code === 'UNAUTHORIZED' ? await accounts.register({ username, password }, CLIENT) : known;
    if (isRefusal(answer)) throw new Error(`${username} was refused: ${answer.code}`);
    return answer;
  }

  return {
    async signIn() {
      if (held === undefined || Date.now() > held.endsAt - RENEW_BEFORE_MS) {
        const signedIn = await enter();
        held = { signedIn, endsAt: Date.now() + signedIn.expiresIn * 1000 };
      }
      return { userId: held.signedIn.user.id, accessToken: held.signedIn.accessToken };
    },
  };
}
