import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor } from '../../src/money.ts';
import type { BookId, Command, PositionId } from '../../src/wallet/command.ts';
import { type PoolTotal, withinLimits } from '../../src/wallet/pool.ts';
import type { Position } from '../../src/wallet/state.ts';
import {
  cancel,
  cancelLines,
  close,
  closePool,
  deposit,
  exclude,
  grant,
  lines,
  openPool,
  settle,
  slip,
  voidBook,
  window,
} from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

const POOL = 2;

/** A ledger in memory with a pool that is open, and what a player has. */
function pooled({ real = 1_000, cap = 1_000_000_000, playerCap = 0 } = {}): Memory {
  const m = memory({ real });
  m.perform(openPool(POOL, { cap: minor(cap), playerCap: playerCap > 0 ? minor(playerCap) : null }));
  return m;
}

/** As the actor does before it decides on them. */
function look(m: Memory, ...ids: readonly number[]): void {
  const book = m.state.books.get(POOL as BookId);
  for (const id of ids) {
    const row = { wallet: m.player.id, owner: m.player.owner, window: -1, liability: minor(8_000), bonus: 0n, hour: 0 };
    const position = { ...row, id: id as PositionId, selection: 1, real: 100n, shares: [] } satisfies Position;
    book?.positions.set(position.id, position);
  }
}

function total(m: Memory, selection: number): string {
  const { stake, lines: count } = m.state.books.get(POOL as BookId)?.pool?.totals.get(selection) ?? {};
  return `${stake} in ${count}`;
}

describe('lines under limits', () => {
  const totals = new Map<number, PoolTotal>([[1, { stake: 60n, lines: 2 }]]);
  const cases: readonly [string, readonly string[], 'refuse' | 'cut', string][] = [
    ['what fits is taken', ['1:40', '2:500'], 'refuse', '1:40x80 2:500x1000'],
    ['one unit too much is refused', ['1:41', '2:5'], 'refuse', 'refused'],
    ['or cut, with its part of what it could pay', ['1:41', '2:5'], 'cut', '1:40x80 2:5x10'],
    ['of two lines on a number the second finds less', ['1:30', '1:30'], 'cut', '1:30x60 1:10x20'],
    ['a line of which nothing is left is left out', ['1:40', '1:5', '2:5'], 'cut', '1:40x80 2:5x10'],
    ['where nothing of any is left it is refused', ['3:5'], 'cut', 'refused'],
  ];
  for (const [name, texts, overLimit, expected] of cases) {
    it(`S3-09 ${name}`, () => {
      const limits = new Map([
        [1, minor(100)],
        [3, minor(0)],
      ]);
      const limited = lines(...texts).map((line) => {
        const limit = limits.get(line.selection);
        return limit === undefined ? line : { ...line, limit };
      });
      const taken = withinLimits(totals, limited, overLimit);
      const text = taken?.map(({ selection, amount, liability }) => `${selection}:${amount}x${liability}`).join(' ');
      assert.equal(text ?? 'refused', expected);
    });
  }

  it('S3-09 no limit is ever exceeded, and what is cut reserves its whole part', () => {
    const line = fc.record({ selection: fc.nat({ max: 3 }), amount: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.nat({ max: 80 }), (some, limit) => {
        const wanted = some.map(({ selection, amount }) => {
          return { selection, amount: minor(amount), liability: minor(7 * amount), limit: minor(limit) };
        });
        const taken = withinLimits(new Map(), wanted, 'cut') ?? [];
        const sums = new Map<number, bigint>();
        for (const { selection, amount, liability } of taken) {
          sums.set(selection, (sums.get(selection) ?? 0n) + amount);
          assert.equal(liability, 7n * amount);
        }
        for (const sum of sums.values()) assert.ok(sum <= BigInt(limit));
      }),
    );
  });
});

describe('decisions on slips', () => {
  const refusals: readonly [string, (m: Memory) => Command, string][] = [
    ['a closed pool', (m) => closed(m, slip(m.player.owner, POOL, ['1:9999<5'])), 'PHASE_CLOSED'],
    ['another window', (m) => slip(m.player.owner, POOL, ['1:1'], { window: 1 }), 'PHASE_CLOSED'],
    ['then: who is excluded', (m) => excluded(m, slip(m.player.owner, POOL, ['1:9999<5'])), 'SELF_EXCLUDED'],
    ['then: funds', (m) => slip(m.player.owner, POOL, ['1:9999<5']), 'INSUFFICIENT_FUNDS'],
    ['of all its lines', (m) => slip(m.player.owner, POOL, ['1:600', '2:401']), 'INSUFFICIENT_FUNDS'],
    ['then: above a limit', (m) => slip(m.player.owner, POOL, ['1:999<5']), 'NUMBER_LIMIT_EXCEEDED'],
    ['then: the cap on one player', (m) => slip(m.player.owner, POOL, ['1:600', '2:301']), 'ABOVE_MAXIMUM'],
    ['then: exposure', (m) => slip(m.player.owner, POOL, ['1:900']), 'EXPOSURE_LIMIT'],
    ['none of these', (m) => slip(m.player.owner, POOL, ['1:10']), 'OK'],
  ];
  const closed = (m: Memory, command: Command) => {
    m.perform(window('closeWindow', POOL, -1));
    return command;
  };
  const excluded = (m: Memory, command: Command) => {
    m.perform(exclude(m.player.owner, 1_000));
    return command;
  };
  for (const [name, command, verdict] of refusals) {
    it(`S3-11 ${name}: ${verdict}`, () => {
      const m = pooled({ cap: 50_000, playerCap: 900 });
      assert.equal(m.ask(command(m)).verdict, verdict);
    });
  }

  it('S3-13 bonus money is none in a pool', () => {
    const m = pooled({ real: 10 });
    m.perform(grant(m.player.owner, 500));
    assert.equal(m.ask(slip(m.player.owner, POOL, ['1:11'])).verdict, 'INSUFFICIENT_FUNDS');
    assert.equal(m.ask(slip(m.player.owner, POOL, ['1:10'])).verdict, 'OK');
  });

  it('S3-07 S3-09 every line is a position, and its number has a total that the next slip is held against', () => {
    const m = pooled();
    m.perform(slip(m.player.owner, POOL, ['1:100<150', '2:20']));
    assert.deepEqual([total(m, 1), total(m, 2)], ['100 in 1', '20 in 1']);
    assert.equal(m.ask(slip(m.player.owner, POOL, ['1:51<150'])).verdict, 'NUMBER_LIMIT_EXCEEDED');
    m.perform(slip(m.player.owner, POOL, ['1:51<150', '3:1'], { overLimit: 'cut' }));
    assert.deepEqual([total(m, 1), total(m, 3), m.player.real], ['150 in 2', '1 in 1', 829n]);
  });

  it('a player cannot take a line back, and a pool has no void and no second window', () => {
    const m = pooled();
    const id = m.perform(slip(m.player.owner, POOL, ['1:100']));
    look(m, id);
    assert.equal(m.ask(cancel(m.player.owner, POOL, id)).verdict, 'NOT_OPEN');
    assert.equal(m.ask(voidBook(POOL, [id])).verdict, 'NOT_OPEN');
    m.perform(window('closeWindow', POOL, -1));
    assert.equal(m.ask(window('openWindow', POOL, 2)).verdict, 'NOT_OPEN');
  });
});

