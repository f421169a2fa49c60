import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { systemClock } from '../../src/clock.ts';
import type { Key, PhaseId, UserId } from '../../src/ids.ts';
import type { PhaseWish } from '../../src/lottery/create-phase.ts';
import type { Lottery } from '../../src/lottery/lottery.ts';
import { findPhase, newestPhases, unfinishedPhases } from '../../src/lottery/phase-store.ts';
import { findSettlement } from '../../src/lottery/settlement-store.ts';
import type { SlipId } from '../../src/lottery/slip-row.ts';
import { findSlip, findSlipByKey, unfinishedSlips } from '../../src/lottery/slip-store.ts';
import type { Percentage } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { newAdmins } from '../cashier/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { totalOf } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { newKey, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';
import {
  addCollector,
  assertLottery,
  newLottery,
  number,
  openPhase,
  phaseWish,
  resultOf,
  slipWish,
  submitted,
} from './support.ts';

const START = 100_000;
const NAME = 'Feb-01';

/** A phase with a slip of each of two collectors; the second slip is to be void in one story. */
interface World {
  readonly phase: PhaseId;
  readonly carl: UserId;
  readonly dora: UserId;
  readonly slip: SlipId;
  readonly key: Key;
}

interface Story {
  readonly terms?: Partial<PhaseWish>;
  /** Before anything dies. */
  readonly prepare?: (world: World, lottery: Lottery) => Promise<unknown>;
  /** What is killed, and done again after it. */
  readonly act: (world: World, lottery: Lottery) => Promise<unknown>;
  /** How it must be in the end. */
  readonly judge: (world: World) => Promise<void>;
}

