import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { revealSeed, serverSeed } from '../../src/fairness/seed.ts';
import type { SymbolId } from '../../src/ids.ts';
import { printPrice } from '../../src/market/price.ts';
import {
  openDay,
  type RevealedDay,
  revealDay,
  type SimulatedTick,
  ticksOfDay,
} from '../../src/market/simulated-day.ts';
import { SYMBOLS } from '../../src/market/symbols.ts';
import { type Day, dayOf, ticksPerDay, walkOf } from '../../src/market/walk.ts';
import type { Price } from '../../src/money.ts';
import { lastPriceOfDay, pricesOfDay, type Terms } from '../../verify/prices.ts';
import { BTC, DAY, ETH, SEED, seedFrom } from '../market/market-support.ts';

const BITCOIN: Terms = { symbol: 'BTCUSDT', opening: 4_200_000n, volatility: 60, drift: 0, intervalMs: 2_000 };

describe('the second program for simulated prices', () => {
  it('computes the example of the specification', () => {
    const prices = [...pricesOfDay(revealSeed(SEED), DAY, BITCOIN)];
    assert.deepEqual(prices.slice(0, 4), [4_201_015n, 4_201_340n, 4_201_075n, 4_201_971n]);
    assert.deepEqual([prices.length, prices[999], prices[43_199]], [43_200, 4_159_822n, 4_227_285n]);
    assert.equal(lastPriceOfDay(revealSeed(SEED), DAY, BITCOIN), 4_227_285n);
  });

  it('agrees with the server on every day, down to prices of next to nothing', () => {
    const days = fc.record({
      bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      day: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((at) => dayOf(at.getTime())),
      symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'A1'),
      opening: fc.oneof(fc.bigInt(1n, 100n), fc.bigInt(1n, 10n ** 15n)),
      volatility: fc.oneof(fc.nat(200), fc.constantFrom(0, 5_000)),
      drift: fc.integer({ min: -300, max: 300 }),
      intervalMs: fc.constantFrom(600_000, 3_600_000, 86_400_000),
    });
    fc.assert(
      fc.property(days, ({ bytes, day, ...terms }) => {
        const seed = serverSeed(bytes);
        const { opening, volatility: annualVolatility, drift: annualDrift, intervalMs } = terms;
        const named = { symbol: terms.symbol as SymbolId, openingPrice: opening as Price };
        const priceAt = walkOf(seed, day, { ...named, annualVolatility, annualDrift, intervalMs });
        const ticks = Array.from({ length: ticksPerDay(intervalMs) }, (_, index) => priceAt(index + 1));
        assert.deepEqual([...pricesOfDay(revealSeed(seed), day, terms)], ticks);
      }),
      { numRuns: 200 },
    );
  });
});

/** Two days, one after the other, with a tick every minute. */
const INTERVAL_MS = 60_000;
const FIRST = revealDay(
  openDay('2020-02-28' as Day, SEED, SYMBOLS, INTERVAL_MS, () => undefined),
  SEED,
);
const lastOf = (symbol: SymbolId) => [...ticksOfDay(FIRST, symbol)].at(-1)?.price;
const SECOND = revealDay(openDay('2020-02-29' as Day, seedFrom(7), SYMBOLS, INTERVAL_MS, lastOf), seedFrom(7));

const TOMORROW = dayOf(Date.now() + 86_400_000);

type Wire = Omit<SimulatedTick, 'symbol' | 'price'> & { readonly price: string; readonly feedId: string };

const market = (symbol: SymbolId) => SYMBOLS.find(({ id }) => id === symbol) ?? { priceScale: 2 };

function wireDay({ day, commitment, walks, seed }: RevealedDay) {
  const wire = walks.map(({ openingPrice, ...terms }) => {
    const { priceScale } = market(terms.symbol);
    return { ...terms, openingPrice: printPrice(openingPrice, market(terms.symbol)), priceScale };
  });
  return { day, commitment, algorithmVersion: 1, walks: wire, seed: seed as string | null };
}

function wireTicks(symbol: SymbolId): readonly Wire[] {
  return [FIRST, SECOND].flatMap((day) =>
    [...ticksOfDay(day, symbol)].map(({ at, seq, price }) => {
      return { at, seq, price: printPrice(price, market(symbol)), feedId: 'simulated' };
    }),
  );
}

