import { PARTNER, partnerAccess } from './partner-access.ts';
import { PlayersPage, PlayersQuery, players, StatementsPage, StatementsQuery, statements } from './partner-lists.ts';
import { EarningsPage, earnings, type ReportDeps, Summary, summary } from './partner-reports.ts';
import { ReportQuery } from './report-query.ts';
import { admittedRoute, type Route } from './route.ts';

export const SummaryQuery = ReportQuery.pick({ tz: true });

/** A partner's own reports (PROTOCOL, Partners), by access token or API key. */
export function partnerRoutes(deps: ReportDeps): readonly Route[] {
  const reports = partnerAccess(deps, 'reports');
  return [
    admittedRoute(
      PARTNER,
      {
        method: 'get',
        path: '/partner/summary',
        summary: 'What is agreed, the code to bring players with, and the figures of today and this month.',
        query: SummaryQuery,
        answer: Summary,
        byApiKey: true,
      },
      reports,
      ({ caller, query: { tz } }) => summary(deps, caller, tz, false),
    ),
    admittedRoute(
      PARTNER,
      {
        method: 'get',
        path: '/partner/earnings',
        summary: 'Figures by day, player, game or round: pages of JSON, or all of them as CSV. By X-Api-Key as well.',
        query: ReportQuery,
        answer: EarningsPage,
        otherAnswer: 'text/csv',
        byApiKey: true,
      },
      reports,
      ({ caller, query }) => earnings(deps, caller, query, false),
    ),
    admittedRoute(
      PARTNER,
      {
        method: 'get',
        path: '/partner/players',
        summary: 'Whom one has brought, in the order in which they came, and what they did. By X-Api-Key as well.',
        query: PlayersQuery,
        answer: PlayersPage,
        otherAnswer: 'text/csv',
        byApiKey: true,
      },
      reports,
      ({ caller, query }) => players(deps, caller, query, false),
    ),
    statementsRoute(deps),
  ];
}

function statementsRoute(deps: ReportDeps): Route {
  return admittedRoute(
    PARTNER,
    {
      method: 'get',
      path: '/partner/statements',
      summary: 'What closed months came to, and what was paid, the newest first. By X-Api-Key as well.',
      query: StatementsQuery,
      answer: StatementsPage,
      otherAnswer: 'text/csv',
      byApiKey: true,
    },
    partnerAccess(deps, 'statements'),
    ({ caller, query }) => statements(deps, caller, query, false),
  );
}
