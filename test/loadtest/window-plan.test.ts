import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attemptOf } from '../../loadtest/faults.ts';
import { type Act, FAULTS, planWindow, type WindowSituation } from '../../loadtest/window-plan.ts';
import { PlaceBet } from '../../schema/andar-bahar.ts';
import { seededRandom } from '../../src/demo/choices.ts';

const situations: fc.Arbitrary<WindowSituation> = fc
  .record({
    minBet: fc.integer({ min: 1, max: 10_000 }),
    span: fc.integer({ min: 1, max: 10_000 }),
    betSides: fc.uniqueArray(fc.constantFrom('andar', 'bahar', 'joker-red', 'cards-1-5'), { maxLength: 4 }),
    balance: fc.integer({ min: 0, max: 100_000_000 }),
    leftMs: fc.integer({ min: 0, max: 20_000 }),
  })
  .map(({ span, ...rest }) => ({ ...rest, maxBet: rest.minBet * span }));

function plan(seed: string, careless: boolean, situation: WindowSituation): readonly Act[] {
  return planWindow(seededRandom(seed), careless, situation);
}

describe("a load-test bot's choices", () => {
  it('are a function of the seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), situations, (seed, careless, situation) => {
        assert.deepEqual(plan(seed, careless, situation), plan(seed, careless, situation));
      }),
    );
  });

  it('differ from seed to seed', () => {
    const situation = { minBet: 1_000, maxBet: 1e7, betSides: ['andar', 'bahar'], balance: 1e9, leftMs: 4_000 };
    const plans = Array.from({ length: 50 }, (_, seed) => JSON.stringify(plan(String(seed), false, situation)));
    assert.ok(new Set(plans).size > 30);
  });

  it('keep to the limits, the sides, the balance and the order of time', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), situations, (seed, careless, situation) => {
        const { minBet, maxBet, betSides, balance, leftMs } = situation;
        const acts = plan(seed, careless, situation);
        assert.deepEqual(
          acts,
          [...acts].sort((a, b) => a.afterMs - b.afterMs),
        );
        for (const act of acts) {
          assert.ok(act.afterMs >= 0 && act.afterMs <= leftMs * 1.5);
          if (act.kind === 'bad') assert.ok(careless);
          if (act.kind !== 'place-bet') continue;
          assert.ok(Number.isInteger(act.amount) && act.amount >= minBet && act.amount <= maxBet);
          assert.ok(betSides.includes(act.betSide) && act.amount <= balance);
        }
      }),
    );
  });

  it('cover everything that can be done at a table', () => {
    const situation = { minBet: 1_000, maxBet: 1e7, betSides: ['andar', 'bahar'], balance: 1e9, leftMs: 4_000 };
    const acts = Array.from({ length: 500 }, (_, seed) => plan(String(seed), true, situation)).flat();
    const kinds = new Set(acts.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ['bad', 'double', 'drop', 'my-bets', 'place-bet', 'rebet']);
    const bets = acts.filter((act) => act.kind === 'place-bet');
    assert.ok(bets.some(({ undoAfterMs }) => undoAfterMs !== undefined));
    const digits = new Set(bets.map(({ amount }) => String(amount).length));
    assert.ok(digits.size >= 4, 'amounts are spread over the orders of magnitude');
    const faults = new Set(acts.flatMap((act) => (act.kind === 'bad' ? [act.fault] : [])));
    assert.deepEqual([...faults].sort(), [...FAULTS].sort());
  });

  it('make every kind of mistake a request that cannot be a bet by accident', () => {
    const roundId = '01a1fee8-eade-7d2d-8e2b-4c2ae4870440';
    for (const fault of FAULTS) {
      const { type, payload } = attemptOf(fault, { roundId, betSide: 'andar', minBet: 1_000, maxBet: 5_000 });
      const bet = type === 'place-bet' ? PlaceBet.safeParse(payload).data : undefined;
      const couldCount =
        bet !== undefined &&
        bet.roundId === roundId &&
        bet.betSide === 'andar' &&
        bet.amount >= 1_000 &&
        bet.amount <= 5_000;
      assert.equal(couldCount, false, fault);
    }
  });
});
