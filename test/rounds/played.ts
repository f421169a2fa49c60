import assert from 'node:assert/strict';
import { parseCard } from '../../src/games/andar-bahar/cards.ts';
import { dealCardsFrom, type Outcome } from '../../src/games/andar-bahar/deal.ts';
import { selectionOf } from '../../src/games/andar-bahar/selection.ts';
import { addGame, type Game } from '../../src/games/andar-bahar/store.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { completeRound, publishResult, type RoundResult, type Tell } from '../../src/rounds/complete-round.ts';
import { type LiveRound, openRound, type RoundDeps, settingsOf } from '../../src/rounds/live-round.ts';
import { closeWindow } from '../../src/rounds/windows.ts';
import { LINES_MAX } from '../../src/wallet/command.ts';
import { quickTable } from '../journeys/support.ts';
import { newKey } from '../wallet/fixture.ts';
import { newTableId } from './support.ts';

/** How a round shall end: nothing in the product could choose it, so a test hands it to the completion. */
export const ANDAR_WINS = outcome('K♠ | 7♥ K♦');
/** With the first card: a bet on Bahar just comes back. */
export const BAHAR_AT_ONCE = outcome('K♠ | K♦');
/** With the third card: a bet on Bahar of the first window wins. */
export const BAHAR_WINS = outcome('K♠ | 7♥ 8♥ K♦');

function outcome(text: string): Outcome {
  const [joker = '', cards = ''] = text.split(' | ');
  const deal = dealCardsFrom(parseCard(joker), 'bahar', cards.split(' ').map(parseCard));
  assert.ok(deal.outcome);
  return deal.outcome;
}

export interface Placed {
  readonly userId: UserId;
  readonly betSide: 'andar' | 'bahar';
  readonly amount: number;
  readonly undone?: boolean;
}

/** The settings of a table that takes anything. No server opens it: its rounds are the test's own. */
export async function newGame(deps: Pick<RoundDeps, 'database'>, more: Partial<Game> = {}): Promise<Game> {
  const game = {
    ...quickTable(newTableId()),
    minBet: minor(1),
    exposureCap: minor(10n ** 14n),
    enabled: false,
    ...more,
  };
  await addGame(deps.database, game, new Date());
  return game;
}

/** A round of this table with these bets in its first window, which is closed. */
export async function closedRound(deps: RoundDeps, game: Game, bets: readonly Placed[]): Promise<LiveRound> {
  return closeWindow(deps, await openedRound(deps, game, bets), 1);
}

/** The same while the window is open. */
export async function openedRound(deps: RoundDeps, game: Game, bets: readonly Placed[]): Promise<LiveRound> {
  const { live } = await openRound(deps, game, settingsOf(game));
  for (let from = 0; from < bets.length; from += LINES_MAX)
    await Promise.all(bets.slice(from, from + LINES_MAX).map((bet) => place(deps, live, bet)));
  return live;
}

async function place({ wallet }: RoundDeps, { book }: LiveRound, bet: Placed): Promise<void> {
  const { userId: origin, betSide, amount } = bet;
  const selection = selectionOf(betSide) ?? 0;
  const lines = [{ selection, amount: minor(amount), liability: minor(2 * amount) }];
  const placed = await wallet.execute({
    kind: 'stake',
    origin,
    key: newKey(),
    request: `${book}|${betSide}|${amount}`,
    book,
    window: 1,
    lines,
  });
  if (!placed.ok) assert.fail(placed.code);
  if (!bet.undone) return;
  const position = placed.seq as never;
  const undo = { kind: 'cancel', origin, key: newKey(), request: `${position}`, book, position } as const;
  assert.ok((await wallet.execute(undo)).ok);
}

const NOBODY: Tell = async () => new Set();

/** Publishes, pays, tells, and all that follows. */
export async function complete(
  deps: RoundDeps,
  live: LiveRound,
  ended: Outcome,
  tell: Tell = NOBODY,
): Promise<RoundResult> {
  const deal = { ...dealCardsFrom(ended.joker, ended.firstSide, []), outcome: ended };
  await publishResult(deps, live, deal, ended);
  return completeRound(deps, live, ended, tell);
}

/** A round from its first bet to its end. */
export async function playRound(
  deps: RoundDeps,
  game: Game,
  bets: readonly Placed[],
  ended: Outcome,
): Promise<RoundResult> {
  return complete(deps, await closedRound(deps, game, bets), ended);
}
