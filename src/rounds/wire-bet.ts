import { z } from 'zod';
import { betSideOf } from '../games/andar-bahar/selection.ts';
import type { BetRow } from '../games/andar-bahar/store.ts';
import type { Minor } from '../money.ts';
import { toWire } from '../money.ts';
import type { Balance } from '../wallet/command.ts';

/** By the number stored in `closing.outcome`. */
const STATUS = ['pending', 'won', 'lost', 'refunded', 'cancelled'] as const;

export const WireBet = z.strictObject({
  betId: z.string(),
  roundId: z.uuid(),
  tableId: z.string(),
  betSide: z.string(),
  amount: z.int(),
  payout: z.int(),
  status: z.enum(STATUS),
  bettingWindow: z.int(),
  placedAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
});

/** A bet as PROTOCOL shows it, everywhere. `payout` holds what came back, refunds included. */
export function wireBet(bet: BetRow): z.infer<typeof WireBet> {
  return {
    betId: String(bet.betId),
    roundId: bet.roundId,
    tableId: bet.tableId,
    betSide: betSideOf(bet.selection),
    amount: toWire(bet.amount),
    payout: bet.payout === null ? 0 : toWire(bet.payout),
    status: STATUS[bet.outcome ?? 0] ?? 'pending',
    bettingWindow: bet.bettingWindow,
    placedAt: bet.placedAt.toISOString(),
    settledAt: bet.settledAt?.toISOString() ?? null,
  };
}

/** A balance on the wire: the version tells a client which of two is newer. */
export function wireBalance(balance: Balance) {
  const { version, real, bonus, held } = balance;
  return { version, real: toWire(real), bonus: toWire(bonus), held: toWire(held), total: toWire(totalOf(balance)) };
}

/** `balance-update` (S0-81): spendable money and bonus money apart, and what they add up to. */
export function wireBalanceUpdate(balance: Balance) {
  const { version, real, bonus, total } = wireBalance(balance);
  return { balance: real, bonusBalance: bonus, total, version };
}

function totalOf({ real, bonus, held }: Balance): Minor {
  return (real + bonus + held) as Minor;
}

/** `newBalance` is the total everywhere (DESIGN 3). Who never had money has none. */
export function newBalanceOf(balance: Balance | undefined) {
  return { newBalance: balance ? toWire(totalOf(balance)) : 0, version: balance?.version ?? 0 };
}
