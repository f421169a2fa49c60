import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { type DemoAccountsDeps, ensureDemoAccounts } from '../../src/demo/accounts.ts';
import { creditBot, creditWelcome } from '../../src/demo/credits.ts';
import { DEMO_PASSWORD } from '../../src/demo/people.ts';
import type { UserId } from '../../src/ids.ts';
import { accepted, CLIENT, makeAccounts, movableClock, newName, PASSWORD, register } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';

const PLAYERS = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `player${n}`);
const STAFF = { collector1: 'COLLECTOR', partner1: 'PARTNER', admin1: 'ADMIN', admin2: 'ADMIN', master1: 'MASTER' };

describe('the demo accounts', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let deps: DemoAccountsDeps;

  before(async () => {
    wallet = await openWallet(database.url());
    const accounts = makeAccounts(database, {
      onRegistered: ({ id }) => creditWelcome(wallet.actor, systemClock, id),
    });
    deps = { database: database.pool(), accounts, wallet: wallet.actor, clock: systemClock };
    await ensureDemoAccounts(deps);
  });
  after(() => wallet.end());

  async function rows(query: string): Promise<unknown[][]> {
    return (await database.admin().query({ text: query, rowMode: 'array' })).rows;
  }
  async function moneyOf(id: UserId): Promise<unknown> {
    return (await rows(`select real::int, bonus::int, held::int from wallet where owner = '${id}'`))[0];
  }

  it('are the people of the protocol, with their roles and their one password', async () => {
    const found = await rows('select username, role from users order by username');
    const expected = [...PLAYERS.map((name) => [name, 'PLAYER']), ...Object.entries(STAFF)];
    assert.deepEqual(found, expected.sort());
    const accounts = makeAccounts(database);
    for (const name of ['player1', 'player9', 'master1']) accepted(await accounts.login(name, DEMO_PASSWORD, CLIENT));
  });

  it('player1 to player5, and nobody else, were referred by partner1', async () => {
    const found = await rows(`
      select u.username from users u join users p on p.id = u.referred_by and p.username = 'partner1' order by 1`);
    assert.deepEqual(found.flat(), PLAYERS.slice(0, 5));
    assert.deepEqual(await rows('select count(*)::int from users where referred_by is not null'), [[5]]);
  });

  it('S0-66 partner1 is a partner on the usual terms, also where the account was there before that', async () => {
    const query = `select u.username, p.status, p.share_percentage, p.commission_rate
                     from partners p join users u on u.id = p.user_id`;
    assert.deepEqual(await rows(query), [['partner1', 'active', 5_000, 1_000]]);
    await database.admin().query('truncate partners cascade');
    await ensureDemoAccounts(deps);
    await database.admin().query('update partners set share_percentage = 6000');
    await ensureDemoAccounts(deps);
    assert.deepEqual(await rows(query), [['partner1', 'active', 6_000, 1_000]]);
  });

  it('every player and the collector begin with 1,000.00 from the cashier, nobody else has a wallet', async () => {
    const found = await rows(`
      select u.username, w.real::int, w.bonus::int, w.held::int
        from wallet w join users u on u.id = w.owner order by 1`);
    assert.deepEqual(
      found,
      ['collector1', ...PLAYERS].map((name) => [name, 100_000, 0, 0]),
    );
    assert.deepEqual(await rows(`select real::int from wallet where name = 'cashier'`), [[-1_000_000]]);
  });

  it('a second start makes nothing and credits nothing', async () => {
    const count = 'select (select count(*)::int from users), (select max(seq)::int from transfer)';
    const before = await rows(count);
    await ensureDemoAccounts(deps);
    assert.deepEqual(await rows(count), before);
  });

  it('a start puts back only who is missing', async () => {
    await database.admin().query(`delete from users where username = 'player8'`);
    const [[kept]] = (await rows(`select id from users where username = 'player7'`)) as [[string]];
    await ensureDemoAccounts(deps);
    assert.deepEqual(await rows(`select id from users where username = 'player7'`), [[kept]]);
    const [[id]] = (await rows(`select id from users where username = 'player8'`)) as [[UserId]];
    assert.deepEqual(await moneyOf(id), [100_000, 0, 0]);
  });

  it('a new registration is credited once, however often it is asked for', async () => {
    const { user } = await register(makeAccounts(database, { onRegistered: ({ id }) => welcome(id) }));
    await Promise.all([welcome(user.id), welcome(user.id)]);
    assert.deepEqual(await moneyOf(user.id), [100_000, 0, 0]);
  });

  it('a registration that was cut off before its credit gets it at the next start', async () => {
    const { user } = await register(makeAccounts(database));
    assert.equal(await moneyOf(user.id), undefined);
    await ensureDemoAccounts(deps);
    assert.deepEqual(await moneyOf(user.id), [100_000, 0, 0]);
  });

  it('a wallet that is busy for a moment is asked again', async () => {
    const { id } = accepted(await makeAccounts(database).create({ username: newName(), password: PASSWORD }, 'PLAYER'));
    let refusals = 0;
    await creditWelcome(
      {
        async execute(command) {
          refusals += 1;
          return refusals <= 2 ? { ok: false, code: 'BUSY', duplicate: false } : wallet.actor.execute(command);
        },
      },
      { ...systemClock, after: (_delay, callback) => systemClock.after(0, callback) },
      id,
    );
    assert.equal(refusals, 3);
    assert.deepEqual(await moneyOf(id), [100_000, 0, 0]);
  });

  it('a bot is credited once a day', async () => {
    const { id } = accepted(await makeAccounts(database).create({ username: 'bot1', password: PASSWORD }, 'PLAYER'));
    const clock = movableClock();
    await creditBot(wallet.actor, clock, id);
    await creditBot(wallet.actor, clock, id);
    assert.deepEqual(await moneyOf(id), [100_000, 0, 0]);
    clock.advance(86_400_000);
    await creditBot(wallet.actor, clock, id);
    assert.deepEqual(await moneyOf(id), [200_000, 0, 0]);
  });

  function welcome(id: UserId): Promise<void> {
    return creditWelcome(wallet.actor, systemClock, id);
  }
});
