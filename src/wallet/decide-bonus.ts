import type { Currency } from '../money.ts';
import {
  ACTIVE_GRANTS_MAX,
  exposureSince,
  type Grant,
  type GrantShare,
  isActive,
  netExposure,
  type Progress,
  type Risk,
  wager,
} from './bonus.ts';
import type { EndBonus, GrantBonus } from './command.ts';
import {
  accept,
  BONUS_COST,
  type Closing,
  type Decision,
  fits,
  type GrantEnd,
  type Move,
  type PlayThrough,
  refused,
} from './decision.ts';
import { WalletMismatchError } from './mismatch.ts';
import type { Book, LedgerState, Wallet } from './state.ts';

/** Refused `SELF_EXCLUDED`, and `ABOVE_MAXIMUM` beyond what a wallet can carry. */
export function decideGrant(state: LedgerState, command: GrantBonus): Decision {
  const wallet = state.walletOf(command.owner, command.currency);
  if (state.now < wallet.excludedUntil) return refused('SELF_EXCLUDED', wallet);
  const active = wallet.grants.filter(({ status }) => status === 'active');
  if (active.length >= ACTIVE_GRANTS_MAX || !fits(wallet, command.amount)) return refused('ABOVE_MAXIMUM', wallet);
  return accept({ wallet, newGrant: command });
}

/** Refused `NOT_OPEN` where the wallet has no such active bonus, or, as expired, before its time. */
export function decideEndBonus(state: LedgerState, { owner, currency, grant: id, as }: EndBonus): Decision {
  const wallet = state.walletOf(owner, currency);
  const grant = wallet.grants.find((one) => one.id === id && one.status === 'active');
  if (grant === undefined || (as === 'expired' && isActive(grant, state.now))) return refused('NOT_OPEN', wallet);
  return accept({ wallet, ...endAll(state, wallet, [grant], as) });
}

/** Ends active bonuses; what is left of them goes back to where bonuses come from. */
export function endAll(state: LedgerState, wallet: Wallet, grants: readonly Grant[], as: GrantEnd['as']) {
  const ends = grants.map((grant): GrantEnd => ({ grant, as }));
  const moves = grants
    .filter(({ balance }) => balance > 0n)
    .map((grant): Move => {
      const legs = {
        from: wallet,
        fromBucket: 'bonus',
        to: bonusCost(state, wallet.currency),
        toBucket: 'bonus',
      } as const;
      return { ...legs, amount: grant.balance, reason: 'forfeit', position: 0, grant };
    });
  return { ends, moves } satisfies Partial<Decision>;
}

/**
 * Where a part of a bet that was made with a bonus goes to: back to the bonus; if that was played through meanwhile, it
 * is the player's real money; if it has ended otherwise, it is forfeited (DESIGN 3).
 */
export function destinationOf(state: LedgerState, wallet: Wallet, share: GrantShare) {
  const grant = grantOf(wallet, share);
  if (grant.status === 'active') return { to: wallet, toBucket: 'bonus', grant } as const;
  if (grant.status === 'completed') return { to: wallet, toBucket: 'real', grant } as const;
  return { to: bonusCost(state, wallet.currency), toBucket: 'bonus', grant, reason: 'forfeit' } as const;
}

/** Whether it does not reach the player. */
export function isForfeited(wallet: Wallet, share: GrantShare): boolean {
  const { status } = grantOf(wallet, share);
  return status !== 'active' && status !== 'completed';
}

function grantOf(wallet: Wallet, { grant: id }: GrantShare): Grant {
  const grant = wallet.grants.find((one) => one.id === id);
  // Somebody else may have closed that bet, and not told us yet that we own nothing any more.
  if (grant === undefined)
    throw new WalletMismatchError(`wallet ${wallet.id} has bets open from a bonus ${id} it lacks`);
  return grant;
}

function bonusCost(state: LedgerState, currency: Currency): Wallet {
  return state.systemWallet(BONUS_COST, currency);
}

/** A player whose play-through a settlement may count for. */
interface Player {
  readonly wallet: Wallet;
  readonly closings: Closing[];
  /** Everything on the book, where it has not counted yet. */
  readonly bets: Risk[];
}

