import type { Identity } from '../../src/accounts/identity.ts';
import type { UserId } from '../../src/ids.ts';
import type { Lottery } from '../../src/lottery/lottery.ts';
import type { PhaseRow } from '../../src/lottery/phase-row.ts';
import { movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { addCollector, assertLottery, newLottery, openPhase, slipWish } from './support.ts';

/** The lottery, a database of its own, and two people of the house. After every test its rows and the books agree. */
export function useLottery() {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let lottery: Lottery;
  let ann: Identity;
  let bob: Identity;
  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    [ann, bob] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
    lottery = newLottery(database.pool(), wallet.actor, { clock });
    await lottery.start();
  });
  after(async () => {
    lottery.stop();
    await wallet.end();
  });
  afterEach(() => assertLottery(database));

  return {
    database,
    clock,
    wallet: () => wallet,
    lottery: () => lottery,
    ann: () => ann,
    bob: () => bob,
    open: (more: Parameters<typeof openPhase>[2] = {}) => openPhase(lottery, ann, more, clock),
    collector: (balance?: number) => addCollector(database.pool(), wallet, balance),
    hand: (phase: PhaseRow, who: UserId, text: string, more = {}) =>
      lottery.submit(slipWish(phase.id, who, text, { receivedAt: clock.now(), ...more })),
    count: async (table: string, where: string, value: string): Promise<number> =>
      (await database.admin().query(`select count(*)::int as n from ${table} where ${where} = $1`, [value])).rows[0].n,
  };
}
