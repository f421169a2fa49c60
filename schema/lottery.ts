import { type SchemaType, schema, t } from '@colyseus/schema';
import { z } from 'zod';
import type { Minor } from '../src/money.ts';

/**
 * What everybody in a phase's room sees (PROTOCOL, Lottery). Money is minor units, times are epoch milliseconds; a text
 * that is not known yet, or that this phase does not have, is empty. What is on each number is for people of the house.
 */
export const LotteryPhaseState = schema(
  {
    phaseId: t.string().default(''),
    name: t.string().default(''),
    status: t.string<'OPEN' | 'CLOSED' | 'RESULT' | 'SETTLED'>().default('OPEN'),
    currency: t.string().default(''),
    startDate: t.float64().default(0),
    /** The cut-off: a slip that arrives then is late. */
    endDate: t.float64().default(0),
    /** On every number that has no limit of its own. */
    globalLimit: t.bigint64<Minor>().default(0n as Minor),
    overLimit: t.string<'reject-slip' | 'accept-to-limit' | 'lay-off'>().default('reject-slip'),
    straightMultiplier: t.uint16().default(0),
    /** Percent: `8.000`. */
    rtp: t.string().default(''),
    /** Hundredths of a percent of the stakes. */
    commission: t.uint16().default(0),
    /** Of one line. */
    minStake: t.bigint64<Minor>().default(0n as Minor),
    maxStake: t.bigint64<Minor>().default(0n as Minor),
    draw: t.string<'manual' | 'provable'>().default('manual'),
    /** Of a provable draw: SHA-256 of its seed, and with the result the seed. */
    commitment: t.string().default(''),
    serverSeed: t.string().default(''),
    winningNumber: t.string().default(''),
  },
  'LotteryPhaseState',
);
export type LotteryPhaseState = SchemaType<typeof LotteryPhaseState>;

/** A slip is at most 20,000 characters: its own language says what is wrong with a longer one. */
const Text = z.string().max(100_000);

/** `preview-slip`: what a text would stake. */
export const PreviewSlip = z.strictObject({ text: Text });

/** `submit-slip`: the same for money. `digest` is that of the preview, where the client wants it held against. */
export const SubmitSlip = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID'),
  text: Text,
  digest: z.string().max(64).optional(),
});

/**
 * Event `phase_complete`, to a collector's own channel: what a settled phase came to for them. Amounts are minor units;
 * `newBalance` is the total with it, ignored where a higher version is known.
 */
export const PhaseComplete = z.strictObject({
  phaseId: z.uuid(),
  name: z.string(),
  winningNumber: z.string(),
  settledAt: z.iso.datetime(),
  slips: z.int(),
  lines: z.int(),
  winningLines: z.int(),
  stake: z.int(),
  payout: z.int(),
  commission: z.int(),
  newBalance: z.int(),
  version: z.int(),
  /** It was settled while they were away. */
  missed: z.literal(true).optional(),
});
export type PhaseComplete = z.infer<typeof PhaseComplete>;

export type PreviewSlip = z.infer<typeof PreviewSlip>;
export type SubmitSlip = z.infer<typeof SubmitSlip>;
