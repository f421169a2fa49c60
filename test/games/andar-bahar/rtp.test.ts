import assert from 'node:assert/strict';
import type { PayTable } from '../../../src/games/andar-bahar/pay-table.ts';
import { PAY_TABLES, THREE_WINDOW } from '../../../src/games/andar-bahar/pay-tables.ts';
import { percentOf, returnToPlayer } from '../../../src/games/andar-bahar/rtp.ts';
import { assertSound } from '../../../src/games/andar-bahar/soundness.ts';
import {
  ANDAR_FIRST,
  FOUR_ARGUMENTS,
  JOKER_COLOUR,
  JOKER_COLOUR_TOO_GENEROUS,
  ratio,
  SIDE_BETS,
} from './pay-table-examples.ts';

describe('the return to player', () => {
  it('of the three-window table is exactly what DOMAIN 1.3 says', () => {
    assert.deepEqual(returnToPlayer(THREE_WINDOW), [
      { betType: 'andar', window: 1, ratio: ratio(808, 833) },
      { betType: 'bahar', window: 1, ratio: ratio(809, 833) },
      { betType: 'andar', window: 2, ratio: ratio(2231, 2303) },
      { betType: 'bahar', window: 2, ratio: ratio(2234, 2303) },
    ]);
  });

  it('S0-48 of the rule that forgets a bet’s window is 103.126 % for Bahar in window 2', () => {
    assert.deepEqual(percents(FOUR_ARGUMENTS), {
      'andar 1': '96.999',
      'bahar 1': '97.119',
      'andar 2': '96.874',
      'bahar 2': '103.126',
    });
  });

  it('S0-33 of the default pays with Andar dealt first is 103.0 % for Andar', () => {
    const returns = percents(ANDAR_FIRST);
    assert.deepEqual([returns['andar 1'], returns['bahar 1']], ['103.001', '91.352']);
  });

  it('counts the joker that is best for the player where the joker is seen (DOMAIN 1.2)', () => {
    assert.deepEqual(percents(JOKER_COLOUR), { 'andar 1': '97.851', 'bahar 1': '97.851' });
    assert.deepEqual(percents(JOKER_COLOUR_TOO_GENEROUS), { 'andar 1': '100.426', 'bahar 1': '100.426' });
  });

  it('is known for side bets too, before and after the joker (DOMAIN 1.5)', () => {
    assert.deepEqual(percents(SIDE_BETS), {
      'joker-red 1': '95.000',
      'cards-1-5 2': '94.874',
      'cards-16-25 2': '98.103',
      'cards-41-49 2': '95.078',
    });
  });
});

describe('a pay table', () => {
  it('that is shipped is sound, and its id is its own', () => {
    for (const table of PAY_TABLES) assertSound(table);
    assert.equal(new Set(PAY_TABLES.map((table) => table.id)).size, PAY_TABLES.length);
  });

  const unsound: readonly [string, PayTable, RegExp][] = [
    ['S0-48 the rule with four arguments', FOUR_ARGUMENTS, /bahar in window 2 returns 103\.126 %/],
    ['S0-33 the default pays with Andar first', ANDAR_FIRST, /andar in window 1 returns 103\.001 %/],
    ['0.95:1 on the first side', JOKER_COLOUR_TOO_GENEROUS, /andar in window 1 returns 100\.426 %/],
    ['a bet that returns exactly 100 %', fair(), /andar in window 1 returns 100\.000 %/],
    ['a bet without a code in the ledger', takes('tie'), /tie in window 1 has no selection code/],
    ['a bet that never pays', { ...THREE_WINDOW, pays: [] }, /andar in window 1 can never win/],
    ['a pay for a bet that is not taken', paysIn(3), /no andar bets in window 3/],
    ['a payout below the stake', paying(ratio(1, 2)), /andar in window 1 pays less than the stake/],
    ['no window at all', { ...THREE_WINDOW, windows: [] }, /has no window/],
    ['a window before the joker, which rounds do not play', SIDE_BETS, /window 1 must open before step 1/],
    ['a deal that never ends', ending(4), /window 3 must be the last if it deals until the match/],
    ['a window that deals no card', dealing(0), /window 1 must deal at least one card/],
  ];
  for (const [name, table, message] of unsound) {
    it(`is refused at start: ${name}`, () => assert.throws(() => assertSound(table), message));
  }
});

function percents(table: PayTable): Record<string, string> {
  const entries = returnToPlayer(table).map((bet) => [`${bet.betType} ${bet.window}`, percentOf(bet.ratio)]);
  return Object.fromEntries(entries);
}

/** Andar's chance in window 1 is 404/833, so 833/404 of the stake is exactly fair. */
function fair(): PayTable {
  return paying(ratio(833, 404));
}

function paying(pays: ReturnType<typeof ratio>): PayTable {
  return { ...THREE_WINDOW, pays: THREE_WINDOW.pays.map((pay, index) => (index === 0 ? { ...pay, pays } : pay)) };
}

function paysIn(window: number): PayTable {
  return { ...THREE_WINDOW, pays: [...THREE_WINDOW.pays, { betType: 'andar', window, when: {}, pays: ratio(2, 1) }] };
}

function takes(betType: string): PayTable {
  return changed(0, { betTypes: ['andar', 'bahar', betType] });
}

function dealing(cardsDealtAfter: number): PayTable {
  return changed(0, { cardsDealtAfter });
}

function ending(cardsDealtAfter: number): PayTable {
  return changed(2, { cardsDealtAfter });
}

function changed(at: number, change: Partial<PayTable['windows'][number]>): PayTable {
  const windows = THREE_WINDOW.windows.map((window, index) => (index === at ? { ...window, ...change } : window));
  return { ...THREE_WINDOW, windows };
}