describe('decisions on taking a slip back', () => {
  it('S3-24 gives the money back and takes its lines off their numbers', () => {
    const m = pooled();
    const id = m.perform(slip(m.player.owner, POOL, ['1:100', '2:20']));
    look(m, id);
    m.perform(cancelLines(POOL, [id]));
    assert.deepEqual([m.player.real, total(m, 1), total(m, 2), m.player.turnover], [980n, '0 in 0', '20 in 1', 20n]);
    assert.equal(m.ask(cancelLines(POOL, [id])).verdict, 'NOT_OPEN');
  });

  it('only while the pool takes any, by who owns it', () => {
    const m = pooled();
    const id = m.perform(slip(m.player.owner, POOL, ['1:100']));
    look(m, id);
    assert.equal(m.ask(cancelLines(POOL, [id], 2)).verdict, 'BOOK_FENCED');
    assert.equal(m.ask(cancelLines(POOL, [id, 99])).verdict, 'NOT_OPEN');
    m.perform(window('closeWindow', POOL, -1));
    assert.equal(m.ask(cancelLines(POOL, [id])).verdict, 'NOT_OPEN');
    assert.equal(m.ask(cancelLines(1, [id])).verdict, 'NOT_OPEN');
  });
});

describe('decisions on the end of a pool', () => {
  /** 100 on number 1, 50 on number 2, closed. */
  function ready(): { m: Memory; winner: number } {
    const m = pooled();
    m.perform(deposit(m.player.owner, 1_000, 500));
    const winner = m.perform(slip(m.player.owner, POOL, ['1:100', '2:50']));
    m.perform(window('closeWindow', POOL, -1));
    look(m, winner);
    return { m, winner };
  }

  it('S3-21 winners are paid one by one, all else is lost at once', () => {
    const { m, winner } = ready();
    m.perform(settle(POOL, [close(winner, 8_000)], false));
    assert.deepEqual([m.player.real, m.player.netLoss], [9_850n, 100n - 8_000n]);
    const end = m.ask(closePool(POOL, [m.player.id]));
    assert.deepEqual(shownMoves(end), ['escrow.real 50 → house.real']);
    m.perform(closePool(POOL, [m.player.id]));
    assert.deepEqual([m.player.realLosses, m.player.netLoss, m.player.real], [50n, 150n - 8_000n, 9_850n]);
    assert.equal(m.state.systemWallet('escrow:test', m.player.currency).real, 0n);
    assert.equal(m.ask(closePool(POOL, [m.player.id])).verdict, 'NOT_OPEN');
  });

  it('S2-34 what is staked counts for deposits at once, and is put back where it is taken back', () => {
    const m = pooled();
    m.perform(deposit(m.player.owner, 1_000, 500));
    m.perform(deposit(m.player.owner, 100, 100));
    const id = m.perform(slip(m.player.owner, POOL, ['1:550']));
    assert.deepEqual([m.player.playThroughOld, m.player.playThrough], [0n, 50n]);
    m.perform(slip(m.player.owner, POOL, ['2:500']));
    assert.equal(m.player.playThrough, 0n);
    look(m, id);
    m.perform(cancelLines(POOL, [id]));
    assert.equal(m.player.playThrough, 100n, 'look() knows of a line over 100');
  });

  it('not before it is closed, nor by who was replaced, nor for who has no part in it', () => {
    const { m } = ready();
    assert.equal(m.ask(closePool(POOL, [m.player.id], true, 2)).verdict, 'BOOK_FENCED');
    assert.equal(m.ask(closePool(POOL, [99])).verdict, 'NOT_OPEN');
    assert.equal(m.ask(closePool(1, [])).verdict, 'NOT_OPEN');
    assert.throws(() => m.ask(closePool(POOL, [])), /finished with open positions/);
    assert.throws(() => m.ask(settle(POOL, [], true)), /finished with open positions/);
    assert.equal(m.ask(closePool(POOL, [], false)).verdict, 'OK');
    const open = pooled();
    assert.equal(open.ask(closePool(POOL, [])).verdict, 'NOT_OPEN');
  });
});
