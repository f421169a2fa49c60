import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { auditMarket } from '../../src/market/audit.ts';
import { startOf } from '../../src/market/walk.ts';
import { until, useMarket } from './market-house.ts';
import { DAY, FakeClock } from './market-support.ts';

const INTERVAL_MS = 600_000;

describe('the audit of prices', () => {
  const { database, open } = useMarket();

  async function findings(): Promise<readonly string[]> {
    return (await auditMarket(database.pool())).flatMap(({ check, broken }) =>
      broken.map((what) => `${check}: ${what}`),
    );
  }

  /** What the audit says of two days whose rows were changed like this, and then put right again. */
  async function tampered(change: string, back: string): Promise<string> {
    const admin = database.admin();
    await admin.query(change);
    const found = await findings();
    await admin.query(back);
    return found.join('\n');
  }

  it('finds whatever was changed in prices, candles and days', async () => {
    const clock = new FakeClock(startOf(DAY) + 1);
    const { market, heard } = await open({ feed: { kind: 'simulated', intervalMs: INTERVAL_MS }, clock });
    market.start();
    clock.advance(86_400_000 + 3_600_000);
    await until('it is written', () => heard.flat().length === 150 * 3);
    assert.deepEqual(await findings(), []);

    const tick = `where symbol = 'BTCUSDT' and at = ${startOf(DAY) + 10 * INTERVAL_MS}`;
    const price = await tampered(
      `update tick set price = price + 1 ${tick}`,
      `update tick set price = price - 1 ${tick}`,
    );
    assert.match(price, /^candles against prices: .*\nprices of simulated days: BTCUSDT was \d+ .*the seed says \d+$/);

    const late = `where symbol = 'BTCUSDT' and at = ${startOf(DAY) + 11 * INTERVAL_MS + 1}`;
    const extra = `('BTCUSDT', ${startOf(DAY) + 11 * INTERVAL_MS + 1}, 1, 1, 'simulated')`;
    const added = await tampered(`insert into tick values ${extra}`, `delete from tick ${late}`);
    assert.match(added, /the seed says nothing/);

    const gone = `('BTCUSDT', ${startOf(DAY) - 1}, 1, 1, 'simulated')`;
    const stray = await tampered(`insert into tick values ${gone}`, `delete from tick where at < ${startOf(DAY)}`);
    assert.match(stray, /simulated prices without a day: 1 simulated prices of BTCUSDT on 2026-11-25/);

    const volume = await tampered('update candle set ticks = ticks + 1', 'update candle set ticks = ticks - 1');
    assert.match(volume, /candles against prices: the minute/);
    const low = await tampered(
      `create table kept as select * from candle where symbol = 'ETHUSDT'; delete from candle where symbol = 'ETHUSDT'`,
      'insert into candle select * from kept; drop table kept',
    );
    assert.match(low, /its ticks say/);

    const opening = (shift: number) => `
      update market_day set walks = jsonb_set(walks, '{0,openingPrice}',
             to_jsonb(((walks->0->>'openingPrice')::int8 + ${shift})::text)) where day = '2026-11-27'`;
    assert.match(await tampered(opening(1), opening(-1)), /BTCUSDT opened at \d+ after 2026-11-26 at \d+/);

    const hidden = await tampered(
      `create table kept as select * from market_day; update market_day set revealed = null`,
      `update market_day d set revealed = kept.revealed from kept where kept.day = d.day; drop table kept`,
    );
    assert.match(hidden, /2026-11-26 is over and was not revealed/);
  });

  it('could not find another seed: the database takes none', async () => {
    const { market } = await open({ feed: { kind: 'simulated', intervalMs: INTERVAL_MS } });
    market.start();
    const opened = async () =>
      (await database.admin().query('select from market_day where opened_at is not null')).rowCount;
    await until('the day is open', async () => (await opened()) === 1);
    const change = database.pool().query(sql.unsafe`
      update market_day set revealed = repeat('00', 32) where opened_at is not null`);
    await assert.rejects(change, /check integrity constraint/);
    for (const column of ['commitment', 'sealed', 'day']) {
      const name = sql.identifier([column]);
      const other = database.pool().query(sql.unsafe`update market_day set ${name} = ${name}`);
      await assert.rejects(other, /permission denied/);
    }
  });
});
