import assert from 'node:assert/strict';
import { acceptsBet, acceptsUndo, type BetRequest } from '../../../src/games/andar-bahar/accept.ts';
import { closeBetting, type Round, type TableSettings } from '../../../src/games/andar-bahar/round.ts';
import type { RoundId } from '../../../src/ids.ts';
import { type Currency, minor } from '../../../src/money.ts';
import { firstWindow, OPENED_AT, ROUND, SECONDS_30, SETTINGS, secondWindow } from './round-support.ts';

const OTHER_ROUND = '01890000-0000-7000-8000-000000000002' as RoundId;
const BET: BetRequest = { roundId: ROUND, betSide: 'andar', amount: minor(10_000) };
const IN_TIME = OPENED_AT + 1_000;
const DEADLINE = OPENED_AT + SECONDS_30;

interface Case {
  readonly round: Round;
  readonly settings: TableSettings;
  readonly bet: BetRequest;
  readonly now: number;
}
const GOOD: Case = { round: firstWindow(), settings: SETTINGS, bet: BET, now: IN_TIME };

/** One thing wrong each, the most important first: with several wrong, the first one answers. */
const PRECEDENCE: readonly [name: string, spoil: (good: Case) => Case, code: string, message: string][] = [
  [
    'the game is paused',
    (c) => ({ ...c, settings: { ...c.settings, paused: true } }),
    'GAME_PAUSED',
    'The game is paused.',
  ],
  [
    'the round is another one',
    (c) => ({ ...c, bet: { ...c.bet, roundId: OTHER_ROUND } }),
    'BETTING_CLOSED',
    'Betting is closed',
  ],
  ['S0-16 the deadline has passed', (c) => ({ ...c, now: DEADLINE }), 'BETTING_CLOSED', 'Betting time has expired'],
  [
    'the window is another one',
    (c) => ({ ...c, bet: { ...c.bet, bettingWindow: 2 } }),
    'BETTING_CLOSED',
    'Betting window 2 is not open',
  ],
  [
    'S0-14 there is no such side',
    (c) => ({ ...c, bet: { ...c.bet, betSide: 'tie' } }),
    'INVALID_REQUEST',
    'This table takes no such bet now',
  ],
  [
    'S0-15 the amount is below the minimum',
    (c) => ({ ...c, bet: { ...c.bet, amount: minor(999) } }),
    'BELOW_MINIMUM',
    'Minimum bet amount is ₹10',
  ],
];

function ask({ round, settings, bet, now }: Case) {
  return acceptsBet(round, settings, bet, now);
}

describe('a bet is refused', () => {
  for (const [index, [name, spoil, code, message]] of PRECEDENCE.entries()) {
    it(`${code} when ${name}`, () => assert.deepEqual(ask(spoil(GOOD)), { ok: false, code, message }));

    it(`${code} first when ${name} and everything after it in the order is wrong too`, () => {
      const spoilt = PRECEDENCE.slice(index).reduce((all, [, alsoSpoil]) => alsoSpoil(all), GOOD);
      assert.deepEqual(ask(spoilt), { ok: false, code, message });
    });
  }

  it('S0-15 ABOVE_MAXIMUM when the amount is above the maximum', () => {
    const refusal = { ok: false, code: 'ABOVE_MAXIMUM', message: 'Maximum bet amount is ₹100000' };
    assert.deepEqual(ask({ ...GOOD, bet: { ...BET, amount: minor(10_000_001) } }), refusal);
  });

  it('S0-15 with the limit in the table’s currency, hundredths where there are some', () => {
    const settings = { ...SETTINGS, currency: 'USD' as Currency, minBet: minor(1_050) };
    const answer = ask({ ...GOOD, settings, bet: { ...BET, amount: minor(1) } });
    assert.equal(answer.ok === false && answer.message, 'Minimum bet amount is USD 10.50');
  });

  const closed: readonly Round[] = [{ phase: 'idle' }, closeBetting(firstWindow())];
  for (const round of closed) {
    it(`S0-16 BETTING_CLOSED while the round is ${round.phase}, whatever the clock says`, () => {
      assert.deepEqual(ask({ ...GOOD, round }), { ok: false, code: 'BETTING_CLOSED', message: 'Betting is closed' });
    });
  }

  it('INVALID_REQUEST when the ledger has a code for it but the window does not take it', () => {
    const table = { ...SETTINGS.table, windows: SETTINGS.table.windows.map((w) => ({ ...w, betTypes: ['bahar'] })) };
    const answer = ask({ ...GOOD, settings: { ...SETTINGS, table } });
    assert.equal(answer.ok === false && answer.code, 'INVALID_REQUEST');
  });
});

describe('a bet is accepted', () => {
  it('S0-14 on either side, with its window, its code and the most it can pay', () => {
    assert.deepEqual(ask(GOOD), { ok: true, window: 1, selection: 1, liability: 20_000n });
    const bahar = { ...BET, betSide: 'bahar', bettingWindow: 2 };
    assert.deepEqual(ask({ ...GOOD, round: secondWindow(), bet: bahar }), {
      ok: true,
      window: 2,
      selection: 2,
      liability: 20_000n,
    });
  });

  it('S0-16 in the last millisecond before the deadline', () => {
    assert.equal(ask({ ...GOOD, now: DEADLINE - 1 }).ok, true);
  });

  it('S0-15 at the minimum and at the maximum', () => {
    for (const amount of [SETTINGS.minBet, SETTINGS.maxBet])
      assert.equal(ask({ ...GOOD, bet: { ...BET, amount } }).ok, true);
  });
});

describe('a bet may be undone', () => {
  const placed = { roundId: ROUND, bettingWindow: 1 };

  it('in its own window while that is open, paused or not', () => {
    assert.deepEqual(acceptsUndo(firstWindow(), placed, DEADLINE - 1), { ok: true });
  });

  const refused: readonly [string, ReturnType<typeof acceptsUndo>][] = [
    ['after its deadline', acceptsUndo(firstWindow(), placed, DEADLINE)],
    ['once its window has closed', acceptsUndo(closeBetting(firstWindow()), placed, IN_TIME)],
    ['in a later window, when cards have been seen', acceptsUndo(secondWindow(), placed, IN_TIME)],
    ['in another round', acceptsUndo(firstWindow(), { ...placed, roundId: OTHER_ROUND }, IN_TIME)],
  ];
  for (const [when, answer] of refused) {
    it(`not ${when}`, () => assert.equal(answer.ok === false && answer.code, 'BETTING_CLOSED'));
  }
});
