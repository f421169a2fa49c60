import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor } from '../../src/money.ts';
import { Exposure } from '../../src/wallet/exposure.ts';
import { lines } from './fixture.ts';

interface Bet {
  readonly selection: number;
  readonly amount: ReturnType<typeof minor>;
  readonly liability: ReturnType<typeof minor>;
}

/** What it means, straight from the definition: per market the selection that pays most, less all stakes. */
function worstOf(bets: readonly Bet[]): bigint {
  const perSelection = new Map<number, bigint>();
  let worst = 0n;
  for (const { selection, amount, liability } of bets) {
    perSelection.set(selection, (perSelection.get(selection) ?? 0n) + liability);
    worst -= amount;
  }
  for (const market of new Set([...perSelection.keys()].map((selection) => Math.floor(selection / 1_000)))) {
    const sums = [...perSelection].filter(([selection]) => Math.floor(selection / 1_000) === market);
    worst += sums.map(([, sum]) => sum).reduce((a, b) => (a > b ? a : b), 0n);
  }
  return worst;
}

const bet: fc.Arbitrary<Bet> = fc.record({
  selection: fc.constantFrom(0, 1, 2, 999, 1_000, 1_001, 2_500, 32_767),
  amount: fc.integer({ min: 1, max: 50 }).map(minor),
  liability: fc.integer({ min: 0, max: 100 }).map(minor),
});

describe('exposure', () => {
  it('DESIGN 3 is what the definition says after any sequence of bets taken and undone', () => {
    const step = fc.oneof({ weight: 3, arbitrary: bet }, { weight: 2, arbitrary: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(bet, { maxLength: 8 }), (steps, more) => {
        const exposure = new Exposure();
        const taken: Bet[] = [];
        for (const one of steps) {
          const change = typeof one === 'number' ? taken.splice(one, 1)[0] : one;
          if (change === undefined) continue;
          if (typeof one === 'number') {
            const { selection, amount, liability } = change;
            assert.equal(exposure.worstWithout(selection, amount, liability), worstOf(taken));
            exposure.remove(selection, amount, liability);
          } else {
            exposure.add(change.selection, change.amount, change.liability);
            taken.push(change);
          }
          assert.equal(exposure.worstWith([]), worstOf(taken));
        }
        assert.equal(exposure.worstWith(more), worstOf([...taken, ...more]));
        assert.equal(exposure.worstWith([]), worstOf(taken), 'asking changes nothing');
      }),
      { numRuns: 500 },
    );
  });

  it('selections of one thousand exclude one another, those of different thousands do not', () => {
    assert.equal(new Exposure().worstWith(lines('1:10x100', '2:10x100')), 80n);
    assert.equal(new Exposure().worstWith(lines('1:10x100', '1001:10x100')), 180n);
  });

  it('is negative where the house gains whatever happens', () => {
    assert.equal(new Exposure().worstWith(lines('1:10x19', '2:10x19')), -1n);
  });
});
