import { type Currency, formatMoney, type Minor, minor, payoutOf } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { BinaryTerms } from './binary.ts';
import { freshQuote, type Quote } from './quote.ts';

/** What the operator decides about binaries. */
export interface BinarySettings {
  readonly paused: boolean;
  readonly currency: Currency;
  readonly minStake: Minor;
  readonly maxStake: Minor;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** An older price takes no binary. */
  readonly maxPriceAgeMs: number;
  readonly terms: BinaryTerms;
}

/** From 5 seconds to an hour, stakes from ₹1 to ₹100,000. */
export const DEFAULT_BINARY_SETTINGS: Omit<BinarySettings, 'currency' | 'terms'> = {
  paused: false,
  minStake: minor(100),
  maxStake: minor(10_000_000),
  minSeconds: 5,
  maxSeconds: 3_600,
  maxPriceAgeMs: 5_000,
};

/** A binary as the player asks for it. */
export interface BinaryRequest {
  readonly stake: Minor;
  readonly expirySeconds: number;
  /** When the player saw the price, epoch milliseconds. */
  readonly quotedAt?: number | undefined;
}

export interface AcceptedBinary {
  readonly ok: true;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  readonly expiresAt: number;
  /** The most that it can pay, gross: reserved when it is opened. */
  readonly liability: Minor;
  /** What the house loses if it wins: what exposure is counted in. */
  readonly gain: Minor;
  readonly terms: BinaryTerms;
}

/**
 * Whether the rules take this binary at `now`; `quote` is the last price there is. The first that applies refuses:
 * GAME_PAUSED, INVALID_REQUEST (duration), STALE_PRICE, BELOW_MINIMUM, ABOVE_MAXIMUM. The last price is not its entry:
 * that is the first tick after `now` and after it, or whoever sees prices sooner than this server could bet on what has
 * happened.
 */
export function acceptsBinary(
  request: BinaryRequest,
  settings: BinarySettings,
  quote: Quote | undefined,
  now: number,
): AcceptedBinary | Refusal {
  if (settings.paused) return refuse('GAME_PAUSED');
  const { stake, expirySeconds, quotedAt } = request;
  const { minStake, maxStake, minSeconds, maxSeconds, currency, terms } = settings;
  if (!Number.isInteger(expirySeconds) || expirySeconds < minSeconds || expirySeconds > maxSeconds) {
    const message = `must be from ${minSeconds} to ${maxSeconds} seconds`;
    return refuse('INVALID_REQUEST', undefined, [{ path: 'expirySeconds', message }]);
  }
  const fresh = freshQuote(quote, settings.maxPriceAgeMs, quotedAt, now);
  if (!fresh.ok) return fresh;
  if (stake < minStake) return refuse('BELOW_MINIMUM', `The least stake is ${formatMoney(minStake, currency)}`);
  if (stake > maxStake) return refuse('ABOVE_MAXIMUM', `The largest stake is ${formatMoney(maxStake, currency)}`);
  const payout = payoutOf(stake, terms.payout);
  const [liability, gain] = [payout > stake ? payout : stake, minor(payout > stake ? payout - stake : 0n)];
  // Where the clock has gone back, prices of what comes now have been seen.
  const acceptedAt = Math.max(now, fresh.quote.at);
  return { ok: true, acceptedAt, expiresAt: acceptedAt + expirySeconds * 1_000, liability, gain, terms };
}

/**
 * Asked before a desk is opened. INVALID_REQUEST unless a win pays more than its stake, and at most 1.9 times the
 * stake: as a price moves by parts of itself, over a day it falls a little more often than it rises, and whoever bets
 * on that must not gain in the long run.
 */
export function judgeBinaryTerms({ payout }: BinaryTerms): { readonly ok: true } | Refusal {
  if (payout.numerator <= payout.denominator) return refuse('INVALID_REQUEST', 'A win must pay more than its stake.');
  if (payout.numerator * 10n > payout.denominator * 19n) {
    return refuse('INVALID_REQUEST', 'A win must pay at most 1.9 times its stake.');
  }
  return { ok: true };
}
