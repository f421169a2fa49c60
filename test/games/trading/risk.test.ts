import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Direction } from '../../../src/games/trading/binary.ts';
import {
  acceptsExposure,
  DEFAULT_RISK_LIMITS,
  OpenRisks,
  type Risk,
  type RiskLimits,
  withRisk,
} from '../../../src/games/trading/risk.ts';
import type { SymbolId } from '../../../src/ids.ts';
import { minor } from '../../../src/money.ts';
import { ALICE, BOB, BTC } from './trading-support.ts';

const ETH = 'ETHUSDT' as SymbolId;
const LIMITS: RiskLimits = {
  tradesPerDirection: minor(10_000),
  binariesPerDirection: minor(800),
  openPerPlayer: 3,
  atStakePerPlayer: minor(2_500),
};

function trade(direction: Direction, exposure: number, more: Partial<Risk> = {}): Risk {
  const atStake = minor(exposure / 10);
  return { owner: ALICE, symbol: BTC.symbol, direction, kind: 'trade', exposure: minor(exposure), atStake, ...more };
}
function binary(direction: Direction, stake: number, more: Partial<Risk> = {}): Risk {
  const exposure = minor(stake * 0.8);
  return { owner: ALICE, symbol: BTC.symbol, direction, kind: 'binary', exposure, atStake: minor(stake), ...more };
}
function open(...risks: readonly Risk[]): OpenRisks {
  const all = new OpenRisks();
  for (const risk of risks) all.add(risk);
  return all;
}

describe('the exposure of a desk', () => {
  const cases: readonly [name: string, risks: OpenRisks, one: Risk, isTaken: boolean][] = [
    ['a trade up to the limit', open(trade('UP', 6_000)), trade('UP', 4_000), true],
    ['a trade above it', open(trade('UP', 6_000)), trade('UP', 4_010), false],
    ['a trade above it, of another player', open(trade('UP', 6_000)), trade('UP', 4_010, { owner: BOB }), false],
    ['a trade the other way', open(trade('UP', 6_000)), trade('DOWN', 10_000), true],
    ['a trade above it, though others go the other way', open(trade('DOWN', 9_000)), trade('UP', 10_010), false],
    ['a trade on another symbol', open(trade('UP', 6_000)), trade('UP', 10_000, { symbol: ETH }), true],
    ['a binary up to the limit', open(binary('DOWN', 500)), binary('DOWN', 500), true],
    ['a binary above it', open(binary('DOWN', 500)), binary('DOWN', 505), false],
    ['a binary beside trades', open(trade('UP', 10_000)), binary('UP', 1_000), true],
    ['the third of a player', open(trade('UP', 100), binary('UP', 5)), trade('DOWN', 100), true],
    ['the fourth', open(trade('UP', 100), binary('UP', 5), trade('UP', 10)), trade('DOWN', 100), false],
    ['more than a player may have at stake', open(trade('UP', 1e4), trade('DOWN', 1e4)), binary('UP', 505), false],
    ['as much', open(trade('UP', 1e4), trade('DOWN', 1e4)), binary('UP', 500), true],
  ];
  for (const [name, risks, one, isTaken] of cases) {
    it(`takes ${isTaken ? '' : 'no '}${name}`, () => {
      const answer = acceptsExposure(risks, one, LIMITS);
      assert.equal(answer.ok === false ? answer.code : 'taken', isTaken ? 'taken' : 'EXPOSURE_LIMIT');
    });
  }

  it('S4-17 leaves room for the documents’ trade, 100 at 50,000, by default', () => {
    const example = trade('UP', 500_000_000);
    assert.equal(acceptsExposure(open(example), example, DEFAULT_RISK_LIMITS).ok, true);
  });

  it('says what one more would make of it', () => {
    const risks = open(trade('UP', 6_000), binary('UP', 500));
    assert.deepEqual(withRisk(risks.onDirection(BTC.symbol, 'UP'), binary('UP', 100)), {
      trades: 6_000n,
      binaries: 480n,
      atStake: 1_200n,
      open: 3,
    });
  });

  it('is nothing again when everything has ended, and never above a limit before', () => {
    const risk = fc.oneof(
      fc.integer({ min: 1, max: 1_000 }).map((tens) => trade('UP', tens * 10)),
      fc.integer({ min: 1, max: 200 }).map((fives) => binary('DOWN', fives * 5, { owner: BOB })),
    );
    fc.assert(
      fc.property(fc.array(risk), (list) => {
        const risks = new OpenRisks();
        const taken = list.filter((one) => {
          const answer = acceptsExposure(risks, one, LIMITS);
          if (answer.ok) risks.add(one);
          return answer.ok;
        });
        assert.ok(risks.onDirection(BTC.symbol, 'UP').trades <= LIMITS.tradesPerDirection);
        assert.ok(risks.onDirection(BTC.symbol, 'DOWN').binaries <= LIMITS.binariesPerDirection);
        for (const owner of [ALICE, BOB]) assert.ok(risks.ofPlayer(owner).open <= LIMITS.openPerPlayer);
        for (const one of taken) risks.remove(one);
        for (const owner of [ALICE, BOB]) assert.equal(risks.ofPlayer(owner).open, 0);
        assert.equal(risks.onDirection(BTC.symbol, 'UP').trades, 0n);
      }),
    );
  });
});
