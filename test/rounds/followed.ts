import assert from 'node:assert/strict';
import type { Client } from 'pg';
import type { Database } from '../../db/pool.ts';
import type { Role } from '../../src/accounts/identity.ts';
import { type RoundId, type UserId, uuid7 } from '../../src/ids.ts';
import { auditEarnings } from '../../src/partners/audit.ts';
import { DEFAULT_TERMS, type PartnerId, type Terms } from '../../src/partners/commission.ts';
import { addPartner } from '../../src/partners/store.ts';
import { auditStatistics } from '../../src/statistics/audit.ts';
import type { TestDatabase } from '../support/database.ts';

export interface Partner {
  readonly id: PartnerId;
  readonly userId: UserId;
}

/** A partner with an account. */
export async function newPartner(database: Database, admin: Client, terms: Terms = DEFAULT_TERMS): Promise<Partner> {
  const userId = uuid7<UserId>(Date.now());
  await addAccounts(admin, [userId], null, 'PARTNER');
  const id = uuid7<PartnerId>(Date.now());
  await addPartner(database, { ...terms, id, userId, createdAt: new Date() });
  return { id, userId };
}

/** Accounts for these players, who come from this partner. */
export function refer(admin: Client, partner: Pick<Partner, 'userId'>, players: readonly UserId[]): Promise<void> {
  return addAccounts(admin, players, partner.userId);
}

async function addAccounts(
  admin: Client,
  users: readonly UserId[],
  referredBy: UserId | null,
  role: Role = 'PLAYER',
): Promise<void> {
  await admin.query(
    `insert into users (id, username, display_name, password_hash, role, referred_by, created_at)
     select id, id::text, id::text, '', $3, $2, now() from unnest($1::uuid[]) as u (id)`,
    [users, referredBy, role],
  );
}

/** Fails where something that was counted is not what the ledger says. */
export async function assertProjections(database: Pick<TestDatabase, 'pool'>): Promise<void> {
  const findings = [...(await auditStatistics(database.pool())), ...(await auditEarnings(database.pool()))];
  assert.deepEqual(
    findings.filter(({ broken }) => broken.length > 0),
    [],
  );
}

/**
 * Fails where something has not followed this settled round, whose players all come from `partner` and played for the
 * first time, or has more than once.
 */
export async function assertFollowed(
  database: TestDatabase,
  { roundId, partner }: { readonly roundId: RoundId; readonly partner: Partner },
): Promise<void> {
  await assertProjections(database);
  const { rows } = await database.admin().query(
    `select r.followed, r.total_bets::int as bets,
            r.total_bet_amount > r.total_payouts + r.total_refunds as profitable,
            (select count(*)::int from partner_game_earnings where round_id = r.id and partner_id = $2) as earnings,
            (select total_rounds::int from game_statistics where game = r.game) as rounds,
            (select sum(total_bets)::int from user_statistics s join round_player p on p.round = r.id
                and p.user_id = s.user_id) as counted,
            (select bool_and(p.balance_after = w.real + w.bonus + w.held) from round_player p
               join wallet w on w.owner = p.user_id where p.round = r.id) as balances
       from round r where r.id = $1`,
    [roundId, partner.id],
  );
  const [{ followed, bets, profitable, earnings, rounds, counted, balances }] = rows;
  assert.deepEqual(
    { followed, earnings, rounds, counted, balances },
    { followed: 3, earnings: profitable ? 1 : 0, rounds: 1, counted: bets, balances: true },
  );
}
