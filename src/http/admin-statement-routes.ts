import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { PartnerId } from '../partners/commission.ts';
import type { Partners } from '../partners/partners.ts';
import type { StatementId } from '../partners/statement.ts';
import { allStatements, STATEMENT_STATUSES } from '../partners/statement-store.ts';
import { WireHouseStatement, wireHouseStatement } from '../partners/wire-statement.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { OptionalReason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminStatementDeps {
  readonly database: Database;
  readonly partners: Pick<Partners, 'approve' | 'pay'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const DECIDED = ['SAME_PERSON', 'NOT_OPEN', 'ALREADY_DECIDED'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as StatementId);
const Params = z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as PartnerId), statement: Id });

/** What partners are owed, under the hands of the house. Whatever is decided here is an act. */
export function adminStatementRoutes({ database, partners }: AdminStatementDeps): readonly Route[] {
  const wire = (answer: Refusal | Parameters<typeof wireHouseStatement>[0]) =>
    isRefusal(answer) ? answer : wireHouseStatement(answer);
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/partners/statements',
        summary: 'Closed months of all partners, the newest first; by status, as CLOSED for those to be approved.',
        query: z.strictObject({
          status: z.enum(STATEMENT_STATUSES).optional(),
          limit: z.coerce.number().int().min(1).max(100).default(50),
          cursor: Id.optional(),
        }),
        answer: z.strictObject({ items: z.array(WireHouseStatement), nextCursor: z.string().nullable() }),
      },
      async ({ query: { status, limit, cursor } }) => {
        const found = await allStatements(database, { status, before: cursor, limit: limit + 1 });
        const items = found.slice(0, limit).map(wireHouseStatement);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/partners/:id/statements/:statement/approve',
        summary: 'The first of two people who pay what is due.',
        params: Params,
        body: OptionalReason,
        answer: WireHouseStatement,
        refuses: DECIDED,
      },
      async ({ identity, params: { id, statement }, body }) =>
        wire(await partners.approve(identity, id, statement, body?.reason)),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/partners/:id/statements/:statement/pay',
        summary: 'The second of two people: what is due is credited to the partner’s own wallet, once.',
        params: Params,
        body: OptionalReason,
        answer: WireHouseStatement,
        refuses: DECIDED,
      },
      async ({ identity, params: { id, statement }, body }) =>
        wire(await partners.pay(identity, id, statement, body?.reason)),
    ),
  ];
}
