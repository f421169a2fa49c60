import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jokerOutcomes } from '../../src/games/andar-bahar/joker-outcomes.ts';
import { findPayTable } from '../../src/games/andar-bahar/pay-tables.ts';
import { MARKET_SIZES, selectionOf } from '../../src/games/andar-bahar/selection.ts';
import type { Percentage } from '../../src/money.ts';
import { minor } from '../../src/money.ts';
import {
  type Grant,
  type GrantId,
  maxStakeUnder,
  netExposure,
  Purse,
  type Risk,
  sharesOfReturn,
  sumOfShares,
  wager,
} from '../../src/wallet/bonus.ts';

const NOW = 1_000;
/** Andar and Bahar; three ranges of cards. */
const DRAWS = { marketSizes: [2, 3], outcomes: [] };

interface Some {
  readonly balance?: number;
  readonly needs?: number;
  readonly wagered?: number;
  readonly expiresAt?: number;
  readonly maxStake?: number;
  /** Percent. */
  readonly games?: Readonly<Record<string, number>>;
  readonly status?: Grant['status'];
}

function bonus(id: number, { balance = 100, needs = 1_000, wagered = 0, games = { '*': 100 }, ...more }: Some = {}) {
  const contributions = Object.entries(games).map(([game, share]) => [game, (share * 100) as Percentage] as const);
  const { expiresAt = NOW + 1, maxStake, status = 'active' } = more;
  return {
    ...{ id: id as GrantId, wallet: 1, amount: 100n, atStake: 0n, endedAt: 0, version: 1, before: null, expiresAt },
    ...{ requirement: minor(needs), wagered: BigInt(wagered), balance: BigInt(balance), status },
    maxStake: maxStake === undefined ? null : minor(maxStake),
    contributions: new Map(contributions),
  } satisfies Grant;
}

/** `bets('100:1=50', ...)`: position 100 on selection 1 over 50. */
function bets(...texts: readonly string[]): readonly Risk[] {
  return texts.map((text) => {
    const [id = 0, selection = 0, stake = 0] = text.split(/[:=]/).map(Number);
    return { id, selection, stake: BigInt(stake), liability: BigInt(2 * stake) };
  });
}

function progressOf(grants: readonly Grant[], risks: readonly Risk[], game = 'main') {
  const progress = wager(grants, risks, { game, draws: DRAWS, nowMs: NOW });
  return progress.map(({ grant, wagered }) => `${grant.id}+${wagered}`);
}

