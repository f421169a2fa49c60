import { z } from 'zod';
import { OwnBooks } from './own-books.ts';
import type { Session } from './session.ts';

const Wallet = z.object({ total: z.int(), version: z.int() });
const Bet = z.object({
  betId: z.string(),
  roundId: z.string(),
  betSide: z.string(),
  amount: z.int(),
  payout: z.int(),
  status: z.string(),
});
const Bets = z.object({ items: z.array(Bet), nextCursor: z.string().nullable() });

/** A bet as `GET /bets/me` has it. */
export type ServerBet = z.output<typeof Bet>;

const PAGE = 100;
const STEADY_ATTEMPTS = 50;

export async function readWallet(session: Session): Promise<z.output<typeof Wallet>> {
  return Wallet.parse(await session.get('/wallets/me'));
}

/** The own bets made after bet `lastBefore`, newest round first. */
export async function readBetsAfter(session: Session, lastBefore: number): Promise<readonly ServerBet[]> {
  const found: ServerBet[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: z.output<typeof Bets> = Bets.parse(
      await session.get(`/bets/me?limit=${PAGE}${cursor === '' ? '' : `&cursor=${cursor}`}`),
    );
    const later = page.items.filter(({ betId }) => Number(betId) > lastBefore);
    found.push(...later);
    // Numbers only grow from round to round.
    cursor = later.length === 0 ? null : page.nextCursor;
  }
  return found;
}

/** A player's books as they are now: the wallet, and what is at stake still from an earlier time. */
export async function openOwnBooks(session: Session): Promise<OwnBooks> {
  for (let attempt = 1; ; attempt++) {
    const before = await readWallet(session);
    const { items } = Bets.parse(await session.get(`/bets/me?limit=${PAGE}`));
    const { total, version } = await readWallet(session);
    if (before.version !== version) {
      if (attempt === STEADY_ATTEMPTS) throw new Error(`somebody else plays as ${session.username}`);
      continue;
    }
    const last = Math.max(0, ...items.map(({ betId }) => Number(betId)));
    const pending = items.filter(({ status }) => status === 'pending').map(({ roundId }) => roundId);
    return new OwnBooks(total, last, pending);
  }
}
