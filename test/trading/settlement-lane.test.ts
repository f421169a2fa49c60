import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { type TradeId, uuid7 } from '../../src/ids.ts';
import { minor, ZERO } from '../../src/money.ts';
import { SettlementLane } from '../../src/trading/settlement-lane.ts';
import { type Accepted, type BookId, LINES_MAX, type PositionId, type Settle } from '../../src/wallet/command.ts';
import { silent } from '../wallet/fixture.ts';

describe('the way from an end to its money', () => {
  it('is idle only when what came during the last settlement is paid as well', async () => {
    const asked: (() => void)[] = [];
    const wallet = {
      execute: () =>
        new Promise<never>((resolve) => {
          asked.push(() => resolve({ ok: true } as never));
        }),
    };
    const deps = { wallet, clock: systemClock, log: silent, signal: new AbortController().signal };
    const lane = new SettlementLane<number>(deps, {
      ...{ book: 1 as BookId, epoch: 1, idOf: (end) => `${end}` as TradeId },
      closeOf: (end) => ({ position: end as PositionId, payout: ZERO, outcome: 'lost' }) as const,
      ...{ write: async (ends) => ends, tell: async () => undefined, stillOpen: async () => new Set() },
    });
    const paid: number[] = [];
    const push = (end: number) => void lane.push(end).then(() => paid.push(end));
    push(1);
    await turn();
    const idle = lane.idle().then(() => [...paid]);
    push(2);
    for (let n = 0; n < 5; n += 1) {
      for (const answer of asked.splice(0)) answer();
      await turn();
    }
    assert.deepEqual(await idle, [1, 2]);
  });

  it('pays the others where the database refuses the end of one', async () => {
    const wallet = { execute: async () => ({ ok: true }) as never };
    const deps = { wallet, clock: systemClock, log: silent, signal: new AbortController().signal };
    const written: number[] = [];
    const lane = new SettlementLane<number>(deps, {
      ...{ book: 1 as BookId, epoch: 1, idOf: (end) => `${end}` as TradeId },
      closeOf: (end) => ({ position: end as PositionId, payout: ZERO, outcome: 'lost' }) as const,
      write: async (ends) => {
        if (ends.includes(3)) throw Object.assign(new Error('refused'), { code: '23514' });
        written.push(...ends);
        return ends;
      },
      ...{ tell: async () => undefined, stillOpen: async () => new Set() },
    });
    const ends = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((end) => lane.push(end)));
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    assert.deepEqual([written, lane.size], [[1, 2, 4, 5, 6], 0]);
  });

  it('S4-39 pays and tells what is on record, and nothing where there is nothing', async () => {
    const [paid, told]: [bigint[], number[]] = [[], []];
    const wallet = {
      execute: async (command: object) => {
        if ('closes' in command) paid.push(...(command as Settle).closes.map(({ payout }) => payout));
        return { ok: true } as Accepted;
      },
    };
    const deps = { wallet, clock: systemClock, log: silent, signal: new AbortController().signal };
    const lane = new SettlementLane<{ readonly id: TradeId; readonly payout: number }>(deps, {
      ...{ book: 1 as BookId, epoch: 1, idOf: ({ id }) => id },
      closeOf: ({ payout }) => ({ position: 1 as PositionId, payout: minor(payout), outcome: 'won' }) as const,
      // The second has ended otherwise before, of the third no end is there.
      write: async ([one, other]) => [one, other && { ...other, payout: 22 }, undefined],
      ...{
        tell: async (ends) => void told.push(...ends.map(({ payout }) => payout)),
        stillOpen: async () => new Set(),
      },
    });
    const ends = await Promise.allSettled([1, 2, 3].map((payout) => lane.push({ id: `${payout}` as TradeId, payout })));
    await lane.idle();
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.deepEqual([paid, told, lane.size], [[1n, 22n], [1, 22], 0]);
  });

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
        write: async (ends) => {
          written.push(ends.length);
          return ends;
        },
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
