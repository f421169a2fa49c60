import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import { INR, minor } from '../../src/money.ts';
import { dayBegan, limitsOf, playedSince } from '../../src/protection/figures.ts';
import { type Counted, changed, count, hourOf, LIMIT_DAYS, LIMIT_KINDS } from '../../src/wallet/limits.ts';
import { excludedAmong, findProtection } from '../../src/wallet/protection.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  countDeposit,
  credit,
  exclude,
  newUser,
  openBook,
  openWallet,
  setLimit,
  shown,
  stake,
  uncountDeposit,
} from '../wallet/fixture.ts';
import { memory } from '../wallet/memory.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);

/** What is counted, beside what is open on standing books: pairs of an hour and a stake. */
function figures(counted: Counted, ...standing: readonly (readonly [number, bigint])[]) {
  return { counted, standing: new Map(standing) };
}

describe('what a player sees of the own limits', () => {
  it('is every kind over every number of days, all empty for who has set none', () => {
    const { player } = memory();
    const views = limitsOf(figures(player), NOON);
    assert.deepEqual(
      views.map(({ kind, days }) => `${kind} ${days}`),
      LIMIT_KINDS.flatMap((kind) => LIMIT_DAYS.map((days) => `${kind} ${days}`)),
    );
    for (const { amount, used, remaining, next } of views) {
      assert.deepEqual([amount, used, remaining, next], [null, 0n, null, null]);
    }
  });

  it('says what is coming until it is there', () => {
    const { player } = memory();
    const first = changed([], { kind: 'loss', days: 7, amount: 100n }, NOON);
    player.limits.push(changed([first], { kind: 'loss', days: 7, amount: null }, NOON));
    const at = (now: number) => {
      const view = limitsOf(figures(player), now).find(({ kind, days }) => kind === 'loss' && days === 7);
      return [view?.amount, view?.next];
    };
    const from = NOON + 24 * HOUR_MS;
    assert.deepEqual(at(from - 1), [100n, { amount: null, from }]);
    assert.deepEqual(at(from), [null, null]);
  });

  it('leaves nothing of a limit that was lowered below what is used, and more than all to who has won', () => {
    const { player } = memory();
    player.limits.push(changed([], { kind: 'loss', days: 1, amount: 10n }, NOON));
    const loss = () => limitsOf(figures(player), NOON).find(({ kind, days }) => kind === 'loss' && days === 1);
    const remaining = () => loss()?.remaining;
    count(player, NOON, { lost: 25n });
    assert.equal(remaining(), 0n);
    count(player, NOON, { lost: -30n });
    assert.equal(remaining(), 15n);
  });

  it('counts what was played today: staked, won, and what is left of it', () => {
    const { player } = memory();
    count(player, NOON - 13 * HOUR_MS, { wagered: 1_000n, lost: 1_000n });
    count(player, NOON - 12 * HOUR_MS, { wagered: 100n, lost: 100n });
    count(player, NOON, { wagered: 50n, lost: 50n });
    count(player, NOON, { lost: -95n });
    assert.deepEqual(playedSince(figures(player), dayBegan(NOON)), { staked: 150n, won: 95n, net: -55n });
    assert.equal(dayBegan(NOON), hourOf(NOON) - 12);
  });

  it('counts what is open on a desk: as lost, whenever it was staked; as played today, if it was', () => {
    const { player } = memory();
    const [now, before] = [hourOf(NOON), hourOf(NOON) - 300];
    count(player, NOON - 13 * HOUR_MS, { wagered: 700n });
    count(player, NOON, { wagered: 50n });
    const open = figures(player, [before, 200n], [now, 50n]);
    const used = (kind: string) =>
      limitsOf(open, NOON)
        .filter((view) => view.kind === kind)
        .map((view) => view.used);
    assert.deepEqual(
      [used('loss'), used('wager')],
      [
        [250n, 250n, 250n],
        [750n, 750n, 750n],
      ],
    );
    assert.deepEqual(playedSince(open, dayBegan(NOON)), { staked: 50n, won: 0n, net: -50n });
  });

  it('counts a trade of before, that has ended today, as played today for what it came to', () => {
    for (const [lost, staked, won] of [
      [80n, 80n, 0n],
      [-80n, 0n, 80n],
      [0n, 0n, 0n],
    ] as const) {
      const { player } = memory();
      count(player, NOON - 13 * HOUR_MS, { wagered: 700n });
      count(player, NOON, { lost });
      assert.deepEqual(playedSince(figures(player), dayBegan(NOON)), { staked, won, net: -lost });
    }
  });
});

