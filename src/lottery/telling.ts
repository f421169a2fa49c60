import type { PhaseComplete } from '../../schema/lottery.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import { type Minor, minor } from '../money.ts';
import { newBalanceOf } from '../rounds/wire-bet.ts';
import type { Balance } from '../wallet/command.ts';
import type { ResultOfPhase } from './settlement-store.ts';
import type { SlipRow } from './slip-row.ts';
import { wireResult } from './wire-phase.ts';

/** To the collector, when a slip is paid for. After the commit, as all of these. */
export function tellPlaced(channels: Channels, { userId }: SlipRow, total: Minor, balance: Balance): void {
  tellBalance(channels, userId, balance, { change: minor(-total), reason: 'SLIP_PLACED' });
}

/** When a void slip's money is back. */
export function tellVoid(channels: Channels, { userId, total }: SlipRow, balance: Balance | undefined): void {
  if (balance) tellBalance(channels, userId, balance, { change: total, reason: 'SLIP_VOIDED' });
}

/** When a phase is settled: winnings and commission together. */
export function tellSettled(channels: Channels, userId: SlipRow['userId'], change: Minor, balance: Balance): void {
  tellBalance(channels, userId, balance, { change, reason: 'PHASE_SETTLED' });
}

/** Event `phase_complete`: what a settled phase came to for one collector. */
export function phaseComplete(result: ResultOfPhase, balance: Balance | undefined): PhaseComplete {
  return { ...wireResult(result), ...newBalanceOf(balance) };
}
