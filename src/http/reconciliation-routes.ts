import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Identity } from '../accounts/identity.ts';
import type { Auditor } from '../backoffice/auditor.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { reconcile } from '../backoffice/reconciliation.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { guardedRoute, type Route } from './route.ts';
import { type WholeAudit, WireReconciliation, wireReconciliation } from './wire-reconciliation.ts';

export interface ReconciliationDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'dataDir' | 'seedEncryptionKey'>;
  readonly clock: Clock;
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly auditor: Pick<Auditor, 'audit'>;
}

const Query = z.strictObject({
  full: z
    .enum(['true', 'false'])
    .default('false')
    .transform((full) => full === 'true'),
});

/** What an operator compares every morning: what there is, and what there should be (DESIGN 3). */
export function reconciliationRoutes(deps: ReconciliationDeps): readonly Route[] {
  const { database, config, clock } = deps;
  return [
    guardedRoute(
      ['ADMIN', 'MASTER'],
      {
        method: 'get',
        path: '/admin/reconciliation',
        summary: 'What there is against what there should be, by currency and table; full=true audits everything.',
        query: Query,
        answer: WireReconciliation,
      },
      async ({ identity, query: { full } }) => {
        const audit = full ? await auditOnRecord(deps, identity) : null;
        if (isRefusal(audit)) return audit;
        const place = { dataDir: config.dataDir, secret: config.seedEncryptionKey };
        return wireReconciliation(await reconcile(database, place), clock.now(), audit);
      },
    ),
  ];
}

/** The whole audit, on record with what came of it before anybody reads it. */
async function auditOnRecord(
  { auditor, backoffice, clock }: ReconciliationDeps,
  by: Identity,
): Promise<WholeAudit | Refusal> {
  const before = clock.now();
  const findings = await auditor.audit();
  if (isRefusal(findings)) return findings;
  const broken = findings.filter((finding) => finding.broken.length > 0).map(({ check }) => check);
  const audit = { findings, right: broken.length === 0, tookMs: clock.now() - before };
  const entry = { action: 'books.audit', target: 'books', after: { right: audit.right, broken } };
  return backoffice.act(by, async () => ({ answer: audit, entry }));
}
