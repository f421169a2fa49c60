import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { nextStep } from '../../src/bonuses/award.ts';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import type { Bonus } from '../../src/bonuses/reads.ts';
import { findAward, unfinishedAwards } from '../../src/bonuses/store.ts';
import { systemClock } from '../../src/clock.ts';
import type { UserId } from '../../src/ids.ts';
import { INR, minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { useDatabase } from '../support/database.ts';
import { newKey, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addDeposit, addPlayer, assertBonuses, bonusesOf, newBonuses, shown } from './support.ts';

interface World {
  readonly bonuses: Bonuses;
  readonly player: UserId;
  readonly admin: Identity;
  readonly key: ReturnType<typeof newKey>;
  /** The same thing again, as long as it lasts. */
  readonly moveOn: (days: number) => void;
}

interface Story {
  readonly ends: readonly string[];
  readonly play: (world: World) => Promise<unknown>;
}

const IS = 'ACTIVE 6000/180000';

describe('S2-08 bonuses, killed before or after any of their effects', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let admin: Identity;
  let manual: Campaign;
  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    [admin] = (await newAdmins(database.pool(), 1)) as [Identity];
    manual = await addCampaign(database.pool(), 'MANUAL');
    await addCampaign(database.pool(), 'DEPOSIT', { minDeposit: minor(1_000_000), maxAmount: minor(6_000) });
  });
  after(() => wallet.end());
  afterEach(() => assertBonuses(database));

  async function given({ bonuses, player, admin: by, key }: World): Promise<Bonus> {
    const gift = { campaign: manual.id, userId: player, amount: minor(6_000), reason: 'kind', key };
    const answer = await bonuses.give(by, gift);
    assert.ok(!isRefusal(answer));
    return answer;
  }

  const STORIES: Readonly<Record<string, Story>> = {
    'a deposit that is credited': {
      ends: [IS],
      play: async ({ bonuses, player }) => bonuses.credited(await addDeposit(database.pool(), player, 1_000_000)),
    },
    'a gift of the house': { ends: ['unborn', IS], play: given },
    'a gift that its player gives up': {
      ends: ['unborn', IS, 'CANCELLED 6000/180000 declined'],
      play: async (world) => world.bonuses.decline(world.player, (await given(world)).id),
    },
    'a gift that the house takes back': {
      ends: ['unborn', IS, 'CANCELLED 6000/180000 cancelled'],
      play: async (world) => world.bonuses.cancel(world.admin, (await given(world)).id, 'a mistake'),
    },
    'a bonus that expires': {
      ends: ['EXPIRED 6000/180000 expired'],
      play: async ({ bonuses, player, moveOn }) => {
        const whole = newBonuses(database.pool(), wallet.actor, { clock });
        await whole.credited(await addDeposit(database.pool(), player, 1_000_000, new Date(clock.now())));
        moveOn(30);
        await bonuses.sweep();
      },
    },
  };

  for (const [name, story] of Object.entries(STORIES)) {
    it(`S2-35 end as they should: ${name}`, async function () {
      this.timeout(60_000);
      const seen = new Set<string>();
      for (const after of [false, true]) {
        for (let step = 1; ; step++) {
          const mortality = new Mortality(step, after);
          seen.add(await killAndRestart(story, mortality));
          if (!mortality.dead) break;
          assert.ok(step < 100, 'it has an end');
        }
      }
      assert.deepEqual([...seen].sort(), [...story.ends].sort());
    });
  }

  async function killAndRestart(story: Story, mortality: Mortality): Promise<string> {
    const player = await addPlayer(database.pool(), { atMs: clock.now() });
    const key = newKey();
    const heard = await playUntilKilled(story, { player, key }, mortality);
    // The wallet's memory is gone too.
    await wallet.end();
    wallet = await openWallet(database.url(), { clock });
    const bonuses = newBonuses(database.pool(), wallet.actor, { clock });
    await Promise.all([bonuses.sweep(), bonuses.sweep()]);
    assert.deepEqual(await unfinishedAwards(database.pool(), null, 10), []);
    const found = await shownOf(player);
    if (heard !== undefined) assert.equal(found, heard, 'what was answered has happened');
    await bonuses.sweep();
    assert.equal(await shownOf(player), found);
    await assertMoney(player);
    if (found !== 'unborn' && story.play === given) {
      const again = await given({ bonuses, player, admin, key, moveOn: () => undefined });
      assert.equal(shown(again), found, 'the same key finds it');
    }
    return found;
  }

  /** What was answered at the end, if anything. */
  async function playUntilKilled(story: Story, { player, key }: Pick<World, 'player' | 'key'>, mortality: Mortality) {
    const mortal = mortality.database(database.pool());
    const bonuses = newBonuses(mortal, mortality.wallet(wallet.actor), {
      clock,
      backoffice: createBackoffice({ database: mortal, clock: systemClock, log: silent }),
    });
    const moveOn = (days: number) => clock.advance(days * DAY_MS);
    try {
      const answer = await story.play({ bonuses, player, admin, key, moveOn });
      if (typeof answer === 'object' && answer !== null && 'outcome' in answer && !mortality.dead) {
        return shown(answer as Bonus);
      }
    } catch (error) {
      assert.equal((error as Error).message, 'killed');
    }
    return undefined;
  }

  async function shownOf(player: UserId): Promise<string> {
    const all = await bonusesOf(database.pool(), player, clock.now());
    for (const { id } of all) {
      const award = await findAward(database.pool(), id);
      assert.ok(award && nextStep(award) === null);
    }
    assert.ok(all.length <= 1, 'once');
    return all.map(shown)[0] ?? 'unborn';
  }

  async function assertMoney(player: UserId): Promise<void> {
    const { bonus = 0n, real = 0n } = (await balancesOf(database.pool(), INR, [player])).get(player) ?? {};
    const left = (await bonusesOf(database.pool(), player, clock.now())).reduce(
      (sum, { balance }) => sum + balance,
      0n,
    );
    assert.deepEqual([bonus, real], [left, 0n]);
    assert.equal(left, (await shownOf(player)) === IS ? 6_000n : 0n);
  }
});
