import { type AndarBaharState, SideTotals } from '../schema/andar-bahar.ts';
import { revealSeed } from '../src/fairness/seed.ts';
import { displayOf } from '../src/games/andar-bahar/cards.ts';
import { betTypesOf } from '../src/games/andar-bahar/pay-table.ts';
import { type Minor, toWire, ZERO } from '../src/money.ts';
import type { Bet } from '../src/rounds/betting.ts';
import type { TableMoment } from '../src/rounds/table.ts';

export const RECENT_WINNERS = 20;

/** Brings the state that everybody sees up to the table's. A new round begins with empty sides and sums. */
export function showMoment(state: AndarBaharState, { round, live, settings }: TableMoment): void {
  state.variant = settings.table.id;
  state.currency = settings.currency;
  state.minBet = settings.minBet;
  state.maxBet = settings.maxBet;
  state.maxPlayerStake = settings.maxPlayerStake ?? ZERO;
  state.paused = settings.paused;
  state.phase = round.phase;
  layOutSides(state, betTypesOf(settings.table));
  state.bettingEndsAt = round.phase === 'betting' ? round.bettingEndsAt : 0;
  if (round.phase === 'idle' || live === null) {
    state.bettingWindow = 0;
    return;
  }
  if (state.roundId !== live.roundId) clearTable(state);
  state.roundId = live.roundId;
  state.roundNumber = live.roundNumber;
  state.bettingWindow = round.bettingWindow;
  state.commitment = live.commitment;
  state.jokerCard = round.deal ? displayOf(round.deal.joker) : '';
  layCards(state.andarCards, (round.deal?.andarCards ?? []).map(displayOf));
  layCards(state.baharCards, (round.deal?.baharCards ?? []).map(displayOf));
  if (round.phase === 'voided') showVoid(state, revealSeed(live.seed));
  if (round.phase !== 'settled' || state.winningSide !== '') return;
  state.winningSide = round.outcome.winner;
  state.serverSeed = revealSeed(live.seed);
  addWinner(state, round.outcome.winner);
}

/**
 * Counts a bet that was just accepted into the sums of its round; `sign` −1 takes one out that was undone (S0-21).
 * `players` is how many different ones have a bet on its side now.
 */
export function countBet(state: AndarBaharState, bet: Bet, sign: 1 | -1, players: number): void {
  if (state.roundId !== bet.roundId) return;
  const amount = BigInt(sign * bet.amount);
  if (bet.betSide === 'andar') state.totalAndarBets = (state.totalAndarBets + amount) as Minor;
  if (bet.betSide === 'bahar') state.totalBaharBets = (state.totalBaharBets + amount) as Minor;
  state.totalBetAmount = (state.totalBetAmount + amount) as Minor;
  state.totalBets += sign;
  const side = state.sides.get(bet.betSide);
  if (side === undefined) return;
  side.amount = (side.amount + amount) as Minor;
  side.bets += sign;
  side.players = players;
}

export function addWinner(state: AndarBaharState, winner: string): void {
  state.recentWinners.push(winner);
  while (state.recentWinners.length > RECENT_WINNERS) state.recentWinners.shift();
}

/** `game-state`: the same as one message (S0-77). Amounts are integers there, for JSON has no bigint. */
export function wireState(state: AndarBaharState) {
  const { tableId, variant, currency, phase, roundId, roundNumber, bettingWindow, bettingEndsAt, jokerCard } = state;
  const { winningSide, totalBets, commitment, serverSeed, paused } = state;
  return {
    ...{ tableId, variant, currency, phase, roundId, roundNumber, bettingWindow, bettingEndsAt, jokerCard },
    ...{ winningSide, totalBets, commitment, serverSeed, paused },
    andarCards: [...state.andarCards],
    baharCards: [...state.baharCards],
    recentWinners: [...state.recentWinners],
    totalAndarBets: toWire(state.totalAndarBets),
    totalBaharBets: toWire(state.totalBaharBets),
    totalBetAmount: toWire(state.totalBetAmount),
    sides: Object.fromEntries([...state.sides].map(([betSide, totals]) => [betSide, wireSide(totals)])),
    minBet: toWire(state.minBet),
    maxBet: toWire(state.maxBet),
    maxPlayerStake: toWire(state.maxPlayerStake),
  };
}

function wireSide({ amount, bets, players }: SideTotals) {
  return { amount: toWire(amount), bets, players };
}

/** A place for every bet side of the table, whose pay table may be another one than in the round before. */
function layOutSides(state: AndarBaharState, betSides: readonly string[]): void {
  for (const betSide of [...state.sides.keys()]) if (!betSides.includes(betSide)) state.sides.delete(betSide);
  for (const betSide of betSides) if (!state.sides.has(betSide)) state.sides.set(betSide, new SideTotals());
}

/** Nothing is at stake any more, and the seed is no secret. */
function showVoid(state: AndarBaharState, seed: string): void {
  clearTable(state);
  state.serverSeed = seed;
}

function clearTable(state: AndarBaharState): void {
  state.andarCards.clear();
  state.baharCards.clear();
  state.winningSide = '';
  state.serverSeed = '';
  state.totalAndarBets = ZERO;
  state.totalBaharBets = ZERO;
  state.totalBetAmount = ZERO;
  state.totalBets = 0;
  for (const side of state.sides.values()) {
    side.amount = ZERO;
    side.bets = 0;
    side.players = 0;
  }
}

function layCards(shown: AndarBaharState['andarCards'], dealt: readonly string[]): void {
  for (const card of dealt.slice(shown.length)) shown.push(card);
}
