import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { counts } from '../backoffice/house.ts';
import { type SymbolId, type UserId, uuid7 } from '../ids.ts';
import { hasTickOfAnother, lastLoggedTick } from '../market/tick-store.ts';
import { toWire } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { DeskContext } from './context.ts';
import { patience } from './deps.ts';
import { type DeskId, targetOfDesk } from './desk-row.ts';
import { lockDesk } from './desk-store.ts';
import type { TradeDesk } from './trade-desk.ts';
import {
  type ConfirmedVoid,
  confirmVoid,
  insertVoid,
  isOpenAtOthers,
  lockVoid,
  openMargins,
  recordVoided,
  renewVoid,
  unfinishedVoids,
} from './void-store.ts';

/** Without a price for so long a symbol may be given up: a pause of the exchange is none. Of each feed by itself. */
const SILENT_MS = 3_600_000;
/** So long a wish waits for a second person: all ticks since then are looked at, while the desk is locked. */
const STANDS_MS = 24 * 3_600_000;

export interface VoidAct {
  readonly desk: DeskId;
  readonly symbol: SymbolId;
  readonly reason: string;
  readonly by: UserId;
  readonly at: Date;
}

/** How many people want it: with the second it is done. */
export interface AskedVoid {
  readonly confirmations: 1 | 2;
}

/**
 * All open trades of a symbol undone, their margins given back whole: asked for by one person, done with another.
 * INVALID_REQUEST where the symbol has had a price within the last hour; SAME_PERSON; ALREADY_DECIDED while it is done.
 * Where another feed was put in the place of theirs its prices end none of them: it is the silence of their own that
 * counts, and what is open at the prices that come is spared.
 */
export async function askForSymbolVoid(tx: Queries, act: VoidAct): Promise<Done<AskedVoid> | Refusal> {
  const { desk, symbol, reason, by, at } = act;
  // One after the other: of two at once the second confirms what the first has asked for.
  await lockDesk(tx, desk);
  const since = at.getTime() - SILENT_MS;
  const last = await lastLoggedTick(tx, symbol);
  const sparedFeed = last !== null && last.at > since ? last.feedId : null;
  const isHeard =
    sparedFeed !== null &&
    (!(await isOpenAtOthers(tx, desk, symbol, sparedFeed)) || (await hasTickOfAnother(tx, symbol, sparedFeed, since)));
  if (isHeard) return refuse('INVALID_REQUEST', 'This symbol has had a price within the last hour.');
  const spares = sparedFeed === null ? {} : { sparedFeed };
  const entry = { target: `${targetOfDesk(desk)}:${symbol}`, reason, after: { askedBy: by, ...spares } };
  const asked = await lockVoid(tx, desk, symbol);
  const wish = { reason, by, at, sparedFeed };
  if (asked === null) {
    await insertVoid(tx, { id: uuid7(at.getTime()), desk, symbol, ...wish });
    return { answer: { confirmations: 1 }, entry: { ...entry, action: 'desk.void.ask', before: { askedBy: null } } };
  }
  if (asked.confirmedAt !== null) return refuse('ALREADY_DECIDED');
  const { askedBy } = asked;
  // There have been prices since: what was asked for then was about another silence.
  const isAnother =
    asked.sparedFeed !== sparedFeed ||
    asked.askedAt.getTime() < at.getTime() - STANDS_MS ||
    (await hasTickOfAnother(tx, symbol, sparedFeed, asked.askedAt.getTime()));
  if (!isAnother && askedBy === by) return refuse('SAME_PERSON');
  if (isAnother || !(await counts(tx, { by: askedBy, at: asked.askedAt }))) {
    await renewVoid(tx, asked.id, wish);
    return { answer: { confirmations: 1 }, entry: { ...entry, action: 'desk.void.ask', before: { askedBy } } };
  }
  await confirmVoid(tx, asked.id, by, at);
  const { trades, margins } = await openMargins(tx, desk, symbol, sparedFeed);
  const [before, after] = [
    { askedBy, confirmedBy: null },
    { askedBy, confirmedBy: by, trades, ...spares },
  ];
  return {
    answer: { confirmations: 2 },
    entry: { ...entry, action: 'desk.void', before, after, amount: toWire(margins) },
  };
}

/**
 * Gives back what two people have decided to. It may be cut off anywhere, and be repeated; one that fails, or takes its
 * time, is left to the next sweep.
 */
export async function finishVoids(context: DeskContext, trades: TradeDesk): Promise<void> {
  const { database, desk, log, signal } = context;
  for (const found of await unfinishedVoids(database, desk().id)) {
    if (signal.aborted) return;
    await finishVoid(context, trades, found).catch((error: unknown) => {
      log.error({ err: error, symbol: found.symbol }, 'a void is left to the next sweep');
    });
  }
}

/** What has been opened since it was decided is none of it: there have been prices again. */
async function finishVoid(context: DeskContext, trades: TradeDesk, found: ConfirmedVoid) {
  const { symbol, confirmedAt, sparedFeed } = found;
  const { database, desk, clock, log } = context;
  const limit = patience(context);
  const overdue = new Promise<void>((resolve) => limit.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([trades.voidAll(symbol, confirmedAt, sparedFeed), overdue]);
  if (!(await recordVoided(database, desk().id, found, new Date(clock.now())))) {
    log.warn({ symbol }, 'not all margins of a voided symbol are back; the sweep goes on');
  }
}
