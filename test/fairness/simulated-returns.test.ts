import assert from 'node:assert/strict';
import { EMPTY_ROOT } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import { type Card, type Colour, colourOf, DECK } from '../../src/games/andar-bahar/cards.ts';
import { holds, type PayTable, paysOf } from '../../src/games/andar-bahar/pay-table.ts';
import { PAY_TABLES } from '../../src/games/andar-bahar/pay-tables.ts';
import { LONGEST_DEAL, outcomeAt, returnUnder } from '../../src/games/andar-bahar/rtp.ts';
import type { RoundId } from '../../src/ids.ts';
import { percentOf } from '../../src/money.ts';
import { dealt } from './random-round.ts';

const DEALS = 1_000_000;
const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
/** Fixed seeds: either always within, or never. Chance of 70 true returns all lying within 4 σ: 99.6 %. */
const SIGMAS = 4;

/** Jokers that are seen before a bet is made: each colour is looked at by itself. */
const COLOURS: readonly Colour[] = ['red', 'black'];

interface View {
  readonly name: string;
  readonly jokers: readonly Card[];
}

/**
 * All that a payout depends on is the joker and the number of the deciding card. So the deals, made at every table in
 * turn by its own draw, are counted by these two, and every table is scored with all of them.
 */
describe(`${DEALS.toLocaleString('en')} deals from fixed seeds`, function () {
  this.timeout(300_000);
  const counts = DECK.map(() => Array<number>(LONGEST_DEAL + 1).fill(0));

  before(() => {
    for (let deal = 0; deal < DEALS; deal += 1) {
      const { joker, decidingCard } = outcomeOf(deal);
      const row = counts[joker] ?? [];
      row[decidingCard] = (row[decidingCard] ?? 0) + 1;
    }
  });

  for (const table of PAY_TABLES) {
    for (const [index, { betTypes }] of table.windows.entries()) {
      for (const betType of betTypes) {
        for (const { name, jokers } of viewsOf(table, index + 1)) {
          it(`${table.id}: ${betType} of window ${index + 1} ${name} returns what was computed exactly`, () => {
            const exact = returnUnder(table, betType, index + 1, jokers);
            const { mean, error } = simulated(table, betType, index + 1, jokers);
            const deviations = Math.abs(mean - Number(exact.numerator) / Number(exact.denominator)) / error;
            assert.ok(deviations < SIGMAS, `${mean} instead of ${percentOf(exact)} %: ${deviations.toFixed(2)} σ`);
          });
        }
      }
    }
  }

  it('turn every joker equally often (chi-square, 51 degrees of freedom, 99.9 %)', () => {
    const cells = counts.map((row): [number, number] => [row.reduce((sum, count) => sum + count), 1 / 52]);
    assert.ok(chiSquare(cells) < 87.968);
  });

  it('end with card n as often as C(51 − n, 2) / C(51, 3) says (chi-square, 48 degrees of freedom, 99.9 %)', () => {
    const pairs = (count: number) => (count * (count - 1)) / 2;
    const cells = Array.from({ length: LONGEST_DEAL }, (_, index): [number, number] => [
      counts.reduce((sum, row) => sum + (row[index + 1] ?? 0), 0),
      pairs(50 - index) / 20_825,
    ]);
    assert.ok(chiSquare(cells) < 84.037);
  });

  /** Mean return of the deals in which the bet could be made, and the standard error of that mean. */
  function simulated(table: PayTable, betType: string, window: number, jokers: readonly Card[]) {
    const rows = paysOf(table, betType, window);
    const seen = table.windows
      .slice(0, window - 1)
      .reduce((sum, { cardsDealtAfter }) => sum + Number(cardsDealtAfter), 0);
    let [deals, sum, squares] = [0, 0, 0];
    for (const joker of jokers) {
      for (let decidingCard = seen + 1; decidingCard <= LONGEST_DEAL; decidingCard += 1) {
        const count = counts[joker]?.[decidingCard] ?? 0;
        const paid = rows.find(({ when }) => holds(when, outcomeAt(table, joker, decidingCard)))?.pays;
        const returned = paid ? Number(paid.numerator) / Number(paid.denominator) : 0;
        deals += count;
        sum += count * returned;
        squares += count * returned ** 2;
      }
    }
    const mean = sum / deals;
    return { mean, error: Math.sqrt((squares / deals - mean ** 2) / deals) };
  }

  function chiSquare(cells: readonly (readonly [seen: number, probability: number])[]): number {
    return cells.reduce((sum, [seen, p]) => sum + (seen - p * DEALS) ** 2 / (p * DEALS), 0);
  }
});

function outcomeOf(deal: number) {
  const table = PAY_TABLES[deal % PAY_TABLES.length];
  assert.ok(table);
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(deal);
  const roots = table.windows.map(() => EMPTY_ROOT);
  const { outcome } = dealt({ seed: serverSeed(bytes), roundId: ROUND, table, roots });
  assert.ok(outcome, 'a deal without a winner');
  return outcome;
}

function viewsOf(table: PayTable, window: number): readonly View[] {
  if (table.windows[window - 1]?.opensBeforeStep === 0) return [{ name: 'under any joker', jokers: DECK }];
  return COLOURS.map((colour) => ({
    name: `under a ${colour} joker`,
    jokers: DECK.filter((joker) => colourOf(joker) === colour),
  }));
}
