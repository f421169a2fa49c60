import type { Settle } from '../../src/wallet/command.ts';
import { betOf, least, type ModelBook, type Purse } from './model-parts.ts';
import { ModelPools } from './model-pools.ts';

/** Standing books, in the model: what a position ends with is its player's own affair, one at a time. */
export class ModelStanding extends ModelPools {
  protected endStanding(book: ModelBook, { epoch, closes, last }: Settle): Partial<Purse> {
    const played = new Map<Purse, { id: number; amount: bigint }[]>();
    let net = 0n;
    for (const { position, payout, outcome } of closes) {
      const { owner, real: staked } = betOf(book, position);
      const purse = this.purse(owner);
      const isMargin = book.standing === 'margin';
      const counts = isMargin ? 0n : least(payout > staked ? payout - staked : staked - payout, staked);
      net += payout - staked;
      purse.real += payout;
      if (isMargin) {
        purse.held -= staked;
        this.house.real += staked - payout;
        // What comes back moves within the purse, what is won or lost between it and the house.
        if (payout > 0n) this.#moved(purse, 2);
        if (payout !== staked) this.#moved(purse, 1);
      } else if (payout > 0n) this.#moved(purse, 1);
      purse.lost += staked - payout;
      if (outcome === 'cancelled') {
        purse.turnover -= staked;
        purse.bets -= 1;
      }
      if (!isMargin) purse.netLoss += staked - payout;
      if (payout < staked) purse.realLosses += staked - payout;
      purse.xp += counts / 100n;
      played.set(purse, [...(played.get(purse) ?? []), { id: position, amount: counts }]);
      book.open.delete(position);
      book.closed.set(position, `${outcome} ${payout}`);
    }
    if (book.standing === 'stake') {
      this.house.real -= net;
      this.escrow.real -= closes.reduce((sum, { payout }) => sum + payout, 0n) - net;
      if (net !== 0n) this.seq += 1;
    }
    for (const [purse, positions] of played) countDeposits(purse, positions);
    if (book.state !== 'open') book.state = last ? 'settled' : 'settling';
    return { version: epoch };
  }

  #moved(purse: Purse, legs: number): void {
    this.seq += 1;
    purse.version += legs;
  }
}

function countDeposits(purse: Purse, positions: readonly { readonly id: number; readonly amount: bigint }[]): void {
  const since = (from: number) => positions.reduce((sum, { id, amount }) => (id > from ? sum + amount : sum), 0n);
  const old = least(purse.playThroughOld, since(purse.playThroughOldFrom));
  purse.playThroughOld -= old;
  purse.playThrough -= least(purse.playThrough, least(since(purse.playThroughFrom), since(0) - old));
}
