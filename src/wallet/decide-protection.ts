import type { CountDeposit, SelfExclusion, SetLimit, UncountDeposit } from './command.ts';
import { accept, type Decision, refused } from './decision.ts';
import { breaksLimit, changed } from './limits.ts';
import type { LedgerState } from './state.ts';

export function decideLimit(state: LedgerState, { owner, currency, limit }: SetLimit): Decision {
  const wallet = state.walletOf(owner, currency);
  return accept({ wallet, protection: { kind: 'limit', limit: changed(wallet.limits, limit, state.now) } });
}

/** Refused `NOT_OPEN` where it would shorten an exclusion. */
export function decideExclusion(state: LedgerState, { owner, currency, until }: SelfExclusion): Decision {
  const wallet = state.walletOf(owner, currency);
  if (until < wallet.excludedUntil) return refused('NOT_OPEN', wallet);
  return accept({ wallet, protection: { kind: 'exclusion', until } });
}

/** Refused `PLAYER_LIMIT` where the player's own limits do not allow this much more, `SELF_EXCLUDED`. */
export function decideDeposit(state: LedgerState, { owner, currency, amount }: CountDeposit): Decision {
  const wallet = state.walletOf(owner, currency);
  if (state.now < wallet.excludedUntil) return refused('SELF_EXCLUDED', wallet);
  if (breaksLimit(wallet, state.now, { deposited: amount })) return refused('PLAYER_LIMIT', wallet);
  return accept({ wallet, protection: { kind: 'deposit', amount } });
}

export function decideNoDeposit(state: LedgerState, { owner, currency, amount, countedAt }: UncountDeposit): Decision {
  return accept({ wallet: state.walletOf(owner, currency), protection: { kind: 'noDeposit', amount, countedAt } });
}