describe('where a stake comes from', () => {
  const cases: readonly [string, 'real-first' | 'bonus-first', number, readonly number[], number, string][] = [
    ['real money first', 'real-first', 60, [100], 50, '50'],
    ['then the bonus', 'real-first', 60, [100], 70, '60 1:10'],
    ['from the oldest on', 'real-first', 0, [30, 30, 30], 70, '0 1:30 2:30 3:10'],
    ['passing over what is empty', 'real-first', 0, [0, 30], 20, '0 2:20'],
    ['or the bonus first', 'bonus-first', 60, [30], 50, '20 1:30'],
    ['and real money where it does not suffice', 'bonus-first', 60, [30, 20], 110, '60 1:30 2:20'],
    ['all of both', 'real-first', 1, [1], 2, '1 1:1'],
  ];
  for (const [name, order, real, balances, amount, expected] of cases) {
    it(`S0-27 S2-07 S2-31 X-03 ${name}`, () => {
      const grants = balances.map((balance, index) => bonus(index + 1, { balance }));
      const drawn = new Purse(BigInt(real), grants, order).draw(BigInt(amount));
      assert.equal([drawn.real, ...drawn.shares.map((share) => `${share.grant}:${share.amount}`)].join(' '), expected);
    });
  }

  it('S2-31 whatever is drawn adds up, and nothing is drawn twice', () => {
    const amounts = fc.array(fc.nat({ max: 50 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat({ max: 200 }), amounts, amounts, fc.boolean(), (real, balances, draws, isReal) => {
        const grants = balances.map((balance, index) => bonus(index + 1, { balance }));
        const purse = new Purse(BigInt(real), grants, isReal ? 'real-first' : 'bonus-first');
        let left = purse.total;
        for (const draw of draws.map(BigInt)) {
          if (draw > left) continue;
          const { real: fromReal, shares } = purse.draw(draw);
          assert.equal(fromReal + sumOfShares(shares), draw);
          assert.ok(shares.every(({ amount }) => amount > 0n));
          left -= draw;
          assert.equal(purse.total, left);
        }
      }),
    );
  });
});

describe('what comes back to bonuses', () => {
  const shares = [
    { grant: 1 as GrantId, amount: 30n },
    { grant: 2 as GrantId, amount: 10n },
  ];
  const cases: readonly [number, string][] = [
    [40, '30 10'],
    [80, '60 20'],
    [41, '30 11'],
    [1, '0 1'],
    [0, '0 0'],
  ];
  for (const [returned, expected] of cases) {
    it(`S2-33 ${returned} of a stake of 30 and 10 is ${expected}: the newest takes the remainder`, () => {
      const amounts = sharesOfReturn(shares, BigInt(returned)).map(({ amount }) => amount);
      assert.equal(amounts.join(' '), expected);
    });
  }
});

describe('what is at risk', () => {
  const cases: readonly [string, readonly string[], bigint][] = [
    ['nothing', [], 0n],
    ['one side', ['9:1=50'], 50n],
    ['the difference of both sides', ['9:1=50', '10:2=30'], 20n],
    ['nothing on both alike', ['9:1=50', '10:2=50'], 0n],
    ['several bets on a side together', ['9:1=50', '10:2=30', '11:2=20', '12:1=1'], 1n],
    ['a market that is not bet on as a whole', ['9:1001=50', '10:1002=30'], 80n],
    ['a market of three, all of them', ['9:1001=50', '10:1002=30', '11:1003=40'], 30n],
    ['market by market', ['9:1=50', '10:2=50', '11:1001=7'], 7n],
    ['a market of which nothing is known', ['9:2001=5', '10:2002=5'], 10n],
  ];
  for (const [name, texts, expected] of cases) {
    it(`S2-08 counts ${name}`, () => assert.equal(netExposure(bets(...texts), DRAWS), expected));
  }

  it('S2-08 sees through bets in several markets that hang on one card', () => {
    const table = findPayTable('joker-bets');
    assert.ok(table);
    const draws = { marketSizes: MARKET_SIZES, outcomes: jokerOutcomes(table) };
    assert.equal(draws.outcomes.length, 52);
    const on = (betSide: string, stake: number, percent: number): Risk => {
      const liability = BigInt((stake * percent) / 100);
      return { id: 9, selection: selectionOf(betSide) ?? -1, stake: BigInt(stake), liability };
    };
    const red = [on('joker-red', 2_000, 190), on('joker-spades', 1_000, 380), on('joker-clubs', 1_000, 380)];
    assert.equal(netExposure(red, draws), 200n);
    const low = [on('joker-low', 5_950, 208), on('joker-high', 5_950, 208), on('joker-7', 1_000, 1_240)];
    assert.equal(netExposure(low, draws), 12_900n - 12_376n);
    assert.equal(netExposure([on('joker-red', 100, 190)], draws), 100n);
    assert.equal(netExposure([on('andar', 100, 200), on('bahar', 60, 200)], draws), 40n);
  });

  it('S2-08 is never more than what is staked, nor less than nothing', () => {
    const risk = fc.record({
      id: fc.nat(),
      selection: fc.constantFrom(1, 2, 1_001, 1_002, 1_003),
      stake: fc.bigInt({ min: 0n, max: 1_000n }),
      liability: fc.bigInt({ min: 0n, max: 4_000n }),
    });
    fc.assert(
      fc.property(fc.array(risk), (risks) => {
        const net = netExposure(risks, DRAWS);
        assert.ok(net >= 0n && net <= risks.reduce((sum, { stake }) => sum + stake, 0n));
      }),
    );
  });
});

describe('how far bonuses come', () => {
  const cases: readonly [string, readonly Grant[], readonly string[], string, string][] = [
    ['the whole stake', [bonus(1)], ['9:1=50'], 'main', '1+50'],
    ['a part of it, rounded down', [bonus(1, { games: { '*': 33 } })], ['9:1=50'], 'main', '1+16'],
    ['nothing where it counts nothing', [bonus(1, { games: { '*': 0 } })], ['9:1=50'], 'main', ''],
    ['its own share before the general one', [bonus(1, { games: { main: 10, '*': 100 } })], ['9:1=50'], 'main', '1+5'],
    ['nothing in games it is not for', [bonus(1, { games: { other: 100 } })], ['9:1=50'], 'main', ''],
    ['what it still needs and no more', [bonus(1, { needs: 30 })], ['9:1=50'], 'main', '1+30'],
    ['what is left to the next', [bonus(1, { needs: 30 }), bonus(2)], ['9:1=50'], 'main', '1+30 2+20'],
    ['the oldest first', [bonus(1), bonus(2)], ['9:1=50'], 'main', '1+50'],
    ['from where it is', [bonus(1, { needs: 30, wagered: 25 }), bonus(2)], ['9:1=50'], 'main', '1+5 2+45'],
    [
      'to the next what was not used of the stake itself',
      [bonus(1, { needs: 10, games: { '*': 50 } }), bonus(2)],
      ['9:1=50'],
      'main',
      '1+10 2+30',
    ],
    ['not what was staked before it was given', [bonus(10)], ['9:1=50', '11:1=20'], 'main', '10+20'],
    ['only the difference', [bonus(1)], ['9:1=50', '10:2=40'], 'main', '1+10'],
    [
      'the difference as it was for each',
      [bonus(1, { needs: 5 }), bonus(10)],
      ['9:2=40', '11:1=50'],
      'main',
      '1+5 10+5',
    ],
    ['nothing that only covers what was staked before', [bonus(10)], ['9:1=50', '11:2=50'], 'main', ''],
    ['nothing once it has expired', [bonus(1, { expiresAt: NOW })], ['9:1=50'], 'main', ''],
    ['nothing once it has ended', [bonus(1, { status: 'completed' }), bonus(2)], ['9:1=50'], 'main', '2+50'],
  ];
  for (const [name, grants, texts, game, expected] of cases) {
    it(`S2-08 S2-32 S0-23 counts ${name}`, () => {
      assert.equal(progressOf(grants, bets(...texts), game).join(' '), expected);
    });
  }

  it('S2-32 never counts a stake twice, nor beyond what is needed', () => {
    const grant = fc.record({ needs: fc.integer({ min: 1, max: 200 }), share: fc.nat({ max: 100 }) });
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 5 }), fc.nat({ max: 1_000 }), (some, stake) => {
        const grants = some.map(({ needs, share }, at) => bonus(at + 1, { needs, games: { '*': share } }));
        const progress = wager(grants, bets(`9:1=${stake}`), { game: 'main', draws: DRAWS, nowMs: NOW });
        const total = progress.reduce((sum, { wagered }) => sum + wagered, 0n);
        assert.ok(total <= BigInt(stake));
        for (const { grant, wagered } of progress) assert.ok(grant.wagered + wagered <= grant.requirement);
      }),
    );
  });
});

describe('the largest stake under bonuses', () => {
  it('S2-08 is the least that any of them allows; any without', () => {
    assert.equal(maxStakeUnder([]), null);
    assert.equal(maxStakeUnder([bonus(1)]), null);
    assert.equal(maxStakeUnder([bonus(1, { maxStake: 50 }), bonus(2), bonus(3, { maxStake: 40 })]), 40n);
  });
});
