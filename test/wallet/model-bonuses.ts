import type { EndBonus, GrantBonus } from '../../src/wallet/command.ts';
import { type Bet, least, type ModelGrant, type Purse } from './model-parts.ts';

/** Those that can be played with in a game, the oldest first. */
export function usable({ grants }: Purse, game: string): readonly ModelGrant[] {
  return grants.filter(
    ({ status, expiresAt, games }) =>
      status === 'active' && Date.now() < expiresAt && (games.has(game) || games.has('*')),
  );
}

/** The bonus part of a stake, taken from them in turn. */
export function drawFrom(grants: readonly ModelGrant[], amount: bigint): Bet['shares'] {
  const shares: { grant: number; amount: bigint }[] = [];
  let left = amount;
  for (const grant of grants) {
    const part = grant.balance < left ? grant.balance : left;
    if (part === 0n) continue;
    grant.balance -= part;
    grant.atStake += part;
    left -= part;
    shares.push({ grant: grant.id, amount: part });
  }
  return shares;
}

/** Gives it; how many transfers that took, or a refusal. */
export function give(purse: Purse, id: number, { amount, terms }: GrantBonus): number | string {
  if (purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
  if (purse.grants.filter(({ status }) => status === 'active').length >= 10) return 'ABOVE_MAXIMUM';
  const { requirement, expiresAt, maxStake, contributions: games } = terms;
  const isFree = requirement === 0n;
  purse.grants.push({
    ...{ id, requirement, expiresAt, maxStake, games, wagered: 0n, atStake: 0n },
    balance: isFree ? 0n : amount,
    status: isFree ? 'completed' : 'active',
  });
  if (isFree) purse.real += amount;
  else purse.bonus += amount;
  // A conversion has both its legs in this purse.
  purse.version += isFree ? 3 : 1;
  return isFree ? 2 : 1;
}

/** Ends it; how many transfers that took, or a refusal. */
export function end(purse: Purse, { grant: id, as }: EndBonus): number | string {
  const grant = purse.grants.find((one) => one.id === id);
  if (grant?.status !== 'active' || (as === 'expired' && grant.expiresAt > Date.now())) return 'NOT_OPEN';
  return takeBack(purse, grant, as);
}

/** Ends all that are active, for a withdrawal; how many transfers that took. */
export function forfeitAll(purse: Purse): number {
  const active = purse.grants.filter(({ status, expiresAt }) => status === 'active' && Date.now() < expiresAt);
  return active.reduce((transfers, grant) => transfers + takeBack(purse, grant, 'forfeited'), 0);
}

function takeBack(purse: Purse, grant: ModelGrant, as: ModelGrant['status']): number {
  const transfers = grant.balance > 0n ? 1 : 0;
  purse.bonus -= grant.balance;
  purse.version += transfers;
  grant.balance = 0n;
  grant.status = as;
  return transfers;
}

/** What comes back of a bonus part goes to whose it is now; how many transfers that took. */
export function returnTo(purse: Purse, { shares, bonus }: Bet, returned: bigint): number {
  let transfers = 0;
  let left = returned;
  for (const [index, { grant: id, amount: staked }] of shares.entries()) {
    const grant = purse.grants.find((one) => one.id === id);
    if (grant === undefined) throw new Error(`nobody gave bonus ${id}`);
    const part = index === shares.length - 1 ? left : (returned * staked) / bonus;
    left -= part;
    grant.atStake -= staked;
    if (part === 0n) continue;
    transfers += 1;
    if (grant.status === 'active') {
      grant.balance += part;
      purse.bonus += part;
    } else if (grant.status === 'completed') purse.real += part;
    else continue;
    purse.version += 1;
  }
  return transfers;
}

/** What of a returned bonus part is not the player's any more. */
export function lostTo(purse: Purse, { shares, bonus }: Bet, returned: bigint): bigint {
  let [lost, left] = [0n, returned];
  for (const [index, { grant: id, amount: staked }] of shares.entries()) {
    const part = index === shares.length - 1 ? left : (returned * staked) / bonus;
    left -= part;
    const status = purse.grants.find((one) => one.id === id)?.status;
    if (status !== 'active' && status !== 'completed') lost += part;
  }
  return lost;
}

/** All of a player's bets on a book count at once; how many transfers followed from it. */
export function countPlay(purse: Purse, bets: readonly (Bet & { readonly id: number })[], game: string): void {
  let rest = atRisk(bets);
  for (const grant of usable(purse, game)) {
    const own = atRisk(bets.filter(({ id }) => id > grant.id));
    const staked = own < rest ? own : rest;
    const share = BigInt(grant.games.get(game) ?? grant.games.get('*') ?? 0);
    const counts = (staked * share) / 10_000n;
    const missing = grant.requirement - grant.wagered;
    if (counts === 0n) continue;
    if (counts < missing) {
      grant.wagered += counts;
      rest -= staked;
    } else {
      grant.wagered = grant.requirement;
      // As much of the stake as it took, the last unit whole.
      let used = (missing * 10_000n) / share;
      while ((used * share) / 10_000n < missing) used += 1n;
      rest -= used;
    }
    if (rest <= 0n) return;
  }
}

export function countDeposits(purse: Purse, bets: readonly (Bet & { readonly id: number })[]): void {
  const since = (from: number) => least(atRisk(bets), atRisk(bets.filter(({ id }) => id > from)));
  const old = least(purse.playThroughOld, since(purse.playThroughOldFrom));
  purse.playThroughOld -= old;
  purse.playThrough -= least(purse.playThrough, least(since(purse.playThroughFrom), atRisk(bets) - old));
}

/** What is played through becomes real money, what has nothing left is over; how many transfers that took. */
export function finish(purse: Purse): number {
  let transfers = 0;
  for (const grant of purse.grants) {
    if (grant.status !== 'active' || Date.now() >= grant.expiresAt) continue;
    if (grant.wagered === grant.requirement) {
      if (grant.balance > 0n) transfers += 1;
      purse.real += grant.balance;
      purse.bonus -= grant.balance;
      grant.balance = 0n;
      grant.status = 'completed';
    } else if (grant.balance === 0n && grant.atStake === 0n) grant.status = 'spent';
  }
  purse.version += 2 * transfers;
  return transfers;
}

/**
 * In the stories market 1 has two selections, 1000 and 1001; what lies on both does not count. And a draw ends with 0
 * and 1000, or with 1 and 1001: what comes back either way does not count.
 */
function atRisk(bets: readonly Bet[]): bigint {
  const on = (selection: number) =>
    bets.filter((bet) => bet.selection === selection).reduce((sum, { real, bonus }) => sum + real + bonus, 0n);
  const all = bets.reduce((sum, { real, bonus }) => sum + real + bonus, 0n);
  const [one, other] = [on(1_000), on(1_001)];
  const pays = (...selections: readonly number[]) =>
    bets.filter(({ selection }) => selections.includes(selection)).reduce((sum, { liability }) => sum + liability, 0n);
  const left = all - least(pays(0, 1_000), pays(1, 1_001));
  return least(all - 2n * least(one, other), left > 0n ? left : 0n);
}
