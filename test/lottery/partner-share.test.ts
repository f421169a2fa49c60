import assert from 'node:assert/strict';
import type { Percentage } from '../../src/money.ts';
import { newPartners } from '../partners/support.ts';
import { assertProjections, newPartner } from '../rounds/followed.ts';
import { useLottery } from './house.ts';
import { resultOf } from './support.ts';

describe('what a partner shares of a phase', () => {
  const { database, clock, wallet, lottery, ann, bob, open, collector, hand } = useLottery();

  it('S0-54 S0-67 is what the house is left with: less the payouts and the commission of the collector', async () => {
    const partner = await newPartner(database.pool(), database.admin());
    const carol = await collector(10_000_000);
    await database.admin().query('update users set referred_by = $1 where id = $2', [partner.userId, carol]);
    const phase = await open({ commission: 9_000 as Percentage });
    await hand(phase, carol, '0T 1T 2T 3T 4T 5T 6T 7T 8T 9T-10');
    await resultOf(lottery(), phase.id, [ann(), bob()], '123');
    await lottery().settle(ann(), phase.id);
    await newPartners(database, wallet().actor, { clock }).count();

    const { rows } = await database.admin().query(
      `select total_in::int as "in", total_out::int as out, commission::int, net_profit::int as net
         from settlement_ledger where phase = $1`,
      [phase.id],
    );
    assert.deepEqual(rows, [{ in: 1_000_000, out: 80_000, commission: 900_000, net: 20_000 }]);
    const { rows: counted } = await database.admin().query(
      `select game, bets::int, staked::int, paid::int, (real_staked - real_paid - converted)::int as net
         from partner_slot where partner_id = $1`,
      [partner.id],
    );
    assert.deepEqual(counted, [{ game: 'lottery', bets: 1_000, staked: 1_000_000, paid: 980_000, net: 20_000 }]);
    await assertProjections(database);
  });
});