describe('the lottery, killed before or after any of its effects', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let admins: readonly [Identity, Identity];
  before(async () => {
    wallet = await openWallet(database.url());
    admins = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
  });
  after(() => wallet.end());
  afterEach(() => assertLottery(database));

  const totals = ({ carl, dora }: World) => Promise.all([carl, dora].map((who) => totalOf(database.pool(), who)));
  const statusOf = async ({ phase }: World) => (await findPhase(database.pool(), phase))?.status;

  const STORIES: Readonly<Record<string, Story>> = {
    'S3-12 a slip': {
      act: ({ phase, carl, key }, lottery) => lottery.submit(slipWish(phase, carl, '555-10, 556R-5', { key })),
      judge: async (world) => {
        const slip = await findSlipByKey(database.pool(), world.carl, world.key);
        assert.deepEqual([slip?.status, slip?.lines, slip?.total], ['ACCEPTED', 4, 2_500n]);
        assert.deepEqual(await totals(world), [START - 30_000 - 2_500, START - 8_000]);
      },
    },
    'S3-12 a slip above a limit': {
      prepare: ({ phase }, lottery) => lottery.limit(admins[0], phase, number('555'), 5n as never),
      act: ({ phase, carl, key }, lottery) => lottery.submit(slipWish(phase, carl, '555-10', { key })),
      judge: async (world) => {
        const slip = await findSlipByKey(database.pool(), world.carl, world.key);
        assert.deepEqual([slip?.status, slip?.refusal], ['REFUSED', 'NUMBER_LIMIT_EXCEEDED']);
        assert.deepEqual(await totals(world), [START - 30_000, START - 8_000]);
      },
    },
    'S3-24 a void': {
      act: ({ slip }, lottery) => lottery.voidSlip(admins[1], slip, 'mistyped'),
      judge: async (world) => {
        assert.equal((await findSlip(database.pool(), world.slip))?.status, 'VOID');
        assert.deepEqual(await totals(world), [START - 30_000, START]);
      },
    },
    'S3-19 a close, and the next phase': {
      act: async ({ phase }, lottery) => {
        await lottery.close(admins[0], phase);
        const next = phaseWish(systemClock, { name: `next ${phase.slice(-10)}` });
        const there = await newestPhases(database.pool(), {}, 5);
        return there.some(({ name }) => name === next.name) ? undefined : lottery.create(admins[1], next);
      },
      judge: async (world) => {
        assert.equal(await statusOf(world), 'CLOSED');
        const [newest] = await newestPhases(database.pool(), { status: 'OPEN' }, 5);
        assert.equal(newest?.name, `next ${world.phase.slice(-10)}`);
      },
    },
    'S3-20 a result': {
      prepare: ({ phase }, lottery) => lottery.close(admins[0], phase),
      act: async ({ phase }, lottery) => {
        for (const by of admins) await lottery.enterNumber(by, phase, number('123'));
      },
      judge: async (world) => {
        assert.equal(await statusOf(world), 'RESULT');
        assert.equal((await findPhase(database.pool(), world.phase))?.winningNumber, '123');
      },
    },
    'S3-20 a draw': {
      terms: { draw: 'provable' },
      act: ({ phase }, lottery) => lottery.close(admins[0], phase),
      judge: async (world) => {
        const { status, winningNumber, revealedSeed } =
          (await findPhase(database.pool(), world.phase)) ?? assert.fail();
        assert.deepEqual([status, winningNumber?.length, revealedSeed?.length], ['RESULT', 3, 64]);
      },
    },
    'S3-05 S3-21 a settlement': {
      prepare: ({ phase }, lottery) => resultOf(lottery, phase, admins, '123'),
      act: ({ phase }, lottery) => lottery.settle(admins[0], phase),
      judge: async (world) => {
        assert.equal(await statusOf(world), 'SETTLED');
        const settlement = await findSettlement(database.pool(), world.phase);
        const { totalIn, totalOut, commission, netProfit } = settlement ?? assert.fail();
        assert.deepEqual([totalIn, totalOut, commission], [38_000n, 80n * 25_000n, 3_800n]);
        assert.equal(netProfit, totalIn - totalOut - commission);
        assert.deepEqual(await totals(world), [START - 30_000 + 80 * 20_000 + 3_000, START - 8_000 + 80 * 5_000 + 800]);
      },
    },
  };

  for (const [name, story] of Object.entries(STORIES)) {
    it(`${name} happens once, whenever it is done again`, async function () {
      this.timeout(120_000);
      for (const after of [false, true]) {
        for (let step = 1; ; step++) {
          const mortality = new Mortality(step, after);
          await playKillRestart(story, mortality);
          if (!mortality.dead) break;
          assert.ok(step < 100, 'it has an end');
        }
      }
    });
  }

  async function playKillRestart(story: Story, mortality: Mortality): Promise<void> {
    const healthy = newLottery(database.pool(), wallet.actor);
    const world = await newWorld(healthy, story.terms);
    await story.prepare?.(world, healthy);
    const mortal = mortality.database(database.pool());
    const dying = newLottery(
      mortal,
      { ...mortality.wallet(wallet.actor), totalsOn: (book) => wallet.actor.totalsOn(book) },
      {
        backoffice: createBackoffice({ database: mortal, clock: systemClock, log: silent }),
      },
    );
    const heard = await story.act(world, dying).catch((error: Error) => assert.equal(error.message, 'killed'));
    // The wallet's memory is gone too.
    await wallet.end();
    wallet = await openWallet(database.url());
    const next = newLottery(database.pool(), wallet.actor);
    await next.start();
    assert.deepEqual(await unfinishedPhases(database.pool()), []);
    assert.deepEqual(await unfinishedSlips(database.pool(), { after: null }, 10), []);
    if (!mortality.dead && heard !== undefined) await story.judge(world);
    const again = await story.act(world, next);
    if (typeof heard === 'object' && heard !== null && !isRefusal(heard) && 'slipId' in heard) {
      assert.deepEqual(again, heard, 'the first answer again');
    }
    await story.judge(world);
    await Promise.all([next.start(), story.act(world, next)]);
    await story.judge(world);
    next.stop();
  }

  async function newWorld(lottery: Lottery, terms: Partial<PhaseWish> = {}): Promise<World> {
    const usual = { name: NAME, commission: 1_000 as Percentage };
    const { id: phase } = await openPhase(lottery, admins[0], { ...usual, ...terms });
    const carl = await addCollector(database.pool(), wallet, START);
    const dora = await addCollector(database.pool(), wallet, START);
    submitted(await lottery.submit(slipWish(phase, carl, '123-200, 999-100')));
    const { slipId: slip } = submitted(await lottery.submit(slipWish(phase, dora, '123-50 777-30')));
    return { phase, carl, dora, slip, key: newKey() };
  }
});
