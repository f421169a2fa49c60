import assert from 'node:assert/strict';
import fc from 'fast-check';
import { uncappedPnl } from '../../../src/games/trading/pnl.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import {
  closeTrade,
  type EndedTrade,
  markTrade,
  type OpenTrade,
  type Trade,
  voidTrade,
} from '../../../src/games/trading/trade.ts';
import type { SymbolId, UserId } from '../../../src/ids.ts';
import type { Price } from '../../../src/money.ts';
import type { Refusal } from '../../../src/refusal.ts';
import { ALICE, anyTrade, BOB, NOW, price, quote, trade } from './trading-support.ts';

const MAX_AGE_MS = 5_000;

function close(of: Trade | undefined, by: UserId = ALICE, last: Quote | undefined = quote('51000', 1_000)) {
  return closeTrade(of, by, last, MAX_AGE_MS, NOW + 1_000);
}
function ended(answer: EndedTrade | Refusal | undefined): EndedTrade {
  assert.ok(answer !== undefined && !('code' in answer));
  return answer;
}

describe('closing a trade', () => {
  it('S4-18 S4-19 S4-20 ends it at the last price: margin and gain come back', () => {
    const closed = ended(close(trade('LONG 100 at 50000 x10')));
    assert.equal(closed.status, 'CLOSED');
    assert.equal(closed.reason, 'OWNER');
    assert.equal(closed.pnl, 10_000_000n);
    assert.equal(closed.payout, 60_000_000n);
    assert.deepEqual(closed.exit, quote('51000', 1_000));
  });

  it('S4-16 of a SHORT is a loss where the price rose', () => {
    const closed = ended(close(trade('SHORT 100 at 50000 x10')));
    assert.deepEqual([closed.pnl, closed.payout], [-10_000_000n, 40_000_000n]);
  });

  const open = trade('LONG 1 at 50000 x10');
  const refused: readonly [name: string, answer: unknown, code: string][] = [
    ['there is none', close(undefined), 'NOT_FOUND'],
    ['S4-23 it is somebody else’s', close(open, BOB), 'NOT_FOUND'],
    ['S4-23 it is somebody else’s and closed', close(ended(close(open)), BOB), 'NOT_FOUND'],
    ['S4-23 it is closed', close(ended(close(open))), 'NOT_OPEN'],
    ['it was liquidated', close(ended(markTrade(open, quote('46000', 1)))), 'NOT_OPEN'],
    ['S4-53 the price is old', close(open, ALICE, quote('51000', 1_000 - MAX_AGE_MS - 1)), 'STALE_PRICE'],
    [
      'S4-53 the price is of another feed',
      close(open, ALICE, { ...quote('51000', 1_000), feedId: 'x' }),
      'STALE_PRICE',
    ],
    ['S4-53 there is no price', closeTrade(open, ALICE, undefined, MAX_AGE_MS, NOW), 'STALE_PRICE'],
  ];
  for (const [name, answer, code] of refused) {
    it(`is refused ${code} where ${name}`, () => {
      assert.equal((answer as Refusal).code, code);
    });
  }
});

describe('voiding a trade', () => {
  it('gives the margin back, once', () => {
    const open = trade('SHORT 100 at 50000 x10');
    const voided = voidTrade(open);
    assert.ok('status' in voided && voided.status === 'VOID');
    assert.deepEqual([voided.pnl, voided.payout], [0n, open.margin]);
    for (const over of [voided, ended(close(open))]) {
      assert.equal((voidTrade(over) as Refusal).code, 'NOT_OPEN');
      assert.equal((close(over) as Refusal).code, 'NOT_OPEN');
    }
  });
});

describe('a tick', () => {
  const levels = { stopLoss: price('49000'), takeProfit: price('52000') };
  const shortLevels = { stopLoss: price('51000'), takeProfit: price('48000') };
  const cases: readonly [name: string, of: OpenTrade, at: string, reason: string | undefined, pnl?: bigint][] = [
    ['leaves a trade alone', trade('LONG 1 at 50000 x10'), '46000.01', undefined],
    ['S4-24 liquidates at 80 % of the margin', trade('LONG 1 at 50000 x10'), '46000', 'LIQUIDATION', -400_000n],
    ['S4-24 never takes more than the margin', trade('LONG 1 at 50000 x10'), '30000', 'LIQUIDATION', -500_000n],
    ['leaves a SHORT alone', trade('SHORT 1 at 50000 x10'), '53999.99', undefined],
    ['S4-24 liquidates a SHORT', trade('SHORT 1 at 50000 x10'), '54000', 'LIQUIDATION', -400_000n],
    ['takes a profit', trade('LONG 1 at 50000 x10', levels), '52000.5', 'TAKE_PROFIT', 200_050n],
    ['stops a loss', trade('LONG 1 at 50000 x10', levels), '48999', 'STOP_LOSS', -100_100n],
    ['liquidates past the stop-loss', trade('LONG 1 at 50000 x10', levels), '45000', 'LIQUIDATION', -500_000n],
    ['takes a SHORT’s profit', trade('SHORT 1 at 50000 x10', shortLevels), '48000', 'TAKE_PROFIT', 200_000n],
    ['stops a SHORT’s loss', trade('SHORT 1 at 50000 x10', shortLevels), '51000', 'STOP_LOSS', -100_000n],
    ['liquidates a SHORT past its stop', trade('SHORT 1 at 50000 x10', shortLevels), '60000', 'LIQUIDATION', -500_000n],
    ['ends a LONG where the price has doubled', trade('LONG 1 at 50000 x10'), '100000', 'TAKE_PROFIT', 5_000_000n],
  ];
  for (const [name, of, at, reason, pnl] of cases) {
    it(`${name} (${of.side} at ${at})`, () => {
      const end = markTrade(of, quote(at, 1));
      assert.deepEqual([end?.reason, end?.pnl], [reason, pnl]);
      assert.equal(end?.status, reason && (reason === 'LIQUIDATION' ? 'LIQUIDATED' : 'CLOSED'));
    });
  }

  it('from before the entry, or of another symbol, does nothing', () => {
    const of = trade('LONG 1 at 50000 x10');
    assert.equal(markTrade(of, quote('1', -1)), undefined);
    assert.equal(markTrade(of, { ...quote('1', 1), symbol: 'ETHUSDT' as SymbolId }), undefined);
  });

  it('S4-24 liquidates at the first price at which the level of the margin is lost, not at one before', () => {
    fc.assert(
      fc.property(anyTrade, (of) => {
        const enough = (at: bigint) => -uncappedPnl(of, at as Price) * 10_000n >= of.margin * 8_000n;
        assert.ok(enough(of.liquidation));
        assert.ok(!enough(of.liquidation + (of.side === 'LONG' ? 1n : -1n)));
      }),
    );
  });

  it('never pays more than was reserved nor less than nothing', () => {
    fc.assert(
      fc.property(anyTrade, fc.bigInt({ min: 1n, max: 10n ** 9n }), (of, at) => {
        const end = markTrade(of, { ...quote('0', 1), price: at as Price });
        if (end === undefined) return;
        assert.ok(end.payout >= 0n && end.payout === of.margin + end.pnl);
      }),
    );
  });
});
