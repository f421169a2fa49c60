import type { Grant, GrantId, Progress } from './bonus.ts';
import type { GrantBonus } from './command.ts';
import { conversion } from './decide-bonus.ts';
import { BONUS_COST, type Decision, type GrantEnd, type PlayThrough } from './decision.ts';
import type { Position, Wallet } from './state.ts';
import { touch, touchGrant, type Writing, writeMove } from './write-move.ts';

/** What a decision does to bonuses beside moving their money. Bets must be closed already: some end because of it. */
export function changeBonuses(writing: Writing, { progress, ends, playThrough }: Decision): void {
  for (const one of progress) advance(writing, one);
  for (const end of ends) endGrant(writing, end);
  for (const change of playThrough) changePlayThrough(writing, change);
}

function advance(writing: Writing, { grant, wagered }: Progress): void {
  touchGrant(writing, grant);
  grant.wagered += wagered;
}

/** Throws where the wallet has no such bonus, active or with bets open. */
export function grantOf(wallet: Wallet, id: GrantId): Grant {
  const grant = wallet.grants.find((one) => one.id === id);
  if (grant === undefined) throw new Error(`wallet ${wallet.id} does not have bonus ${id}`);
  return grant;
}

/** The transfer that gives it names it: its sequence number is the bonus's id. */
export function giveBonus(writing: Writing, command: GrantBonus): void {
  const { state, batch, cursor } = writing;
  const { owner, currency, amount, terms } = command;
  const wallet = state.walletOf(owner, currency);
  const grant: Grant = {
    ...terms,
    ...{ id: (cursor.seq + 1) as GrantId, wallet: wallet.id, amount, wagered: 0n, balance: 0n, atStake: 0n },
    ...{ status: 'active', endedAt: 0, version: 0, before: null },
  };
  batch.newGrants.add(grant);
  wallet.grants.push(grant);
  const from = { from: state.systemWallet(BONUS_COST, currency), fromBucket: 'bonus' } as const;
  writeMove(writing, {
    ...{ ...from, to: wallet, toBucket: 'bonus', amount, reason: 'grant', position: 0, grant },
  });
  if (grant.requirement > 0n) return;
  writeMove(writing, conversion(wallet, grant, amount));
  endGrant(writing, { grant, as: 'completed' });
}

function endGrant(writing: Writing, { grant, as }: GrantEnd): void {
  if (grant.balance !== 0n) throw new Error(`bonus ${grant.id} ends with ${grant.balance}`);
  touchGrant(writing, grant);
  grant.status = as;
  grant.endedAt = writing.state.now;
  forgetEnded(writing.state.walletById(grant.wallet));
}

/** It is remembered as long as bets are open that were made with it. */
function forgetEnded({ grants }: Wallet): void {
  for (let at = grants.length - 1; at >= 0; at--) {
    const grant = grants[at];
    if (grant !== undefined && grant.status !== 'active' && grant.atStake === 0n) grants.splice(at, 1);
  }
}

function changePlayThrough({ batch, cursor }: Writing, change: PlayThrough): void {
  const { wallet } = change;
  touch(batch, wallet);
  if (change.kind === 'played') {
    wallet.playThroughOld -= change.old;
    wallet.playThrough -= change.last;
    return;
  }
  if (change.kind === 'returned') {
    wallet.playThrough += change.amount;
    return;
  }
  // What is left of earlier deposits goes on counting from where it did: bets that are open may be for it.
  if (wallet.playThrough > 0n) {
    if (wallet.playThroughOld === 0n) wallet.playThroughOldFrom = wallet.playThroughFrom;
    wallet.playThroughOld += wallet.playThrough;
  }
  wallet.playThrough = change.amount;
  wallet.playThroughFrom = cursor.seq;
}

/** Its bonuses have no more at stake in a bet that is closed. */
export function releaseShares(writing: Writing, wallet: Wallet, { shares }: Position): void {
  for (const share of shares) {
    const grant = grantOf(wallet, share.grant);
    touchGrant(writing, grant);
    grant.atStake -= share.amount;
  }
  forgetEnded(wallet);
}