const lastShown = (symbol: SymbolId) => wireTicks(symbol).at(-1)?.price;

describe('npm run verify -- --day', () => {
  const days = new Map<string, unknown>();
  const ticks = new Map<string, readonly Wire[]>();
  let server: Server;
  let address = '';
  let refusals = 0;

  before((done) => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://stand.in');
      const [, , place = '', rest = ''] = url.pathname.split('/');
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(429, { 'Retry-After': '0' }).end('{}');
        return;
      }
      const answer = place === 'days' ? days.get(rest) : pageOf(ticks.get(place) ?? [], url.searchParams);
      response.statusCode = answer ? 200 : 404;
      response.end(JSON.stringify(answer ?? { error: { code: 'NOT_FOUND', message: 'There is no such thing.' } }));
    });
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      if (bound && typeof bound === 'object') address = `http://127.0.0.1:${bound.port}`;
      done();
    });
  });
  after((done) => {
    server.close(done);
  });
  beforeEach(() => {
    refusals = 0;
    days.clear();
    for (const day of [FIRST, SECOND]) days.set(day.day, wireDay(day));
    for (const { id } of SYMBOLS) ticks.set(id, wireTicks(id));
  });

  function verify(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, ['verify/cli.ts', '--url', address, ...args], (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  }

  /** The bitcoins of the second day, changed. */
  function change(alter: (tick: Wire, index: number) => readonly Wire[]): void {
    const start = Date.parse(SECOND.day);
    let index = 0;
    const altered = wireTicks(BTC).flatMap((tick) => (tick.at <= start ? [tick] : alter(tick, index++)));
    ticks.set(BTC, altered);
  }

  it('recomputes every tick of every symbol, the openings, and both commitments', async () => {
    refusals = 3;
    const { code, out, err } = await verify('--day', SECOND.day, '--commitment', SECOND.commitment);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^ok {5}commitment of 2020-02-29, SHA-256 of the seed: [0-9a-f]{64}$/m);
    assert.match(out, /^ok {5}commitment that you noted/m);
    assert.match(out, /^ok {5}commitment of 2020-02-28/m);
    for (const { id } of SYMBOLS) {
      assert.match(out, new RegExp(`^ok {5}${id} opens at the last price of 2020-02-28: \\d+\\.\\d\\d$`, 'm'));
      assert.match(out, new RegExp(`^ok {5}${id}: 1440 of 1440 ticks as computed, 0 due ones never shown$`, 'm'));
    }
    assert.match(out, /the day is as it was committed to\n$/);
  });

  it('counts what was never shown without blaming anybody, and takes a symbol as people write it', async () => {
    change((tick, index) => (index < 100 ? [] : [tick]));
    const { code, out } = await verify('--day', SECOND.day, '--symbol', 'btc/usdt');
    assert.equal(code, 0);
    assert.match(out, /^ok {5}BTCUSDT: 1340 of 1340 ticks as computed, 100 due ones never shown$/m);
    assert.doesNotMatch(out, /ETHUSDT/);
  });

  it('names what does not follow from the seed: prices, numbers, times, ticks shown twice', async () => {
    change((tick, index) => {
      if (index === 0) return [{ ...tick, price: '1.00' }];
      if (index === 1) return [tick, { ...tick, at: tick.at + 1, feedId: 'somebody' }];
      if (index === 2) return [{ ...tick, seq: 7 }];
      if (index === 3) return [tick, { ...tick, seq: tick.seq + 1 }];
      return [index > 1_430 ? { ...tick, price: '2.00' } : tick];
    });
    const { code, out } = await verify('--day', SECOND.day, '--symbol', BTC);
    assert.equal(code, 1);
    assert.match(out, /^WRONG {2}BTCUSDT: 1429 of 1442 ticks as computed, 0 due ones never shown$/m);
    assert.match(out, /^WRONG {2}BTCUSDT at 2020-02-29T00:01:00.000Z: computed \d+.\d\d, the server has shown 1.00$/m);
    assert.match(out, /00:02:00.001Z: none was due, but the feed somebody has shown/);
    assert.match(out, /00:03:00.000Z: the number 7 is not its$/m);
    assert.match(out, /00:04:00.000Z: shown twice$/m);
    assert.match(out, /^WRONG {2}BTCUSDT: and 8 more$/m);
  });

  it('points at another seed, and at an opening that is not where the day before ended', async () => {
    const walks = wireDay(SECOND).walks.map((walk) => (walk.symbol === ETH ? { ...walk, openingPrice: '5.00' } : walk));
    days.set(SECOND.day, { ...wireDay(SECOND), walks, seed: revealSeed(seedFrom(8)) });
    const { code, out } = await verify('--day', SECOND.day, '--symbol', ETH);
    assert.equal(code, 1);
    assert.match(out, /^WRONG {2}commitment of 2020-02-29/m);
    assert.match(out, /^WRONG {2}ETHUSDT opens at the last price of 2020-02-28: computed \d+\.\d\d, .* says 5.00$/m);
  });

  it('says nothing about the opening of a day that has none before it', async () => {
    const { code, out } = await verify('--day', FIRST.day, '--symbol', BTC);
    assert.equal(code, 0);
    assert.match(out, /^note {3}none of the 7 days before had prices/m);
  });

  it('looks further back over days on which nothing ran', async () => {
    days.set('2020-03-01', { ...wireDay(SECOND), day: '2020-03-01', walks: [] });
    const walks = wireDay(SECOND).walks.map((walk) => ({ ...walk, openingPrice: lastShown(walk.symbol) }));
    days.set('2020-03-02', { ...wireDay(SECOND), day: '2020-03-02', walks });
    const { code, out } = await verify('--day', '2020-03-02');
    assert.equal(code, 0);
    assert.equal(out.match(/^ok .* opens at the last price of 2020-02-29: /gm)?.length, SYMBOLS.length);
    assert.match(out, /^ok {5}BTCUSDT: 0 of 0 ticks as computed, 1440 due ones never shown$/m);
    const idle = await verify('--day', '2020-03-01');
    assert.deepEqual([idle.code, idle.err], [1, 'the day 2020-03-01 had no prices\n']);
  });

  it('ends with 2 for a day that is not over, and with 1 where the seed of one that is over is kept back', async () => {
    days.set(TOMORROW, { ...wireDay(SECOND), day: TOMORROW, seed: null });
    days.set(FIRST.day, { ...wireDay(FIRST), seed: null });
    const [early, late] = await Promise.all([verify('--day', TOMORROW), verify('--day', FIRST.day)]);
    assert.deepEqual([early.code, late.code], [2, 1]);
    assert.equal(early.err, `the day ${TOMORROW} is not over yet; its commitment is ${SECOND.commitment}\n`);
    assert.match(late.err, /is over, but its seed is not revealed/);
  });

  it('says so when there is no such day or symbol, or the order makes no sense', async () => {
    const [unknown, symbol, nonsense, both] = await Promise.all([
      verify('--day', '2019-01-01'),
      verify('--day', FIRST.day, '--symbol', 'DOGE'),
      verify('--day', '2020-02-30'),
      verify('--day', FIRST.day, 'an-id'),
    ]);
    assert.deepEqual([unknown.code, symbol.code, nonsense.code, both.code], [1, 1, 1, 1]);
    assert.match(unknown.err, /answered 404: .*NOT_FOUND/);
    assert.equal(symbol.err, 'the day 2020-02-28 had no prices of DOGE\n');
    assert.equal(nonsense.err, '2020-02-30 is no day; write 2026-11-26\n');
    assert.match(both.err, /^usage: npm run verify/);
    ticks.set(BTC, wireTicks(BTC).toReversed());
    const shuffled = await verify('--day', FIRST.day, '--symbol', BTC);
    assert.deepEqual([shuffled.code, shuffled.err], [1, "BTCUSDT: the server's ticks are not in their order\n"]);
  });
});

/** As the server pages: from and to included here, and never more than 500. */
function pageOf(all: readonly Wire[], query: URLSearchParams) {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  const limit = Math.min(Number(query.get('limit')), 500);
  const found = all.filter(({ at }) => at >= from && at <= to);
  const start = Number(query.get('cursor') ?? 0);
  const items = found.slice(start, start + limit);
  return { items, nextCursor: start + limit < found.length ? String(start + limit) : null };
}
