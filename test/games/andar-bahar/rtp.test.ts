import assert from 'node:assert/strict';
import { RANKS } from '../../../src/games/andar-bahar/cards.ts';
import type { PayTable } from '../../../src/games/andar-bahar/pay-table.ts';
import {
  JOKER_BETS,
  JOKER_COLOUR,
  PAY_TABLES,
  SIDE_BETS,
  THREE_WINDOW,
} from '../../../src/games/andar-bahar/pay-tables.ts';
import { returnToPlayer } from '../../../src/games/andar-bahar/rtp.ts';
import { assertSound } from '../../../src/games/andar-bahar/soundness.ts';
import { percentOf } from '../../../src/money.ts';
import {
  ANDAR_FIRST,
  CARD_COUNTS_TOO_LATE,
  FOUR_ARGUMENTS,
  JOKER_BETS_TOO_LATE,
  JOKER_COLOUR_TOO_GENEROUS,
  ratio,
} from './pay-table-examples.ts';

describe('the return to player', () => {
  it('of the three-window table is exactly what DOMAIN 1.3 says', () => {
    const same = (exact: ReturnType<typeof ratio>) => ({ ratio: exact, lowest: exact });
    assert.deepEqual(returnToPlayer(THREE_WINDOW), [
      { betType: 'andar', window: 1, ...same(ratio(808, 833)) },
      { betType: 'bahar', window: 1, ...same(ratio(809, 833)) },
      { betType: 'andar', window: 2, ...same(ratio(2231, 2303)) },
      { betType: 'bahar', window: 2, ...same(ratio(2234, 2303)) },
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

  it('is a range where the joker is seen and matters, its best for the player counts (DOMAIN 1.2)', () => {
    const range = { ratio: ratio(8151, 8330), lowest: ratio(808, 833) };
    assert.deepEqual(returnToPlayer(JOKER_COLOUR), [
      { betType: 'andar', window: 1, ...range },
      { betType: 'bahar', window: 1, ...range },
    ]);
    assert.deepEqual(percents(JOKER_COLOUR), { 'andar 1': '97.851', 'bahar 1': '97.851' });
    assert.deepEqual(percents(JOKER_COLOUR_TOO_GENEROUS), { 'andar 1': '100.426', 'bahar 1': '100.426' });
  });

  it('of bets on the number of cards is what DOMAIN 1.5 says, beside the three-window table’s', () => {
    assert.deepEqual(percents(SIDE_BETS), {
      ...percents(THREE_WINDOW),
      'cards-1-5 1': '94.874',
      'cards-6-10 1': '97.671',
      'cards-11-15 1': '92.965',
      'cards-16-25 1': '98.103',
      'cards-26-30 1': '91.477',
      'cards-31-35 1': '92.437',
      'cards-36-40 1': '94.838',
      'cards-41-49 1': '95.078',
    });
  });

  it('of bets on the joker is a matter of counting, for nobody has seen it (DOMAIN 1.5)', () => {
    const returns = percents(JOKER_BETS);
    for (const colour of ['red', 'black']) assert.equal(returns[`joker-${colour} 1`], '95.000');
    for (const suit of ['spades', 'hearts', 'diamonds', 'clubs']) assert.equal(returns[`joker-${suit} 1`], '95.000');
    for (const rank of [...RANKS, 'seven']) assert.equal(returns[`joker-${rank} 1`], '95.385');
    for (const band of ['low', 'high']) assert.equal(returns[`joker-${band} 1`], '96.000');
    assert.deepEqual([returns['andar 2'], returns['bahar 2']], ['97.851', '97.851']);
    assert.equal(Object.keys(returns).length, 2 + 4 + 13 + 3 + 2);
    for (const { window, ratio, lowest } of returnToPlayer(JOKER_BETS)) {
      if (window === 1) assert.deepEqual(ratio, lowest);
    }
  });

  it('of the same bets on the number of cards in window 2 would be up to 110.9 % (DESIGN 6)', () => {
    const late = Object.entries(percents(CARD_COUNTS_TOO_LATE)).filter(([bet]) => /^cards.* 2$/.test(bet));
    assert.equal(Math.max(...late.map(([, percent]) => Number(percent))).toFixed(1), '110.9');
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
    [
      'bets on the number of cards once two are seen',
      CARD_COUNTS_TOO_LATE,
      /cards-\S+ in window 2 returns 1\d\d\.\d+ %/,
    ],
    ['bets on a joker that is seen', JOKER_BETS_TOO_LATE, /joker-red in window 2 returns 190\.000 %/],
    ['a step without a window', opening(1, 3), /window 2 must open before step 2/],
    ['windows that begin after step 1', opening(0, 2), /window 1 must open before step 1/],
    ['a window before the joker that deals cards', jokerWindow({ cardsDealtAfter: 2 }), /window 1 must deal no card/],
    ['a window before the joker without bets', jokerWindow({ betTypes: [] }), /window 1 must take bets/],
    ['two bets of one market that win together', bothWin(), /andar and bahar of one market can win together/],
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

function opening(at: number, opensBeforeStep: number): PayTable {
  return changed(at, { opensBeforeStep });
}

function jokerWindow(change: Partial<PayTable['windows'][number]>): PayTable {
  const windows = JOKER_BETS.windows.map((window, index) => (index === 0 ? { ...window, ...change } : window));
  return { ...JOKER_BETS, windows };
}

function bothWin(): PayTable {
  const when = { decidingCard: [1, 2] } as const;
  return { ...THREE_WINDOW, pays: [{ betType: 'andar', window: 1, when, pays: ratio(1, 1) }, ...THREE_WINDOW.pays] };
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
