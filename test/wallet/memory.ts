import { INR, minor } from '../../src/money.ts';
import { applyDecision } from '../../src/wallet/apply.ts';
import { Batch } from '../../src/wallet/batch.ts';
import type { StakeOrder } from '../../src/wallet/bonus.ts';
import type { BookId, Command } from '../../src/wallet/command.ts';
import { decide } from '../../src/wallet/decide.ts';
import { BONUS_COST, CASHIER, type Decision, escrowOf, houseOf } from '../../src/wallet/decision.ts';
import { NO_SUMS } from '../../src/wallet/limits.ts';
import { LedgerState, type Wallet } from '../../src/wallet/state.ts';
import { GAME, grant, newUser, openBook } from './fixture.ts';

/** A ledger that lives in memory alone: one player, the system's wallets, and book 1 open for window 1. */
export interface Memory {
  readonly state: LedgerState;
  readonly player: Wallet & { readonly owner: NonNullable<Wallet['owner']> };
  readonly book: BookId;
  /** What a command would do. */
  ask(command: Command): Decision;
  /** Does it too. The sequence number of the first transfer, which names the first position. */
  perform(command: Command): number;
}

export function memory({ real = 0, bonus = 0, cap = 1_000_000, playerCap = 0, ...more }: MemoryOptions = {}): Memory {
  const state = new LedgerState(more.stakeOrder);
  const cursor = { seq: 0, batch: 1 };
  const player = { ...wallet(1, { real }), owner: newUser() };
  state.add(player);
  state.add(wallet(2, { name: CASHIER, overdraft: true }));
  state.add(wallet(3, { name: houseOf(GAME), overdraft: true }));
  state.add(wallet(4, { name: escrowOf(GAME) }));
  state.add(wallet(5, { name: BONUS_COST, overdraft: true }));
  state.add(wallet(6, { name: 'commission', overdraft: true }));
  const perform = (command: Command) => {
    const record = applyDecision(state, new Batch(), cursor, command, decide(state, command));
    if (record.verdict !== 'OK') throw new Error(`${command.kind} is refused ${record.verdict}`);
    return record.seq;
  };
  const { marketSizes = [] } = more;
  perform({ ...openBook(1, minor(cap)), playerCap: playerCap > 0 ? minor(playerCap) : null, marketSizes } as Command);
  if (bonus > 0) perform(grant(player.owner, bonus));
  return { state, player, book: 1 as BookId, ask: (command) => decide(state, command), perform };
}

interface MemoryOptions {
  readonly real?: number;
  /** A bonus that nobody plays through. */
  readonly bonus?: number;
  readonly cap?: number;
  readonly playerCap?: number;
  readonly stakeOrder?: StakeOrder;
  readonly marketSizes?: readonly number[];
}

function wallet(id: number, { real = 0, ...more }: WalletOptions): Wallet {
  return {
    ...{ id, owner: null, name: null, currency: INR, overdraft: false, version: 0, held: 0n, turnover: 0n },
    ...{
      realLosses: 0n,
      bonusLosses: 0n,
      netLoss: 0n,
      playThrough: 0n,
      playThroughFrom: 0,
      playThroughOld: 0n,
      playThroughOldFrom: 0,
      grants: [],
      xp: 0n,
      bets: 0,
      lastSeq: 0,
      excludedUntil: 0,
      limits: [],
      hour: 0,
      hours: new Map(),
      knowsHours: true,
      takenOut: new Map(),
      current: NO_SUMS,
      holds: new Map(),
      before: null,
    },
    ...more,
    real: BigInt(real),
    bonus: 0n,
  };
}

interface WalletOptions {
  readonly real?: number;
  readonly name?: string;
  readonly overdraft?: boolean;
}

/** Moves as `player.real 100 → escrow.real`, for reading. */
export function shownMoves({ moves }: Decision): readonly string[] {
  const name = (wallet: Wallet) => wallet.name?.split(':')[0] ?? 'player';
  return moves.map(
    ({ from, fromBucket, to, toBucket, amount }) => `${name(from)}.${fromBucket} ${amount} → ${name(to)}.${toBucket}`,
  );
}
