import type { SymbolId } from '../../ids.ts';
import type { Price } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';

/** One tick of a feed: what a trade was opened or closed at, kept with it so that anybody can look it up (S4-53). */
export interface Quote {
  readonly symbol: SymbolId;
  readonly price: Price;
  /** When it was the price, epoch milliseconds. */
  readonly at: number;
  /** Its number in the feed: of two ticks of one time the higher is the later. */
  readonly seq: number;
  readonly feedId: string;
}

/** A player who saw a price longer ago than this wants another one. */
const SEEN_AT_MOST_MS_AGO = 2_000;

/**
 * Whether there is a price to trade on at `now`: STALE_PRICE where there is none yet, where it is older than `maxAgeMs`
 * (S4-53), and where the player says to have seen the price more than 2 s ago (`quotedAt`, epoch milliseconds).
 */
export function freshQuote(
  quote: Quote | undefined,
  maxAgeMs: number,
  quotedAt: number | undefined,
  now: number,
): { readonly ok: true; readonly quote: Quote } | Refusal {
  if (quote === undefined) return refuse('STALE_PRICE', 'There is no price at the moment.');
  if (now - quote.at > maxAgeMs) return refuse('STALE_PRICE');
  if (quotedAt !== undefined && now - quotedAt > SEEN_AT_MOST_MS_AGO) {
    return refuse('STALE_PRICE', 'The price you saw is too old to trade on.');
  }
  return { ok: true, quote };
}

/**
 * Whether one price goes on where the other was. Feeds have nothing to do with each other: a simulated 42,000 and an
 * exchange's 100,000 are both Bitcoin, and no gain. A feed keeps its id over days and starts.
 */
export function isOfOneFeed(one: Pick<Quote, 'feedId'>, other: Pick<Quote, 'feedId'>): boolean {
  return one.feedId === other.feedId;
}

/** The order of ticks: by time, then by number. */
export function isLater(quote: Quote, than: Quote): boolean {
  return quote.at > than.at || (quote.at === than.at && quote.seq > than.seq);
}
