import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { commitmentOf, serverSeed } from '../fairness/seed.ts';
import type { Price } from '../money.ts';
import { type Finding, onSnapshot, runChecks } from '../wallet/audit.ts';
import { type Check, FINDINGS_MAX, Row } from '../wallet/audit-check.ts';
import { type DayRow, newestDays } from './day-store.ts';
import type { Tick } from './feed.ts';
import { ticksBetween } from './tick-store.ts';
import { startOf, ticksPerDay, type WalkTerms, walkOf } from './walk.ts';

/** Every tick of so many days that were revealed last is recomputed; of those before only the seed. */
const DAYS_RECOMPUTED = 3;
const PAGE = 1_000;

/** Whether the log of prices, its candles and the simulated days say the same. Beside a live server too. */
export function auditMarket(database: Database): Promise<readonly Finding[]> {
  return onSnapshot(database, async (snapshot) => {
    const days = await everyDay(snapshot);
    return [
      ...(await runChecks(snapshot, CHECKS)),
      { check: 'seeds of simulated days', broken: seeds(days) },
      { check: 'prices of simulated days', broken: await prices(snapshot, days) },
    ];
  });
}

/** A minute is complete once a later tick is there; then its candle is what its ticks say, and else there is none. */
const candles: Check = (database) =>
  database.any(sql.type(Row)`
    with said as (
      select symbol, at / 60000 * 60000 as at, (array_agg(price order by at, seq))[1] as open, max(price) as high,
             min(price) as low, (array_agg(price order by at desc, seq desc))[1] as close, count(*) as ticks
        from tick group by 1, 2
    ), complete as (
      select said.* from said
        join (select symbol, max(at) as at from said group by symbol) l on l.symbol = said.symbol and said.at < l.at
    )
    select format('the minute %s of %s is %s/%s/%s/%s of %s, its ticks say %s/%s/%s/%s of %s',
                  coalesce(c.at, s.at), coalesce(c.symbol, s.symbol), c.open, c.high, c.low, c.close, c.ticks,
                  s.open, s.high, s.low, s.close, s.ticks) as what
      from candle c
      full join complete s on s.symbol = c.symbol and s.at = c.at
     where (c.open, c.high, c.low, c.close, c.ticks) is distinct from (s.open, s.high, s.low, s.close, s.ticks)
     limit ${FINDINGS_MAX}`);

/** No simulated price is of a day whose commitment was not published; a midnight's belongs to the day before. */
const strays: Check = (database) =>
  database.any(sql.type(Row)`
    select format('%s simulated prices of %s on %s, which was not opened', count(*), t.symbol, t.day) as what
      from (select symbol, (to_timestamp((at - 1) / 1000) at time zone 'UTC')::date as day
              from tick where feed = 'simulated') t
     where not exists (select from market_day d where d.day = t.day and d.opened_at is not null)
     group by t.symbol, t.day
     limit ${FINDINGS_MAX}`);

/** A day is over, and revealed, when the next one is opened: its seed is the one that was committed to. */
function seeds(days: readonly DayRow[]): readonly string[] {
  const opened = days.filter(({ openedAt }) => openedAt !== null);
  return opened.flatMap(({ day, commitment, revealed }, index) => {
    if (revealed === null) return index < opened.length - 1 ? [`${day} is over and was not revealed`] : [];
    if (commitmentOf(serverSeed(Buffer.from(revealed, 'hex'))) === commitment) return [];
    return [`the seed of ${day} is not the one committed to`];
  });
}

async function prices(snapshot: Queries, days: readonly DayRow[]): Promise<readonly string[]> {
  const opened = days.filter(({ openedAt }) => openedAt !== null);
  const revealed = opened.filter(({ revealed: seed }) => seed !== null).slice(-DAYS_RECOMPUTED);
  const broken: string[] = [];
  for (const day of revealed) {
    const next = opened[opened.indexOf(day) + 1];
    for (const terms of day.walks ?? []) {
      const found = await pricesOf(snapshot, day, terms, next);
      broken.push(...found.slice(0, FINDINGS_MAX));
    }
  }
  return broken;
}

/** Every logged price of one symbol's day follows from the seed, and the next day opens at the last. */
async function pricesOf(snapshot: Queries, { day, revealed }: DayRow, terms: WalkTerms, next: DayRow | undefined) {
  const { symbol, intervalMs } = terms;
  const priceAt = walkOf(serverSeed(Buffer.from(revealed ?? '', 'hex')), day, terms);
  const last = ticksPerDay(intervalMs);
  const [begin, end] = [startOf(day), startOf(day) + last * intervalMs];
  const broken: string[] = [];
  for await (const tick of simulatedTicks(snapshot, terms, begin + 1, end)) {
    const k = (tick.at - begin) / intervalMs;
    const said = Number.isInteger(k) ? priceAt(k) : undefined;
    if (said === tick.price && tick.seq === tick.at / intervalMs) continue;
    broken.push(`${symbol} was ${tick.price} at ${tick.at} (${tick.seq}), the seed says ${said ?? 'nothing'}`);
  }
  const openedAt = next?.walks?.find((walk) => walk.symbol === symbol)?.openingPrice;
  if (openedAt === undefined) return broken;
  const closedAt: Price = priceAt(last);
  return openedAt === closedAt ? broken : [...broken, `${symbol} opened at ${openedAt} after ${day} at ${closedAt}`];
}

async function* simulatedTicks(
  snapshot: Queries,
  { symbol }: WalkTerms,
  from: number,
  to: number,
): AsyncGenerator<Tick> {
  let page = await ticksBetween(snapshot, symbol, from, to, PAGE);
  while (page.length > 0) {
    yield* page.filter(({ feedId }) => feedId === 'simulated');
    page = page.length < PAGE ? [] : await ticksBetween(snapshot, symbol, from, to, PAGE, page.at(-1));
  }
}

/** In their order, those to come among them. */
async function everyDay(snapshot: Queries): Promise<readonly DayRow[]> {
  const count = await snapshot.oneFirst(sql.type(z.object({ n: z.bigint() }))`select count(*) as n from market_day`);
  return [...(await newestDays(snapshot, undefined, Number(count)))].reverse();
}

const CHECKS: readonly (readonly [string, Check])[] = [
  ['candles against prices', candles],
  ['simulated prices without a day', strays],
];
