import type { Database } from '../../db/pool.ts';
import type { PlaceBet, RepeatBets, UndoBet } from '../../schema/andar-bahar.ts';
import { type AcceptedBet, acceptsBet, acceptsUndo } from '../games/andar-bahar/accept.ts';
import { betTypesOf, windowOf } from '../games/andar-bahar/pay-table.ts';
import { betSideOf, selectionOf } from '../games/andar-bahar/selection.ts';
import type { Key, RoundId, TableId, UserId } from '../ids.ts';
import { type Minor, minor, toWire } from '../money.ts';
import { type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { POSITION_ROWS_MAX } from '../wallet/bonus.ts';
import type { Answer, Balance, BookId, PositionId, Stake, StakeLine } from '../wallet/command.ts';
import { type BookPosition, type OpenedPosition, positionsById, positionsOpenedBy } from '../wallet/reads.ts';
import { isRecorded, type RecordedRefusal } from '../wallet/verdict.ts';
import type { Wallet } from './insist.ts';
import { latestBetsOf } from './store.ts';
import type { TableMoment } from './table.ts';

export interface BettingDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly tableId: TableId;
}

/** Who bets, and what the table was like when the message came in (epoch milliseconds, the server's). */
export interface Bettor extends TableMoment {
  readonly userId: UserId;
  readonly receivedAt: number;
}

/** A bet as it is confirmed (PROTOCOL, `place-bet`). */
export interface Bet {
  readonly betId: string;
  readonly roundId: string;
  readonly betSide: string;
  readonly amount: number;
  readonly bettingWindow: number;
}

export interface Betted {
  readonly ok: true;
  readonly bets: readonly Bet[];
  /** After these bets; of a repeated request, after the first time. */
  readonly balance: Balance;
  /** The key was answered before: nothing happened now. */
  readonly duplicate: boolean;
}

/** More bets than a person makes in one window are not repeated in one go. */
const REPEATED_MAX = 100;
const NO_BOOK = 0 as BookId;

/** A stake on one side (S0-14 … S0-26). Refuses as `acceptsBet` does, then INSUFFICIENT_FUNDS, EXPOSURE_LIMIT. */
export async function placeBet(deps: BettingDeps, bettor: Bettor, message: PlaceBet): Promise<Betted | Refusal> {
  const { roundId, betSide, bettingWindow } = message;
  const amount = minor(message.amount);
  const ruled = isUnknown(bettor, roundId, betSide)
    ? refuse('INVALID_REQUEST', `This table takes no bets on ${betSide}`)
    : rule(bettor, roundId as RoundId, betSide, amount, bettingWindow);
  const request = ['place', roundId, betSide, amount, bettingWindow ?? ''].join('|');
  return stake(deps, bettor, { key: message.key as Key, roundId, request }, ruled.ok ? [ruled.line] : ruled);
}

/**
 * The bets of the last round in which the player had some at this table, as bets of the window that is open now; those
 * that it does not take are left out: a bet on the joker when that is on the table.
 */
export async function rebet(deps: BettingDeps, bettor: Bettor, message: RepeatBets): Promise<Betted | Refusal> {
  const { round, settings } = bettor;
  const bets = await positionsById(deps.database, await latestBetsOf(deps.database, deps.tableId, bettor.userId));
  const open = round.phase === 'betting' ? windowOf(settings.table, round.bettingWindow) : undefined;
  const taken = open ? bets.filter(({ selection }) => open.betTypes.includes(betSideOf(selection))) : bets;
  return repeat(deps, bettor, 'rebet', message, taken);
}

/** The player's bets of the window that is open now, once more; `own` are the player's positions of the round. */
export async function double(
  deps: BettingDeps,
  bettor: Bettor,
  message: RepeatBets,
  own: readonly PositionId[],
): Promise<Betted | Refusal> {
  const { round } = bettor;
  const bets = await positionsById(deps.database, own);
  const window = round.phase === 'betting' ? round.bettingWindow : 0;
  const current = bets.filter((bet) => bet.window === window);
  return repeat(deps, bettor, 'double', message, current);
}

/**
 * Takes a bet back within its own window. NOT_FOUND for anybody else's, BETTING_CLOSED, NOT_OPEN when it is undone,
 * EXPOSURE_LIMIT where bets on other sides could not have been taken without it.
 */
export async function undoBet(deps: BettingDeps, bettor: Bettor, message: UndoBet): Promise<Betted | Refusal> {
  const { userId, live } = bettor;
  const position = await findPosition(deps.database, Number(message.betId), userId);
  const ruling = ruleUndo(bettor, position, message.bettingWindow);
  const answer = await deps.wallet.execute({
    kind: 'cancel',
    origin: userId,
    key: message.key as Key,
    request: ['undo', message.betId, message.bettingWindow ?? ''].join('|'),
    book: live?.book ?? NO_BOOK,
    position: (position?.id ?? 0) as PositionId,
    ...(ruling && { ruling: recorded(ruling) }),
  });
  if (!answer.ok && answer.code === 'EXPOSURE_LIMIT')
    return refuse(answer.code, 'Bets on other sides rest on this one');
  if (!answer.ok) return refusalOf(answer.code, ruling);
  if (position === null) throw new Error(`an undo of ${message.betId} was accepted, but there is no such bet`);
  const { balance, duplicate } = answer;
  return { ok: true, bets: [betOf(position, position.ref)], balance, duplicate };
}

type Ruled = { readonly ok: true; readonly line: StakeLine } | Refusal;

/**
 * True where no request can ever have been taken like this one, so that it needs no place on record. Of another round
 * only the ledger knows: the table may have had another pay table then.
 */
