import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { INR, type Minor, toWire } from '../money.ts';
import { type Buckets, type StatementCursor, type StatementLine, statementOf } from '../wallet/statement.ts';
import { ANY_ROLE, guardedRoute, type Route } from './route.ts';

const StatementQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    // Made up, it shows wrong balances to whoever made it up, but none that does not fit the wire.
    .regex(/^[1-9][0-9]{0,14}(\.[0-9]{1,15}){3}$/, 'a nextCursor')
    .transform((text): StatementCursor => {
      const [seq = '', real = '', bonus = '', held = ''] = text.split('.');
      return { seq: Number(seq), real: money(real), bonus: money(bonus), held: money(held) };
    })
    .optional(),
});

const WireBuckets = z.strictObject({ real: z.int(), bonus: z.int(), held: z.int(), total: z.int() });

/** Given, turned into real money, taken back. */
const BONUS_TYPES = ['bonus', 'bonus_conversion', 'bonus_forfeit'] as const;

const WireLine = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  type: z.enum(['bet', 'win', 'refund', 'credit', 'debit', 'hold', 'withdrawal', 'release', 'loss', ...BONUS_TYPES]),
  change: WireBuckets,
  balance: WireBuckets.describe('right after it'),
  betId: z.string().nullable().describe('the bet or hold it belongs to'),
  roundId: z.uuid().nullable(),
  tableId: z.string().nullable(),
});

/** The documents' words for why money moved. A player's wallet never is the house's. */
const TYPES = {
  stake: 'bet',
  payout: 'win',
  refund: 'refund',
  credit: 'credit',
  debit: 'debit',
  hold: 'hold',
  capture: 'withdrawal',
  release: 'release',
  grant: 'bonus',
  convert: 'bonus_conversion',
  forfeit: 'bonus_forfeit',
  loss: 'loss',
} as const;

/** Every movement on one's own wallet. */
export function statementRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    guardedRoute(
      ANY_ROLE,
      {
        method: 'get',
        path: '/wallets/me/ledger',
        summary: 'The own statement, newest first: every movement with the balance after it.',
        query: StatementQuery,
        answer: z.strictObject({ items: z.array(WireLine), nextCursor: z.string().nullable() }),
      },
      async ({ identity, query }) => {
        const page = { limit: query.limit, after: query.cursor };
        const { lines, next } = await statementOf(database, identity.userId, INR, page);
        return { items: lines.map(wireLine), nextCursor: next === null ? null : wireCursor(next) };
      },
    ),
  ];
}

function wireLine({ seq, at, reason, change, balance, position, ref, game }: StatementLine): z.input<typeof WireLine> {
  if (reason === 'house') throw new Error(`transfer ${seq} of a player is the house's`);
  return {
    id: String(seq),
    at: at.toISOString(),
    type: TYPES[reason],
    change: wireBuckets(change),
    balance: wireBuckets(balance),
    betId: position === null ? null : String(position),
    roundId: ref,
    tableId: game,
  };
}

function wireBuckets({ real, bonus, held }: Buckets) {
  const total = (real + bonus + held) as Minor;
  return { real: toWire(real), bonus: toWire(bonus), held: toWire(held), total: toWire(total) };
}

function wireCursor({ seq, real, bonus, held }: StatementCursor): string {
  return [seq, real, bonus, held].join('.');
}

function money(digits: string): Minor {
  return BigInt(digits) as Minor;
}
