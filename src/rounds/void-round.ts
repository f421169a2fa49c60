import { revealSeed } from '../fairness/seed.ts';
import { displayOf } from '../games/andar-bahar/cards.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import { type Minor, minor } from '../money.ts';
import { countVoidedRound } from '../statistics/record-statistics.ts';
import { LINES_MAX, type PositionId, SYSTEM } from '../wallet/command.ts';
import { type BookPosition, findBook, positionsOf } from '../wallet/reads.ts';
import { insist } from './insist.ts';
import { type LiveRound, type RoundDeps, roundKey } from './live-round.ts';
import { finishVoid } from './void-store.ts';
import { cardsSoFar, storeRoot } from './windows.ts';

/** A round that was taken back: everybody has their stake again. */
export interface VoidedRound {
  readonly roundId: RoundId;
  readonly tableId: TableId;
  /** Whoever had a bet in it. */
  readonly players: readonly UserId[];
  readonly refunded: Minor;
  /** What each of them got back just now; nobody where it had been finished before. */
  readonly returned: ReadonlyMap<UserId, Minor>;
  /** Of who asked for it first; null where it had been finished before. */
  readonly reason: string | null;
  readonly at: Date;
}

/**
 * Shuts the book for good: no bet, no undo, no card from here on. Whatever interrupts the rest, it is finished as a
 * void. Throws where the first window has closed before (DESIGN 5); the mailbox's order decides that.
 */
export async function beginVoid(deps: RoundDeps, live: LiveRound): Promise<void> {
  await voidChunk(deps, live, [], false);
}

/**
 * Gives back what is at stake on a shut book, then publishes seed, roots and what would have come of it. Every step may
 * be repeated after a crash.
 */
export async function finishVoidedRound(deps: RoundDeps, live: LiveRound): Promise<VoidedRound> {
  const { database, clock } = deps;
  const { roundId, tableId } = live;
  const shut = live.roots.length === 0 ? await storeRoot(deps, live, 1) : live;
  const open = await giveBack(deps, shut);
  const positions = await positionsOf(database, live.book);
  const byPlayer = Map.groupBy(positions, ({ owner }) => owner);
  const refunded = positions.reduce((sum, { stake }) => sum + stake, 0n) as Minor;
  const players = [...byPlayer].map(([userId, own]) => ({ userId, bets: own.map(({ id }) => id) }));
  const at = new Date(clock.now());
  const serverSeed = revealSeed(live.seed);
  const jokerCard = displayOf(cardsSoFar(shut).joker);
  const reason = await database.transaction(async (transaction) => {
    const round = { roundId, tableId, book: live.book, jokerCard, serverSeed, at };
    const given = await finishVoid(transaction, round, { refunded, bets: positions.length }, players);
    if (given !== null) await countVoidedRound(transaction, tableId, at);
    return given;
  });
  const returned = new Map<UserId, Minor>();
  for (const { owner, stake } of open) returned.set(owner, minor((returned.get(owner) ?? 0n) + stake));
  return { roundId, tableId, players: players.map(({ userId }) => userId), refunded, returned, reason, at };
}

/** Answers what was open. */
async function giveBack(deps: RoundDeps, live: LiveRound): Promise<readonly BookPosition[]> {
  const book = await findBook(deps.database, live.book);
  if (book?.state === 'voided') return [];
  const open = (await positionsOf(deps.database, live.book)).filter(({ outcome }) => outcome === null);
  const ids = open.map(({ id }) => id);
  const chunks: (readonly PositionId[])[] = [];
  for (let from = 0; from < ids.length; from += LINES_MAX) chunks.push(ids.slice(from, from + LINES_MAX));
  const last = chunks.pop() ?? [];
  for (const chunk of chunks) await voidChunk(deps, live, chunk, false);
  await voidChunk(deps, live, last, true);
  return open;
}

async function voidChunk(deps: RoundDeps, live: LiveRound, positions: readonly PositionId[], last: boolean) {
  const { book, epoch } = live;
  const key = roundKey(live, 'void', positions[0] ?? 0, last ? 'last' : 'more');
  const request = `${positions.join()}|${last}`;
  const command = { kind: 'void', origin: SYSTEM, key, request, book, epoch, positions, last } as const;
  await insist(deps.wallet, deps.clock, command, deps.signal);
}
