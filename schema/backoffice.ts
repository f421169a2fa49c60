import { z } from 'zod';
import { DeskExposure } from './trading.ts';

const Played = z.strictObject({
  rounds: z.int(),
  stakes: z.int(),
  /** Gross, to bets that won. */
  payouts: z.int(),
  /** To bets that just got their stake back. */
  refunds: z.int(),
  /** What the house has left of it: stakes less payouts and refunds. */
  ggr: z.int(),
});

/** Who is in a room: different people who are signed in, and connections of nobody in particular. */
const In = { players: z.int(), spectators: z.int() };

/** Event `live-statistics` (S0-73). Amounts are minor units. */
export const LiveStatistics = z.strictObject({
  at: z.iso.datetime(),
  /** Different people who are signed in, over all rooms. */
  online: z.int(),
  connections: z.int(),
  /** Midnight UTC: where `today` begins. */
  since: z.iso.datetime(),
  /** Over all tables, those that are closed now among them. */
  today: Played,
  tables: z.array(
    z.strictObject({
      tableId: z.string(),
      phase: z.enum(['idle', 'betting', 'dealing', 'settled', 'voided']),
      /** Null before the first round. */
      roundId: z.uuid().nullable(),
      /** 0 before the first round. */
      roundNumber: z.int(),
      paused: z.boolean(),
      ...In,
      /** Of the round in play: bets that are open, what was staked, and the most that the house can lose by it. */
      bets: z.int(),
      stakes: z.int(),
      exposure: z.int(),
      today: Played,
    }),
  ),
  /** What ended since then in games without rounds: phases, trades and binaries are counted as `rounds`. */
  games: z.array(z.strictObject({ game: z.enum(['lottery', 'trading', 'binary']), today: Played })),
  /** Phases of the lottery that are not settled, the oldest first. */
  phases: z.array(
    z.strictObject({
      phaseId: z.string(),
      name: z.string(),
      status: z.enum(['OPEN', 'CLOSED', 'RESULT', 'SETTLED']),
      ...In,
      /** Of all slips: lines, what was staked, and the most that the house can lose by it, commissions included. */
      lines: z.int(),
      stakes: z.int(),
      exposure: z.int(),
    }),
  ),
  /** The trading desk. */
  desk: DeskExposure.extend(In),
});
export type LiveStatistics = z.infer<typeof LiveStatistics>;

/** Event `ADMIN_ACTION`, to MASTER (S4-49). */
export const AdminAction = z.strictObject({
  adminId: z.uuid(),
  action: z.string(),
  target: z.string(),
  /** Minor units; null where no money is in it. */
  amount: z.int().nullable(),
  timestamp: z.iso.datetime(),
});
export type AdminAction = z.infer<typeof AdminAction>;

/** Event `NEW_TRANSACTION` (S4-31): a deposit or a withdrawal that waits for a decision. */
export const NewTransaction = z.strictObject({
  transactionId: z.uuid(),
  userId: z.uuid(),
  type: z.enum(['DEPOSIT', 'WITHDRAWAL']),
  /** Minor units. */
  amount: z.int(),
  currency: z.string(),
  method: z.string(),
  status: z.literal('PENDING'),
  timestamp: z.iso.datetime(),
});
export type NewTransaction = z.infer<typeof NewTransaction>;

/** Event `risk_update` (S3-15): what is staked on a number of a phase, after a slip that has it. */
export const RiskUpdate = z.strictObject({
  phaseId: z.uuid(),
  /** Three digits. */
  number: z.string(),
  /** Minor units, all slips together. */
  totalBet: z.int(),
  /** Gross, should it win. */
  potentialPayout: z.int(),
});
export type RiskUpdate = z.infer<typeof RiskUpdate>;