/**
 * What a settlement does to play-through, after `payouts` are made. All bets of a player on a book count together, with
 * the first of them that is settled: only then is it certain what has been staked, and none of it can be undone.
 */
export function settleBonuses(
  state: LedgerState,
  book: Book,
  closings: readonly Closing[],
  payouts: readonly Move[],
): Pick<Decision, 'progress' | 'ends' | 'playThrough'> & { readonly conversions: readonly Move[] } {
  const settled = { progress: [] as Progress[], ends: [] as GrantEnd[], conversions: [] as Move[] };
  const playThrough: PlayThrough[] = [];
  const returned = new Map<Grant, bigint>();
  for (const { grant, amount } of payouts) if (grant) returned.set(grant, (returned.get(grant) ?? 0n) + amount);
  for (const player of playersOf(state, book, closings)) {
    const { wallet, bets } = player;
    const at = { game: book.game, draws: book, nowMs: state.now };
    const progress = bets.length > 0 ? wager(wallet.grants, bets, at) : [];
    settled.progress.push(...progress);
    for (const grant of wallet.grants) {
      const end = endOf(grant, player, { progress, returned: returned.get(grant) ?? 0n, nowMs: state.now });
      if (end === null) continue;
      settled.ends.push({ grant, as: end.as });
      if (end.left > 0n) settled.conversions.push(conversion(wallet, grant, end.left));
    }
    const played = playedOf(player, book);
    if (played !== null) playThrough.push(played);
  }
  return { ...settled, playThrough };
}

/** What these bets take off what is to be staked of deposits: first of the older ones, then of the last. */
function playedOf({ wallet, bets }: Player, book: Book): PlayThrough | null {
  if (wallet.playThrough + wallet.playThroughOld === 0n) return null;
  const all = netExposure(bets, book);
  const old = least(wallet.playThroughOld, exposureSince(bets, wallet.playThroughOldFrom, book));
  const last = least(wallet.playThrough, exposureSince(bets, wallet.playThroughFrom, book), all - old);
  return old + last > 0n ? { kind: 'played', wallet, old, last } : null;
}

function least(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (other < one ? other : one));
}

/** Played-through bonus money becomes real. */
export function conversion(wallet: Wallet, grant: Grant, amount: bigint): Move {
  const legs = { from: wallet, fromBucket: 'bonus', to: wallet, toBucket: 'real' } as const;
  return { ...legs, amount, reason: 'convert', position: 0, grant };
}

function playersOf(state: LedgerState, book: Book, closings: readonly Closing[]): Iterable<Player> {
  // Pools take no bonus money, and what is staked in them counts when they are closed.
  if (book.pooled) return [];
  const players = new Map<number, Player>();
  for (const closing of closings) {
    const wallet = state.walletById(closing.position.wallet);
    if (wallet.grants.length === 0 && wallet.playThrough + wallet.playThroughOld === 0n) continue;
    players.getOrInsertComputed(wallet.id, () => ({ wallet, closings: [], bets: [] })).closings.push(closing);
  }
  if (players.size === 0) return [];
  for (const { id, wallet, selection, liability, real, bonus } of book.positions.values()) {
    if (book.counted.has(wallet)) continue;
    players.get(wallet)?.bets.push({ id, selection, stake: real + bonus, liability });
  }
  return players.values();
}

interface Settled {
  readonly progress: readonly Progress[];
  readonly returned: bigint;
  readonly nowMs: number;
}

/** Whether a bonus ends with this settlement: it is played through, or nothing is left of it. */
function endOf(
  grant: Grant,
  { closings }: Player,
  { progress, returned, nowMs }: Settled,
): { readonly as: 'completed' | 'spent'; readonly left: bigint } | null {
  if (!isActive(grant, nowMs)) return null;
  const balance = grant.balance + returned;
  let { atStake, wagered } = grant;
  for (const one of progress) if (one.grant === grant) wagered += one.wagered;
  for (const { position } of closings) {
    for (const share of position.shares) if (share.grant === grant.id) atStake -= share.amount;
  }
  if (wagered >= grant.requirement) return { as: 'completed', left: balance };
  return balance === 0n && atStake === 0n ? { as: 'spent', left: 0n } : null;
}
