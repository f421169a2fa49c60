import { z } from 'zod';

/** Limits, exclusion and reminders as they travel. Amounts are minor units. */

export const PERIODS = { '24h': 1, '7d': 7, '30d': 30 } as const;

const Kind = z.enum(['deposit', 'loss', 'wager']);
const Period = z.enum(['24h', '7d', '30d']);
const Minutes = z.int().min(10).max(240).nullable();

/** `PUT /wallets/me/limits`: each kind and period once at most, null takes a limit off. */
export const LimitsBody = z
  .strictObject({
    limits: z
      .array(z.strictObject({ kind: Kind, period: Period, amount: z.int().min(0).max(1e15).nullable() }))
      .max(9)
      .refine(
        (all) => new Set(all.map(({ kind, period }) => `${kind} ${period}`)).size === all.length,
        'names one twice',
      )
      .default([]),
    sessionMinutes: Minutes.optional(),
  })
  .refine(({ limits, sessionMinutes }) => limits.length > 0 || sessionMinutes !== undefined, 'sets nothing');

/** `POST /wallets/me/exclusion`: one to 42 days in hours, or half a year to five years in months. */
export const ExclusionBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('time-out'), hours: z.int().min(24).max(1_008) }),
  z.strictObject({ kind: z.literal('self-exclusion'), months: z.int().min(6).max(60) }),
]);

export const WireProtection = z.strictObject({
  limits: z.array(
    z.strictObject({
      kind: Kind,
      period: Period,
      amount: z.int().nullable().describe('null: no limit'),
      used: z.int().describe('what counts towards it now; losses are below zero for who has won more than lost'),
      remaining: z.int().nullable(),
      next: z
        .strictObject({ amount: z.int().nullable(), from: z.iso.datetime() })
        .nullable()
        .describe('what it will be, for an increase or a removal that was asked for'),
    }),
  ),
  excludedUntil: z.iso.datetime().nullable(),
  sessionMinutes: Minutes.describe('between two reminders of how long one has played'),
});

/** Event `session-reminder` at a table. */
export const SessionReminder = z.strictObject({
  /** How long the session has lasted. */
  minutes: z.int(),
  /** Since midnight UTC, over all tables; an open bet counts as lost. */
  staked: z.int(),
  won: z.int(),
  net: z.int(),
  since: z.iso.datetime(),
});
