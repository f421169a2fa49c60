import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { UserId } from '../ids.ts';
import { CARRY_OVERS, DEFAULT_CARRY_OVER, DEFAULT_TERMS, type PartnerId } from '../partners/commission.ts';
import { findPartner, newestPartners, type Partner } from '../partners/partner.ts';
import type { Partners } from '../partners/partners.ts';
import { WirePartner, wirePartner } from '../partners/wire-partner.ts';
import { Percent, percentOnWire } from '../partners/wire-report.ts';
import { isRefusal, refuse } from '../refusal.ts';
import {
  HousePlayersPage,
  HouseStatementsPage,
  PlayersQuery,
  players,
  StatementsQuery,
  statements,
} from './partner-lists.ts';
import { earnings, HouseEarningsPage, HouseSummary, type ReportDeps, summary } from './partner-reports.ts';
import { SummaryQuery } from './partner-routes.ts';
import { Reason } from './plain-text.ts';
import { ReportQuery } from './report-query.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminPartnerDeps extends ReportDeps {
  readonly accounts: Pick<Accounts, 'forgetUser'>;
  readonly partners: Pick<Partners, 'catchUp' | 'reports' | 'make' | 'change'>;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as PartnerId);
const Params = z.strictObject({ id: Id });
const CarryOver = z
  .enum(CARRY_OVERS)
  .describe('how long a loss is remembered: within its day, within its month, until it is made up for');

const NewPartner = z.strictObject({
  userId: z.uuid().transform((id) => id.toLowerCase() as UserId),
  sharePercentage: Percent.prefault(percentOnWire(DEFAULT_TERMS.sharePercentage)).describe(
    'percent of what the house took',
  ),
  commissionRate: Percent.prefault(percentOnWire(DEFAULT_TERMS.commissionRate)).describe('percent of that share'),
  carryOver: CarryOver.default(DEFAULT_CARRY_OVER),
  reason: Reason.optional(),
});
const Change = z.strictObject({
  sharePercentage: Percent.optional(),
  commissionRate: Percent.optional(),
  carryOver: CarryOver.optional(),
  status: z.enum(['active', 'suspended']).optional(),
  reason: Reason.optional(),
});

/** Partners under the hands of the house, with the real figures beside those that partners see. */
export function adminPartnerRoutes(deps: AdminPartnerDeps): readonly Route[] {
  return [...agreementRoutes(deps), listRoute(deps), ...reportRoutes(deps)];
}

function agreementRoutes({ partners, accounts }: AdminPartnerDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/partners',
        summary: 'Makes a partner of a player: an account of the role PARTNER, with a code to bring players with.',
        status: 201,
        body: NewPartner,
        answer: WirePartner,
        refuses: ['NOT_FOUND', 'ALREADY_DECIDED', 'WAGERING_OPEN'],
      },
      async ({ identity, body }) => {
        const made = await partners.make(identity, body, accounts);
        return isRefusal(made) ? made : wirePartner(made);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/partners/:id',
        summary:
          'Agrees on other terms, from the next quarter of an hour on (a carry-over: the next month), or suspends.',
        params: Params,
        body: Change,
        answer: WirePartner,
        refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
      },
      async ({ identity, params, body: { reason, ...change } }) => {
        const changed = await partners.change(identity, params.id, change, reason);
        return isRefusal(changed) ? changed : wirePartner(changed);
      },
    ),
  ];
}

function listRoute({ database }: AdminPartnerDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'get',
      path: '/admin/partners',
      summary: 'All partners and what is agreed with them, the newest first.',
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(50), cursor: Id.optional() }),
      answer: z.strictObject({ items: z.array(WirePartner), nextCursor: z.string().nullable() }),
    },
    async ({ query: { limit, cursor } }) => {
      const found = await newestPartners(database, cursor, limit + 1);
      const items = found.slice(0, limit).map(wirePartner);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}

/** Of the partner named, or NOT_FOUND. */
async function ofPartner(
  { database }: ReportDeps,
  id: PartnerId,
  answer: (partner: Partner) => Promise<unknown>,
): Promise<unknown> {
  const partner = await findPartner(database, id);
  return partner === null ? refuse('NOT_FOUND') : answer(partner);
}

function reportRoutes(deps: AdminPartnerDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/partners/:id/summary',
        summary: 'What the partner sees of it, with the real figures.',
        params: Params,
        query: SummaryQuery,
        answer: HouseSummary,
      },
      ({ params, query }) => ofPartner(deps, params.id, (partner) => summary(deps, partner, query.tz, true)),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/partners/:id/earnings',
        summary: 'Figures by day, player, game or round, with the real ones; JSON or CSV.',
        params: Params,
        query: ReportQuery,
        answer: HouseEarningsPage,
        otherAnswer: 'text/csv',
      },
      ({ params, query }) => ofPartner(deps, params.id, (partner) => earnings(deps, partner, query, true)),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/partners/:id/players',
        summary: 'Whom the partner has brought, by name, with the real figures.',
        params: Params,
        query: PlayersQuery,
        answer: HousePlayersPage,
        otherAnswer: 'text/csv',
      },
      ({ params, query }) => ofPartner(deps, params.id, (partner) => players(deps, partner, query, true)),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/partners/:id/statements',
        summary: 'What closed months came to, and who decided on them, the newest first.',
        params: Params,
        query: StatementsQuery,
        answer: HouseStatementsPage,
        otherAnswer: 'text/csv',
      },
      ({ params, query }) => ofPartner(deps, params.id, (partner) => statements(deps, partner, query, true)),
    ),
  ];
}
