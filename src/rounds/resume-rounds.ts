import { openSeed } from '../fairness/sealed-seed.ts';
import { commitmentOf } from '../fairness/seed.ts';
import { deterministicKey, type TableId } from '../ids.ts';
import { SYSTEM } from '../wallet/command.ts';
import { acceptedKeys, findBook, lastBatch } from '../wallet/reads.ts';
import { completeRound, publishResult, type Tell } from './complete-round.ts';
import { insist } from './insist.ts';
import { type LiveRound, payTableOf, type RoundDeps } from './live-round.ts';
import { finishEmptyBook } from './payouts.ts';
import { abandonRound, closedWindows, type UnfinishedRound, unfinishedRounds } from './store.ts';
import { finishVoidedRound, type VoidedRound } from './void-round.ts';
import { cardsSoFar, closeWindow, storeRoot } from './windows.ts';

type Book = NonNullable<Awaited<ReturnType<typeof findBook>>>;

/** Who hears of a round that is finished late. */
interface People {
  readonly tell: Tell;
  readonly voided: (round: VoidedRound) => Promise<void>;
}

const NOBODY: People = { tell: async () => new Set(), voided: async () => undefined };

/**
 * Finishes the rounds that a crash has left open (DESIGN 5), at all tables or at one; run it before its room takes
 * bets. Nothing is voided: an open window is closed with the bets it has, the cards follow from the stored seed and the
 * roots, everybody is paid. Windows that were never opened stay closed. A round without bets is abandoned. Only a void
 * that had begun is finished as one.
 */
export async function resumeRounds(deps: RoundDeps, tableId?: TableId, people: People = NOBODY): Promise<void> {
  for (const round of await unfinishedRounds(deps.database, tableId)) {
    const status = await resumeRound(deps, round, people);
    deps.observer?.ended(round.tableId, status);
    deps.log.info({ roundId: round.roundId, tableId: round.tableId, status }, 'finished a round that was left open');
  }
}

async function resumeRound(
  deps: RoundDeps,
  round: UnfinishedRound,
  people: People,
): Promise<'settled' | 'abandoned' | 'voided'> {
  const { database, clock } = deps;
  const book = await findBook(database, round.book);
  if (book === null) {
    await abandonRound(database, round.roundId, new Date(clock.now()));
    return 'abandoned';
  }
  const live = await claim(deps, round, book);
  if (book.state === 'voiding' || book.state === 'voided') {
    await people.voided(await finishVoidedRound(deps, live));
    return 'voided';
  }
  const closed = await closeBook(deps, live);
  if ((await acceptedKeys(database, live.book, await lastBatch(database, live.book))).length === 0) {
    await finishEmptyBook(deps, closed);
    await abandonRound(database, round.roundId, new Date(clock.now()));
    return 'abandoned';
  }
  const dealt = await dealOn(deps, closed);
  const deal = cardsSoFar(dealt);
  if (!deal.outcome) throw new Error(`round ${round.roundId} ended without a winner`);
  await publishResult(deps, dealt, deal, deal.outcome);
  await completeRound(deps, dealt, deal.outcome, people.tell);
  return 'settled';
}

/** From here on nobody else can go on with this round. A finished book is out of the wallet's hands already. */
async function claim(deps: RoundDeps, round: UnfinishedRound, book: Book): Promise<LiveRound> {
  const { roundId, tableId, roundNumber, book: id } = round;
  const seed = openSeed(deps.sealingKey, roundId, round.sealedSeed);
  const roots = (await closedWindows(deps.database, roundId)).map(({ root }) => root);
  const table = payTableOf(round.payTable);
  const live = { roundId, tableId, roundNumber, book: id, table, seed, commitment: commitmentOf(seed), roots };
  if (book.state === 'settled' || book.state === 'voided') return { ...live, epoch: book.epoch };
  const key = deterministicKey(roundId, 'claim', book.epoch);
  const command = { kind: 'claimBook', origin: SYSTEM, key, request: roundId, book: id } as const;
  const { epoch } = await insist(deps.wallet, deps.clock, command, deps.signal);
  return { ...live, epoch };
}

/** Closes the window that is open, and makes the root of the last one that was. */
async function closeBook(deps: RoundDeps, live: LiveRound): Promise<LiveRound> {
  const book = await findBook(deps.database, live.book);
  if (book === null) throw new Error(`book ${live.book} is gone`);
  if (book.state === 'open') return closeWindow(deps, live, book.window);
  return live.roots.length < book.window ? storeRoot(deps, live, book.window) : live;
}

/** Goes on to the result: the windows that are left get their roots, over the bets there are. */
async function dealOn(deps: RoundDeps, live: LiveRound): Promise<LiveRound> {
  if (cardsSoFar(live).outcome || live.roots.length === live.table.windows.length) return live;
  return dealOn(deps, await storeRoot(deps, live, live.roots.length + 1));
}
