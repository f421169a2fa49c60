import { openAppPool } from '../../db/pool.ts';
import { auditAdjustments } from '../adjustments/audit.ts';
import { auditBonuses } from '../bonuses/audit.ts';
import { auditCashier } from '../cashier/audit.ts';
import { auditLottery } from '../lottery/audit.ts';
import { auditMarket } from '../market/audit.ts';
import { auditEarnings } from '../partners/audit.ts';
import { auditStatistics } from '../statistics/audit.ts';
import { auditTrading } from '../trading/audit.ts';
import { auditBooks, type Finding } from '../wallet/audit.ts';
import { compareHeads } from '../wallet/chain-heads.ts';
import { auditActs } from './audit.ts';
import { compareLogHeads } from './log-heads.ts';

export interface AuditedPlace {
  readonly databaseUrl: string;
  /** Where the signed heads lie. */
  readonly dataDir: string;
  /** What they are signed with. */
  readonly secret: string;
}

/**
 * Every check there is: the ledger, what was counted from it, the cashier, the lottery, prices, the audit log, and the
 * heads on file. Over a connection of its own; reads only, and may run beside a live server.
 */
export async function auditAll({ databaseUrl, dataDir, secret }: AuditedPlace): Promise<readonly Finding[]> {
  const pool = await openAppPool(databaseUrl, { maxPoolSize: 1 });
  try {
    return [
      ...(await auditBooks(pool)),
      { check: 'chain heads on file', broken: await compareHeads(pool, dataDir, secret) },
      ...(await auditCashier(pool)),
      ...(await auditAdjustments(pool)),
      ...(await auditBonuses(pool)),
      ...(await auditLottery(pool)),
      ...(await auditTrading(pool)),
      ...(await auditMarket(pool)),
      ...(await auditStatistics(pool)),
      ...(await auditEarnings(pool)),
      ...(await auditActs(pool)),
      { check: 'audit log heads on file', broken: await compareLogHeads(pool, dataDir, secret) },
    ];
  } finally {
    await pool.end();
  }
}
