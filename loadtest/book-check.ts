import type { OwnBooks } from './own-books.ts';
import type { Session } from './session.ts';
import { readBetsAfter, readWallet, type ServerBet } from './wallet-facts.ts';

/**
 * Compares what the server acknowledged with what it has on its books: every acknowledged bet is there exactly once,
 * with its amount and its fate, nothing else is, rounds paid what they said, and the balance follows. Answers what is
 * wrong; empty when all is right.
 */
export async function checkPlayer(session: Session, books: OwnBooks): Promise<readonly string[]> {
  const bets = await readBetsAfter(session, books.lastBetBefore);
  const { total } = await readWallet(session);
  const broken = [...books.contradictions, ...compareBets(books, bets), ...comparePayouts(books, bets)];
  if (total !== books.balance) broken.push(`the wallet has ${total}, the acknowledgements say ${books.balance}`);
  return broken.map((what) => `${session.username}: ${what}`);
}

function compareBets(books: OwnBooks, bets: readonly ServerBet[]): readonly string[] {
  const broken: string[] = [];
  const found = new Map<string, ServerBet>();
  for (const bet of bets) {
    if (found.has(bet.betId)) broken.push(`bet ${bet.betId} is there twice`);
    found.set(bet.betId, bet);
    if (!books.accepted.has(bet.betId)) broken.push(`bet ${bet.betId} of ${bet.amount} was never acknowledged`);
  }
  for (const { betId, roundId, betSide, amount } of books.accepted.values()) {
    const bet = found.get(betId);
    if (bet === undefined) {
      broken.push(`bet ${betId} of ${amount} was acknowledged and is not there`);
      continue;
    }
    const isSame = bet.amount === amount && bet.betSide === betSide && bet.roundId === roundId;
    if (!isSame) broken.push(`bet ${betId} of ${amount} on ${betSide} is there as ${bet.amount} on ${bet.betSide}`);
    if ((bet.status === 'cancelled') !== books.undone.has(betId)) broken.push(`bet ${betId} is ${bet.status}`);
    if (bet.status === 'pending') broken.push(`bet ${betId} is still pending`);
  }
  return broken;
}

function comparePayouts(books: OwnBooks, bets: readonly ServerBet[]): readonly string[] {
  const paid = new Map<string, number>();
  for (const { roundId, status, payout } of bets) {
    if (status !== 'cancelled') paid.set(roundId, (paid.get(roundId) ?? 0) + payout);
  }
  return [...paid].flatMap(([roundId, payout]) => {
    const told = books.paid.get(roundId);
    // Of a round from before the test only a part of the bets is known here.
    if (told === undefined || told === payout || books.openBefore.has(roundId)) return [];
    return [`round ${roundId} paid ${payout}, the player was told ${told}`];
  });
}