describe('what the books say of limits', () => {
  const database = useDatabase();

  it('is what the wallet counts: the last bet that fits is taken, one more is not', async function () {
    this.timeout(60_000);
    let now = NOON;
    const clock = { now: () => now, after: systemClock.after };
    const wallet = await openWallet(database.url(), { clock });
    const ask = async (command: Parameters<typeof wallet.actor.execute>[0]) =>
      shown(await wallet.actor.execute(command));
    let books = 0;
    const Step = fc.record({
      hours: fc.nat({ max: 30 }),
      amount: fc.integer({ min: 1, max: 1_000 }),
      what: fc.constantFrom('stake' as const, 'deposit' as const),
      comesToNothing: fc.boolean(),
    });
    const steps = fc.array(Step, { minLength: 1, maxLength: 12 });
    const over = fc.record({ kind: fc.constantFrom(...LIMIT_KINDS), days: fc.constantFrom(...LIMIT_DAYS) });
    await fc.assert(
      fc.asyncProperty(steps, over, async (done, { kind, days }) => {
        const player = newUser();
        const book = ++books;
        await ask(credit(player, 1_000_000));
        await ask(openBook(book));
        for (const { hours, amount, what, comesToNothing } of done) {
          now += hours * HOUR_MS;
          const at = now;
          if (what === 'deposit') await ask(countDeposit(player, amount));
          const taken = what === 'deposit' ? null : await wallet.actor.execute(stake(player, book, amount));
          // Also over the turn of an hour: what comes to nothing is taken out of the hour that it was counted in.
          if (comesToNothing) now += amount % 3 === 0 ? HOUR_MS : 0;
          if (comesToNothing && taken?.ok) await ask(cancel(player, book, taken.seq));
          if (comesToNothing && taken === null) await ask(uncountDeposit(player, amount, at));
        }
        const used = async () => {
          const seen = await findProtection(database.pool(), player, INR, now);
          return limitsOf(seen, now).find((view) => view.kind === kind && view.days === days);
        };
        const before = await used();
        assert.ok(before);
        await ask(setLimit(player, kind, days, minor(Number(before.used) + 10)));
        assert.equal((await used())?.remaining, 10n);
        const more = (amount: number) =>
          ask(kind === 'deposit' ? countDeposit(player, amount) : stake(player, book, amount));
        assert.equal(await more(11), 'PLAYER_LIMIT');
        assert.match(await more(10), /^\d/);
        assert.deepEqual([(await used())?.used, (await used())?.remaining], [before.used + 10n, 0n]);
        assert.equal(await more(1), 'PLAYER_LIMIT');
      }),
      { numRuns: 25 },
    );
    await wallet.end();
  });

  it('knows who is excluded now', async () => {
    const wallet = await openWallet(database.url());
    const [inside, outside, over] = [newUser(), newUser(), newUser()];
    const now = Date.now();
    await wallet.actor.execute(exclude(outside, now + HOUR_MS));
    await wallet.actor.execute(exclude(over, now - 1));
    await wallet.actor.execute(credit(inside, 1));
    assert.deepEqual([...(await excludedAmong(database.pool(), [inside, outside, over, newUser()], now))], [outside]);
    assert.equal((await findProtection(database.pool(), outside, INR, now)).excludedUntil, now + HOUR_MS);
    assert.equal((await findProtection(database.pool(), newUser(), INR, now)).excludedUntil, 0);
    await wallet.end();
  });
});
