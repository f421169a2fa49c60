import type { Role } from '../accounts/identity.ts';
import { minor, toWire } from '../money.ts';

/** The people of the demo (PROTOCOL, Accounts). Anybody may read their password here: they exist in no other mode. */

export const DEMO_PASSWORD = 'croupier-demo';

/** What every player begins with, in minor units. Play money. */
export const WELCOME = minor(100_000);

/** partner1's, who brought player1 to player5. */
export const REFERRAL_CODE = 'PARTNER1';

export interface DemoPerson {
  readonly username: string;
  readonly role: Role;
  readonly referred: boolean;
}

export const DEMO_PARTNER: DemoPerson = { username: 'partner1', role: 'PARTNER', referred: false };

/** Who sets up what people of the house need two for. */
export const DEMO_MASTER = 'master1';

/** Everybody else. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ username: `player${n}`, role: 'PLAYER', referred: n <= 5 }) as const),
  { username: 'collector1', role: 'COLLECTOR', referred: false },
  { username: 'admin1', role: 'ADMIN', referred: false },
  { username: 'admin2', role: 'ADMIN', referred: false },
  { username: DEMO_MASTER, role: 'MASTER', referred: false },
];

/** What the bots are called: `bot1`, `bot2` and so on. */
export function botName(number: number): string {
  return `bot${number}`;
}

/** Whether a name is a bot's, now or when there are more of them. Nobody else may register it in a demo. */
export function isBotName(username: string): boolean {
  return /^bot[0-9]+$/i.test(username);
}

/** What the page tells a newcomer about the demo. */
export interface DemoFacts {
  /** Whom to log in as. */
  readonly username: string;
  readonly password: string;
  /** All whom one may log in as, in words. */
  readonly accounts: string;
  readonly bots: number;
  /** What a new account begins with, in minor units. */
  readonly welcome: number;
}

export function demoFacts(bots: number): DemoFacts {
  const accounts = 'player1 to player9';
  return { username: 'player1', password: DEMO_PASSWORD, accounts, bots, welcome: toWire(WELCOME) };
}
