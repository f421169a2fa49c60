import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, newKey, newPlayer, send, start, until } from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { useDatabase } from '../support/database.ts';
import { sayPrice } from './served.ts';

const MINUTE_MS = 60_000;

/** Runs what is put off for a minute when it is told that a minute is over. */
function minuteClock() {
  const due = new Set<() => void>();
  const clock: Clock = {
    now: systemClock.now,
    after(ms, act) {
      if (ms !== MINUTE_MS) return systemClock.after(ms, act);
      due.add(act);
      return () => due.delete(act);
    },
  };
  const minute = () => {
    const now = [...due];
    due.clear();
    for (const act of now) act();
  };
  return { clock, minute };
}

describe('a minute at the server', () => {
  const database = useDatabase();
  const feed = new HandFeed(systemClock);
  const { clock, minute } = minuteClock();
  let server: Server;
  before(async () => {
    server = await start(database, [], { feed, clock });
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  it('S4-35 S4-24 settles the binaries and trades whose ends were missed, with nobody asking for it', async () => {
    const ann = await newPlayer(server, 1_000_000);
    const opens = async (path: string, body: object) => {
      const { json } = await send(server, 'POST', path, ann, body, { 'Idempotency-Key': newKey() });
      return (json.trade ?? json.binary).tradeId as string;
    };
    await sayPrice(server, feed, 5_000_000);
    const stopped = await opens('/trades/open', { symbol: 'BTC/USDT', amount: '0.01', stopLoss: '49900' });
    const bet = { symbol: 'BTC/USDT', direction: 'DOWN', stake: 1_000, expirySeconds: 5 };
    const binary = await opens('/binary/open', bet);
    const expiresAt = Date.now() + 5_000;
    // No end can be written for a while, and then nothing reminds the desk of it but its own sweep.
    const admin = database.admin();
    await admin.query(`
      create function no_ends() returns trigger language plpgsql as
        $$ begin raise exception 'not now' using errcode = 'data_exception'; end $$;
      create trigger no_ends before update on trade for each row
        when (new.status = 'CLOSED') execute function no_ends();
      create trigger no_ends before update on binary_trade for each row
        when (new.status = 'SETTLED') execute function no_ends()`);
    for (const price of [4_999_000, 4_990_000, 4_991_000]) await sayPrice(server, feed, price);
    await until(() => Date.now() > expiresAt + 300 && server.desk.binaries.size === 0, 10_000, 'the expiry');
    await Promise.all([server.desk.trades.idle(), server.desk.binaries.idle()]);
    await admin.query(`
      drop trigger no_ends on trade; drop trigger no_ends on binary_trade; drop function no_ends()`);
    const shown = async () => {
      const trade = (await send(server, 'GET', `/trades/${stopped}`, ann)).json;
      const over = (await send(server, 'GET', `/binary/${binary}`, ann)).json;
      return [trade.status, trade.exit, over.result, over.entry, over.exit];
    };
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(await shown(), ['OPEN', null, null, null, null]);
    minute();
    let found = await shown();
    const deadline = Date.now() + 10_000;
    while ((found[0] === 'OPEN' || found[2] === null) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      found = await shown();
    }
    assert.deepEqual(found, ['CLOSED', '49900.00', 'WIN', '49990.00', '49910.00']);
    assert.equal((await send(server, 'GET', '/wallets/me', ann)).json.held, 0);
  });
});
