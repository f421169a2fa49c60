import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Identity } from '../../src/accounts/identity.ts';
import { auditActs } from '../../src/backoffice/audit.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { type AwardId, nextStep } from '../../src/bonuses/award.ts';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import { findAward } from '../../src/bonuses/store.ts';
import { deterministicKey, type UserId } from '../../src/ids.ts';
import { INR, minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { useDatabase } from '../support/database.ts';
import type { TestWallet } from '../wallet/fixture.ts';
import { close, credit, hold, openBook, openWallet, settle, silent, stake, window } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addDeposit, addPlayer, assertBonuses, bonusesOf, newBonuses } from './support.ts';

const PLAYERS = 2;

type Op =
  /** Few different keys, so that some come again, for the same and for another gift. */
  | { readonly kind: 'give'; readonly by: number; readonly to: number; readonly amount: number; readonly key: number }
  | { readonly kind: 'end'; readonly isDecline: boolean; readonly by: number; readonly which: number }
  | { readonly kind: 'move'; readonly isDeposit: boolean; readonly to: number }
  | { readonly kind: 'play'; readonly to: number; readonly amount: number; readonly wins: boolean }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'settle' };

const nat = (max: number) => fc.nat({ max: max - 1 });
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('give' as const), by: nat(2), to: nat(PLAYERS + 1) },
      ...{ amount: fc.constantFrom(1_000, 2_000, 999_999), key: nat(8) },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('end' as const), isDecline: fc.boolean(), by: nat(2), which: nat(6) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), isDeposit: fc.boolean(), to: nat(PLAYERS) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ kind: fc.constant('play' as const), to: nat(PLAYERS) },
      ...{ amount: fc.constantFrom(500, 3_000, 20_000), wins: fc.boolean() },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
);
/** What happens at once, how many days after the moment before, and after how many effects the process dies of it. */
interface Moment {
  readonly ops: Op[];
  readonly days: number;
  readonly diesAt: number | null;
  readonly after: boolean;
}
const moment: fc.Arbitrary<Moment> = fc.record({
  ops: fc.array(op, { minLength: 1, maxLength: 4 }),
  days: fc.constantFrom(0, 0, 1, 4),
  diesAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 1 }),
  after: fc.boolean(),
});

/** A bonus that is played through, told one after the other: chance alone does not always come this far. */
const PLAYED_THROUGH = [
  { kind: 'give', by: 0, to: 0, amount: 1_000, key: 0 } as const,
  ...[1, 2].map(() => ({ kind: 'play', to: 0, amount: 3_000, wins: true }) as const),
].map((each): Moment => ({ ops: [each], days: 0, diesAt: null, after: false }));

