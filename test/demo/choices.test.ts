import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Choice, choose, seededRandom } from '../../src/demo/choices.ts';
import { minor } from '../../src/money.ts';

const WINNERS = ['andar', 'bahar'];
const SITUATION = {
  ...{ minBet: minor(1_000), maxBet: minor(1_000_000), betSides: WINNERS },
  ...{ balance: undefined, leftMs: 4_000 },
};
const choices = (seed: string, count: number, betSides: readonly string[] = WINNERS): readonly Choice[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => choose(random, { ...SITUATION, betSides }));
};

describe('what a bot chooses', () => {
  it('is the same again for the same seed, and different for another', () => {
    assert.deepEqual(choices('bot1', 50), choices('bot1', 50));
    assert.notDeepEqual(choices('bot1', 50), choices('bot2', 50));
  });

  it('is now and then nothing, both sides, and now and then undone', () => {
    const made = choices('bot1', 400);
    const bets = made.filter((choice) => choice.kind === 'bet');
    assert.ok(bets.length > 240 && bets.length < 320, `${bets.length} bets of 400`);
    for (const side of ['andar', 'bahar']) assert.ok(bets.filter((bet) => bet.betSide === side).length > 80);
    const undone = bets.filter((bet) => bet.undoAfterMs !== undefined).length;
    assert.ok(undone > 10 && undone < 60, `${undone} undone`);
  });

  it('is mostly who wins, now and then a side bet, and always what the window takes', () => {
    const sidesOf = (betSides: readonly string[]) =>
      choices('bot1', 400, betSides).flatMap((choice) => (choice.kind === 'bet' ? [choice.betSide] : []));
    const mixed = sidesOf([...WINNERS, 'cards-1-5', 'cards-6-10']);
    const others = mixed.filter((betSide) => !WINNERS.includes(betSide)).length;
    assert.ok(others > mixed.length * 0.15 && others < mixed.length * 0.35, `${others} of ${mixed.length}`);
    const joker = sidesOf(['joker-red', 'joker-black', 'joker-K']);
    assert.deepEqual([...new Set(joker)].sort(), ['joker-K', 'joker-black', 'joker-red']);
    assert.deepEqual(sidesOf([]), []);
  });

  it('is always a bet that the table takes and the bot can pay, within the window', () => {
    const amounts = fc.record({
      minBet: fc.bigInt(1n, 10_000n),
      more: fc.bigInt(0n, 100_000n),
      balance: fc.option(fc.bigInt(0n, 50_000n), { nil: undefined }),
      leftMs: fc.integer({ min: 100, max: 60_000 }),
      seed: fc.string(),
    });
    fc.assert(
      fc.property(amounts, ({ minBet, more, balance, leftMs, seed }) => {
        const maxBet = minBet + more;
        const situation = { minBet: minor(minBet), maxBet: minor(maxBet), betSides: WINNERS, leftMs };
        const held = balance === undefined ? undefined : minor(balance);
        const choice = choose(seededRandom(seed), { ...situation, balance: held });
        if (choice.kind !== 'bet') {
          assert.equal(choice.kind === 'broke', balance !== undefined && balance < minBet);
          return;
        }
        assert.ok(choice.amount >= minBet && choice.amount <= maxBet && choice.amount <= (balance ?? maxBet));
        assert.ok(choice.afterMs >= 0 && choice.afterMs + (choice.undoAfterMs ?? 0) < leftMs);
      }),
    );
  });

  it('has numbers that are spread evenly', () => {
    const random = seededRandom('spread');
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(random() * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    assert.equal(counts.length, 10);
    for (const count of counts) assert.ok(count > 850 && count < 1_150, `${counts}`);
  });
});
