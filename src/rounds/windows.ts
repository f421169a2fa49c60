import { dealFromSeed } from '../fairness/andar-bahar.ts';
import { keyHash, merkleRoot } from '../fairness/merkle.ts';
import { displayOf } from '../games/andar-bahar/cards.ts';
import type { Deal } from '../games/andar-bahar/deal.ts';
import { SYSTEM } from '../wallet/command.ts';
import { acceptedKeys, lastBatch } from '../wallet/reads.ts';
import { insist } from './insist.ts';
import { type LiveRound, type RoundDeps, roundKey } from './live-round.ts';
import { insertWindow, updateWindow } from './store.ts';

/**
 * Ends a window and makes the root of its step, in the order that fairness rests on (DESIGN 5): the wallet has closed
 * the window, so no bet can follow; the players' keys are read from the ledger; the root is stored; only then can a
 * card of the step be computed. A joker that was bet on is stored together with its root.
 */
export async function closeWindow(deps: RoundDeps, live: LiveRound, window: number): Promise<LiveRound> {
  await insist(
    deps.wallet,
    deps.clock,
    {
      kind: 'closeWindow',
      origin: SYSTEM,
      key: roundKey(live, 'close', window),
      request: `${live.roundId}|${window}|${live.epoch}`,
      book: live.book,
      epoch: live.epoch,
      window,
    },
    deps.signal,
  );
  return storeRoot(deps, live, window);
}

/** The second half of `closeWindow`, for a window that was closed already, or never opened. */
export async function storeRoot(deps: RoundDeps, live: LiveRound, window: number): Promise<LiveRound> {
  const { database, clock } = deps;
  const last = await lastBatch(database, live.book);
  const keys = await acceptedKeys(database, live.book, last);
  const root = merkleRoot(keys.map(({ key }) => keyHash(key)));
  const { roundId } = live;
  const next = { ...live, roots: [...live.roots, root] };
  const jokerCard = displayOf(cardsSoFar(next).joker);
  await insertWindow(database, { roundId, window, root, lastBatch: last, closedAt: new Date(clock.now()), jokerCard });
  return next;
}

/** Every card up to the step of the last root. Throws while nobody can know the joker: it has a window to wait for. */
export function cardsSoFar(live: LiveRound): Deal {
  const deal = dealFromSeed(live);
  if (deal === undefined) throw new Error(`round ${live.roundId}: the joker is not drawn before its window is closed`);
  return deal;
}

/** Opens the next window for bets until `bettingEndsAt`. */
export async function openWindow(
  deps: RoundDeps,
  live: LiveRound,
  window: number,
  bettingEndsAt: number,
): Promise<void> {
  await insist(
    deps.wallet,
    deps.clock,
    {
      kind: 'openWindow',
      origin: SYSTEM,
      key: roundKey(live, 'window', window),
      request: `${live.roundId}|${window}|${live.epoch}`,
      book: live.book,
      epoch: live.epoch,
      window,
    },
    deps.signal,
  );
  await updateWindow(deps.database, live.roundId, window, new Date(bettingEndsAt));
}