describe('any interleaving of what people, deals and crashes do to bonuses', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let admins: readonly Identity[];
  let manual: Campaign;
  let book = 20_000;
  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    admins = await newAdmins(database.pool(), 2);
    manual = await addCampaign(database.pool(), 'MANUAL', { wagering: 500, validDays: 3 });
    await addCampaign(database.pool(), 'DEPOSIT', { wagering: 200, validDays: 5 });
    await addCampaign(database.pool(), 'CASHBACK', { wagering: 100, validDays: 2 });
    await database.admin().query('update vip_rank set cashback = 1000');
  });
  after(() => wallet.end());

  class World {
    readonly players: readonly UserId[];
    readonly given = new Set<AwardId>();

    constructor(players: readonly UserId[]) {
      this.players = players;
    }

    bonuses(mortality: Mortality): Bonuses {
      const mortal = mortality.database(database.pool());
      const backoffice = createBackoffice({ database: mortal, clock, log: silent });
      return newBonuses(mortal, mortality.wallet(wallet.actor), { clock, backoffice });
    }

    async do(bonuses: Bonuses, what: Op): Promise<void> {
      if (what.kind === 'sweep') return bonuses.sweep();
      if (what.kind === 'settle') return bonuses.settleCashback();
      if (what.kind === 'give') return this.#give(bonuses, what);
      if (what.kind === 'end') return this.#end(bonuses, what);
      const player = this.players[what.to] as UserId;
      if (what.kind === 'play') return play(player, what.amount, what.wins);
      if (!what.isDeposit) await wallet.actor.execute(hold(player, 1_000));
      else await bonuses.credited(await addDeposit(database.pool(), player, 4_000, new Date(clock.now())));
    }

    async #give(bonuses: Bonuses, { by, to, amount, key }: Op & { kind: 'give' }): Promise<void> {
      const giver = admins[by] as Identity;
      // One of the house would like one as well.
      const userId = this.players[to] ?? giver.userId;
      const own = deterministicKey(this.players.join(), key);
      const gift = { campaign: manual.id, userId, amount: minor(amount), reason: 'any', key: own };
      const given = await bonuses.give(giver, gift);
      if (isRefusal(given)) return;
      assert.ok(userId !== giver.userId && amount < 999_999);
      this.given.add(given.id);
    }

    async #end(bonuses: Bonuses, { isDecline, by, which }: Op & { kind: 'end' }): Promise<void> {
      const all = (await this.all()).flat();
      const bonus = all[which % Math.max(1, all.length)];
      if (bonus === undefined) return;
      if (isDecline) await bonuses.decline(bonus.userId, bonus.id);
      else await bonuses.cancel(admins[by] as Identity, bonus.id, 'any');
    }

    all() {
      return Promise.all(this.players.map((player) => bonusesOf(database.pool(), player, clock.now())));
    }
  }

  async function play(player: UserId, amount: number, wins: boolean): Promise<void> {
    book += 1;
    const number = book;
    await wallet.actor.execute(openBook(number));
    const staked = await wallet.actor.execute(stake(player, number, amount));
    const closes = staked.ok ? [close(staked.seq, wins ? 2 * amount : 0)] : [];
    await wallet.actor.execute(window('closeWindow', number, 1));
    assert.ok((await wallet.actor.execute(settle(number, closes))).ok);
  }

  async function assertWorld(world: World): Promise<void> {
    const all = await world.all();
    for (const [index, bonuses] of all.entries()) {
      const player = world.players[index] as UserId;
      const { bonus = 0n } = (await balancesOf(database.pool(), INR, [player])).get(player) ?? {};
      assert.equal(
        bonus,
        bonuses.reduce((sum, { balance }) => sum + balance, 0n),
      );
      for (const { id, status, balance } of bonuses) {
        const award = await findAward(database.pool(), id);
        assert.ok(award !== null && nextStep(award) === null, 'there was room for all');
        assert.ok(status === 'ACTIVE' || balance === 0n, status);
        reached.add(status);
      }
    }
    for (const id of world.given)
      assert.ok(
        all.flat().some((bonus) => bonus.id === id),
        'what was answered is there',
      );
  }
  const reached = new Set<string>();

  it('S2-08 S2-35 leaves each bonus once, whole, and what the ledger says of it', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 8 }), async (moments) => {
        const world = new World([await newPlayer(), await newPlayer()]);
        for (const { ops, days, diesAt, after } of moments) {
          clock.advance(days * DAY_MS);
          const mortality = new Mortality(diesAt ?? 0, after);
          const bonuses = world.bonuses(mortality);
          const ends = await Promise.allSettled(ops.map((each) => world.do(bonuses, each)));
          for (const end of ends) if (end.status === 'rejected') assert.equal(end.reason.message, 'killed');
          if (!mortality.dead) continue;
          // Nothing of the process is left; what had reached the database goes on there.
          await wallet.end();
          wallet = await openWallet(database.url(), { clock });
        }
        const bonuses = world.bonuses(new Mortality(0, false));
        await Promise.all([bonuses.sweep(), bonuses.sweep()]);
        await bonuses.sweep();
        await assertWorld(world);
      }),
      { numRuns: 60, examples: [[PLAYED_THROUGH]] },
    );
    assert.deepEqual([...reached].sort(), ['ACTIVE', 'CANCELLED', 'COMPLETED', 'EXPIRED']);
    await assertBonuses(database);
    assert.deepEqual(
      (await auditActs(database.pool())).flatMap(({ broken }) => broken),
      [],
    );
  });

  async function newPlayer(): Promise<UserId> {
    const player = await addPlayer(database.pool(), { atMs: clock.now() });
    assert.ok((await wallet.actor.execute(credit(player, 10_000))).ok);
    return player;
  }
});
