import type { Clock } from '../clock.ts';
import { deterministicKey, type UserId } from '../ids.ts';
import { INR, type Minor } from '../money.ts';
import type { WalletActor } from '../wallet/actor.ts';
import type { Adjust } from '../wallet/command.ts';
import { SYSTEM } from '../wallet/command.ts';
import { WELCOME } from './people.ts';

/** The part of the wallet actor that the demo needs. */
export type DemoWallet = Pick<WalletActor, 'execute'>;

const RETRY_MS = 200;
const ATTEMPTS = 25;
const DAY_MS = 86_400_000;

/** Credits a player's opening balance from the cashier: once in a lifetime, however often it is called. */
export async function creditWelcome(wallet: DemoWallet, clock: Clock, userId: UserId): Promise<void> {
  await credit(wallet, clock, { owner: userId, amount: WELCOME, reason: ['welcome', userId] });
}

/** A bot that has lost everything may go on tomorrow: once per bot and day (UTC), the same amount. */
export async function creditBot(wallet: DemoWallet, clock: Clock, userId: UserId): Promise<void> {
  const day = Math.floor(clock.now() / DAY_MS);
  await credit(wallet, clock, { owner: userId, amount: WELCOME, reason: ['bot-credit', userId, day] });
}

/** The key follows from the reason, so that a retry, or another start of the process, finds the first answer. */
async function credit(
  wallet: DemoWallet,
  clock: Clock,
  { owner, amount, reason }: { owner: UserId; amount: Minor; reason: readonly (string | number)[] },
): Promise<void> {
  const command: Adjust = {
    kind: 'adjust',
    origin: SYSTEM,
    key: deterministicKey(...reason),
    request: `${owner} ${INR} real ${amount}`,
    owner,
    currency: INR,
    amount,
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await wallet.execute(command);
    if (answer.ok) return;
    const passing = answer.code === 'BUSY' || answer.code === 'UNKNOWN_OUTCOME';
    if (!passing || attempt === ATTEMPTS) throw new Error(`${reason.join(' ')} was refused: ${answer.code}`);
    await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
  }
}