function isUnknown({ live }: Bettor, roundId: string, betSide: string): boolean {
  if (live?.roundId !== roundId) return selectionOf(betSide) === undefined;
  return !betTypesOf(live.table).includes(betSide);
}

function rule(bettor: Bettor, roundId: RoundId, betSide: string, amount: Minor, bettingWindow?: number): Ruled {
  const { round, settings, receivedAt } = bettor;
  const ruling = acceptsBet(round, settings, { roundId, betSide, amount, bettingWindow }, receivedAt);
  if (ruling.ok) return { ok: true, line: lineOf(ruling, amount) };
  // The same bet may have been taken in another window of this round: its key must still find the first answer.
  if (ruling.code !== 'INVALID_REQUEST') return ruling;
  return refuse('BETTING_CLOSED', `There are no bets on ${betSide} in this window`);
}

function ruleUndo(bettor: Bettor, position: OpenedPosition | null, bettingWindow?: number): Refusal | null {
  const { live, round, receivedAt } = bettor;
  if (position === null) return refuse('NOT_FOUND', 'You have no such bet');
  if (live === null || live.book !== position.book || (bettingWindow ?? position.window) !== position.window) {
    return refuse('BETTING_CLOSED', 'Betting is closed');
  }
  const ruling = acceptsUndo(round, { roundId: live.roundId, bettingWindow: position.window }, receivedAt);
  return ruling.ok ? null : ruling;
}

async function repeat(
  deps: BettingDeps,
  bettor: Bettor,
  what: 'rebet' | 'double',
  { key, roundId, bettingWindow }: RepeatBets,
  bets: readonly BookPosition[],
): Promise<Betted | Refusal> {
  const earlier = bets.filter((bet) => bet.outcome !== 'cancelled');
  const lines: StakeLine[] = [];
  let refusal: Refusal | null = null;
  for (const { selection, stake: amount } of earlier) {
    const ruled = rule(bettor, roundId as RoundId, betSideOf(selection), amount, bettingWindow);
    if (ruled.ok) lines.push(ruled.line);
    else refusal ??= ruled;
  }
  if (earlier.length === 0) refusal = refuse('NOT_FOUND', 'There is no bet to repeat');
  if (earlier.length > REPEATED_MAX) refusal = refuse('ABOVE_MAXIMUM', 'These are too many bets to repeat');
  const request = [what, roundId, bettingWindow ?? ''].join('|');
  return stake(deps, bettor, { key: key as Key, roundId, request }, refusal ?? lines);
}

/**
 * One stake command. What the rules refuse goes to the wallet too: the refusal is put on record under the key, and a
 * request that was answered before gets that answer again, whatever the rules say of it now (DESIGN 3).
 */
async function stake(
  deps: BettingDeps,
  { userId, live, round }: Bettor,
  asked: { readonly key: Key; readonly roundId: string; readonly request: string },
  ruled: readonly StakeLine[] | Refusal,
): Promise<Betted | Refusal> {
  const refusal = 'ok' in ruled ? ruled : null;
  if (refusal && !isRecorded(refusal.code)) return refusal;
  const command: Stake = {
    kind: 'stake',
    origin: userId,
    key: asked.key,
    request: asked.request,
    book: live?.book ?? NO_BOOK,
    window: round.phase === 'betting' ? round.bettingWindow : 0,
    lines: 'ok' in ruled ? [] : ruled,
    ...(refusal && { ruling: recorded(refusal) }),
  };
  const answer = await deps.wallet.execute(command);
  if (!answer.ok) return refusalOf(answer.code, refusal);
  const { balance, duplicate } = answer;
  return { ok: true, bets: await betsOf(deps, command, answer, asked.roundId), balance, duplicate };
}

/** What was opened. Numbers follow from the answer, unless a stake was split over two buckets or is an earlier one. */
async function betsOf(
  { database }: BettingDeps,
  { lines, window }: Stake,
  { seq, moves, duplicate }: Extract<Answer, { ok: true }>,
  roundId: string,
): Promise<readonly Bet[]> {
  if (duplicate || moves !== lines.length) {
    return (await positionsOpenedBy(database, { seq, moves })).map((position) => betOf(position, roundId));
  }
  return lines.map(({ selection, amount }, index) =>
    betOf({ id: seq + index, selection, stake: amount, window }, roundId),
  );
}

/** A position as a bet of its round. */
export function betOf(
  { id, selection, stake: amount, window }: { id: number; selection: number; stake: Minor; window: number },
  roundId: string,
): Bet {
  return {
    betId: String(id),
    roundId,
    betSide: betSideOf(selection),
    amount: toWire(amount),
    bettingWindow: window,
  };
}

function lineOf({ selection, liability }: AcceptedBet, amount: Minor): StakeLine {
  return { selection, amount, liability };
}

async function findPosition(database: Database, seq: number, owner: UserId): Promise<OpenedPosition | null> {
  if (!Number.isSafeInteger(seq)) return null;
  const opened = await positionsOpenedBy(database, { seq, moves: POSITION_ROWS_MAX });
  return opened.find((position) => position.id === seq && position.owner === owner) ?? null;
}

function recorded({ code }: Refusal): RecordedRefusal {
  if (!isRecorded(code)) throw new Error(`${code} cannot be put on record`);
  return code;
}

/** The rules' own words where the answer is theirs; an answer from the record has only its code. */
function refusalOf(code: RefusalCode | 'BOOK_FENCED', ruling: Refusal | null): Refusal {
  if (code === ruling?.code) return ruling;
  // The largest bet is the rules' to judge; what one player may have at stake in a round is the wallet's.
  if (code === 'ABOVE_MAXIMUM') return refuse(code, 'This is more than one player may stake, at once or in one round');
  return code === 'BOOK_FENCED' ? refuse('BETTING_CLOSED') : refuse(code);
}
