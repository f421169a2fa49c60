import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { type TradeId, uuid7 } from '../../src/ids.ts';
import { SettlementLane } from '../../src/trading/settlement-lane.ts';
import { type Accepted, type BookId, LINES_MAX, type PositionId } from '../../src/wallet/command.ts';
import { silent } from '../wallet/fixture.ts';

describe('the way of ended trades to their money', () => {
  it('S4-35 writes and settles what ends in one turn together, as far as one command goes', async () => {
    const [written, settled]: [number[], number[]] = [[], []];
    const wallet = {
      execute: async (command: object) => {
        if ('closes' in command && Array.isArray(command.closes)) settled.push(command.closes.length);
        return { ok: true } as Accepted;
      },
    };
    const { signal } = new AbortController();
    const lane = new SettlementLane<TradeId>(
      { wallet, clock: systemClock, log: silent, signal },
      {
        ...{ book: 1 as BookId, epoch: 1, idOf: (id) => id },
        closeOf: () => ({ position: 1 as PositionId, payout: 0n as never, outcome: 'lost' }),
        write: async (ends) => void written.push(ends.length),
        stillOpen: async () => new Set(),
        tell: async () => undefined,
      },
    );
    const ends = Array.from({ length: 2 * LINES_MAX + 500 }, () => uuid7<TradeId>(Date.now()));
    await Promise.all(ends.map((id) => lane.push(id)));
    assert.deepEqual(
      [written, settled],
      [
        [LINES_MAX, LINES_MAX, 500],
        [LINES_MAX, LINES_MAX, 500],
      ],
    );
    assert.equal(lane.size, 0);
  });
});
