import assert from 'node:assert/strict';
import { commitmentOf, serverSeed } from '../../src/fairness/seed.ts';
import { type DayRow, findDay, publishedDay } from '../../src/market/day-store.ts';
import type { MarketDeps } from '../../src/market/market.ts';
import { ticksOfDay } from '../../src/market/simulated-day.ts';
import { ticksBetween } from '../../src/market/tick-store.ts';
import { type Day, startOf } from '../../src/market/walk.ts';
import { NOON, until, useMarket } from './market-house.ts';
import { BTC, DAY, FakeClock } from './market-support.ts';

const NEXT_DAY = '2026-11-27' as Day;
const DAY_MS = 86_400_000;
const MIDNIGHT = startOf(NEXT_DAY);
/** Few ticks make quick tests; three symbols have one each. */
const INTERVAL_MS = 600_000;
const SIMULATED: Pick<MarketDeps, 'feed'> = { feed: { kind: 'simulated', intervalMs: INTERVAL_MS } };

describe('the days of simulated prices', () => {
  const { database, open } = useMarket();

  async function find(day: Day): Promise<DayRow> {
    const found = await findDay(database.pool(), day);
    assert.ok(found, `there is no ${day}`);
    return found;
  }
  const ticksUntil = (at: number) => ticksBetween(database.pool(), BTC, 0, at, 1_000);

  it('are committed to days ahead, with secret seeds', async () => {
    await open(SIMULATED);
    const { rows } = await database.admin().query('select day::text, opened_at, revealed from market_day order by day');
    assert.equal(rows.length, 8);
    assert.deepEqual(rows[0], { day: DAY, opened_at: null, revealed: null });
    const { commitment } = await find(NEXT_DAY);
    await open(SIMULATED);
    assert.equal((await find(NEXT_DAY)).commitment, commitment);
  });

  it('are in the log no later than their first tick, and reveal their seed no sooner than their last', async () => {
    const clock = new FakeClock(MIDNIGHT - 2 * INTERVAL_MS);
    const { market, proxy, heard } = await open({ ...SIMULATED, clock });
    proxy.fateOf = () => 'hold';
    market.start();
    await until('the day is on its way', () => proxy.commits === 1);
    clock.advance(INTERVAL_MS);
    assert.deepEqual([(await find(DAY)).openedAt, (await ticksUntil(MIDNIGHT)).length], [null, 0]);
    proxy.release();
    await until('the ticks are on their way', () => proxy.commits === 2);
    assert.deepEqual([(await find(DAY)).openedAt?.getTime(), heard], [MIDNIGHT - 2 * INTERVAL_MS, []]);
    proxy.fateOf = () => 'pass';
    proxy.release();
    await until('the first is there', () => heard.flat().length === 3);

    const commits = proxy.commits;
    proxy.fateOf = () => 'hold';
    clock.advance(INTERVAL_MS);
    await until('the last is on its way', () => proxy.commits > commits);
    assert.deepEqual([(await find(DAY)).revealed, (await ticksUntil(MIDNIGHT)).length], [null, 1]);
    proxy.fateOf = () => 'pass';
    proxy.release();
    await until('the last is there', () => heard.flat().length === 6);
    const [today, tomorrow] = [await find(DAY), await find(NEXT_DAY)];
    assert.ok(today.revealed !== null && tomorrow.openedAt !== null && tomorrow.revealed === null);
    assert.equal(commitmentOf(serverSeed(Buffer.from(today.revealed, 'hex'))), today.commitment);
    assert.equal(tomorrow.walks?.[0]?.openingPrice, (await ticksUntil(MIDNIGHT)).at(-1)?.price);
  });

  it('go on with the same walk after a restart, and anybody can recompute them from what is public', async () => {
    const clock = new FakeClock(NOON);
    const one = await open({ ...SIMULATED, clock });
    one.market.start();
    clock.advance(2 * 3_600_000);
    await until('it is written', () => one.heard.flat().length === 36);
    await one.close();
    clock.advance(3_600_000);
    const two = await open({ ...SIMULATED, clock });
    two.market.start();
    clock.advance(MIDNIGHT - clock.now());
    await until('it is written', () => two.heard.flat().length === 54 * 3);
    const today = await find(DAY);
    const expected = [...ticksOfDay({ ...publishedDay(today), seed: today.revealed ?? '' }, BTC)];
    const down = (at: number) => at <= NOON || (at > NOON + 2 * 3_600_000 && at <= NOON + 3 * 3_600_000);
    assert.deepEqual(
      (await ticksUntil(MIDNIGHT)).map(({ feedId: _, ...tick }) => tick),
      expected.filter(({ at }) => !down(at)),
    );
  });

  it('are revealed after days of standing still, also by a market that takes its prices from elsewhere', async () => {
    const clock = new FakeClock(NOON);
    const one = await open({ ...SIMULATED, clock });
    one.market.start();
    await until('the day is open', async () => (await find(DAY)).openedAt !== null);
    await one.close();
    const two = await open({ clock });
    await two.market.keepDays();
    assert.equal((await find(DAY)).revealed, null);
    clock.advance(3 * DAY_MS);
    await two.market.keepDays();
    assert.notEqual((await find(DAY)).revealed, null);
    await two.close();
    const three = await open({ ...SIMULATED, clock });
    three.market.start();
    clock.advance(INTERVAL_MS);
    await until('it is written', () => three.heard.flat().length === 3);
    assert.deepEqual([(await find(NEXT_DAY)).openedAt, (await find('2026-11-29' as Day)).revealed], [null, null]);
  });

  it('are made for the days to come, and jumped over by a machine that slept', async () => {
    const clock = new FakeClock(NOON);
    const { market, heard } = await open({ ...SIMULATED, clock });
    market.start();
    clock.advance(INTERVAL_MS);
    await until('it is written', () => heard.flat().length === 3);
    clock.jump(5 * DAY_MS);
    await until('it is written', () => heard.flat().length === 6);
    assert.equal(heard.flat().at(-1)?.at, NOON + 5 * DAY_MS + INTERVAL_MS);
    assert.notEqual((await find(DAY)).revealed, null);
    await market.keepDays();
    assert.equal((await find('2026-12-08' as Day)).openedAt, null);
  });

  it('do not go back: the seed of a day would be public before it began', async () => {
    const one = await open({ ...SIMULATED, clock: new FakeClock(MIDNIGHT + 1) });
    one.market.start();
    await until('the day is open', async () => (await find(NEXT_DAY)).openedAt !== null);
    await one.close();
    const two = await open({ ...SIMULATED, clock: new FakeClock(NOON) });
    assert.throws(() => two.market.start(), /the clock is behind/);
    assert.equal((await find(NEXT_DAY)).revealed, null);
  });
});
