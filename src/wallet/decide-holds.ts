import { isActive } from './bonus.ts';
import type { EndHold, Hold } from './command.ts';
import { endAll } from './decide-bonus.ts';
import { accept, CASHIER, type Decision, refused } from './decision.ts';
import type { LedgerState } from './state.ts';

/**
 * Sets money aside. Refused `INSUFFICIENT_FUNDS` beyond the real money there is: a bonus cannot be held. Refused
 * `WAGERING_OPEN` beyond what of it is not to be staked first, where that binds, or because of active bonuses, where
 * these are not forfeited.
 */
export function decideHold(state: LedgerState, { owner, currency, amount, bonuses, playThrough }: Hold): Decision {
  const wallet = state.walletOf(owner, currency);
  if (amount > wallet.real) return refused('INSUFFICIENT_FUNDS', wallet);
  const bound = playThrough === 'waived' ? 0n : wallet.playThrough + wallet.playThroughOld;
  if (amount > wallet.real - bound) return refused('WAGERING_OPEN', wallet);
  const hold = { wallet, amount };
  const active = wallet.grants.filter((grant) => isActive(grant, state.now));
  if (active.length === 0) return accept({ wallet, hold });
  if (bonuses === 'block') return refused('WAGERING_OPEN', wallet);
  return accept({ wallet, hold, ...endAll(state, wallet, active, 'forfeited') });
}

/** Captures or releases what was held, all of it. Refused `NOT_OPEN` where the wallet has no such hold any more. */
export function decideEndHold(state: LedgerState, { kind, owner, currency, hold }: EndHold): Decision {
  const wallet = state.walletOf(owner, currency);
  const amount = wallet.holds.get(hold);
  if (amount === undefined) return refused('NOT_OPEN', wallet);
  const from = { from: wallet, fromBucket: 'held', amount, position: hold } as const;
  const move =
    kind === 'release'
      ? ({ ...from, to: wallet, toBucket: 'real', reason: 'release' } as const)
      : ({ ...from, to: state.systemWallet(CASHIER, currency), toBucket: 'real', reason: 'capture' } as const);
  return accept({ wallet, moves: [move], endsHold: hold });
}
