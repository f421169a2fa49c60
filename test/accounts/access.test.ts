import assert from 'node:assert/strict';
import type { Accounts } from '../../src/accounts/accounts.ts';
import { updateRole, updateStatus } from '../../src/accounts/store.ts';
import { useDatabase } from '../support/database.ts';
import { accepted, assertRefused, type MovableClock, makeAccounts, movableClock, register } from './support.ts';

describe('what an access token opens', () => {
  const database = useDatabase();
  let clock: MovableClock;
  let accounts: Accounts;

  beforeEach(() => {
    clock = movableClock();
    accounts = makeAccounts(database, { clock });
  });

  const verify = (token: string) => accounts.verifyAccessToken(token);
  const identityOf = async (token: string) => accepted(await verify(token)).identity;

  it('a role given or taken counts from the next request, not from the next token', async () => {
    const { user, accessToken } = await register(accounts);
    assert.equal((await identityOf(accessToken)).role, 'PLAYER');
    await updateRole(database.pool(), user.id, 'ADMIN');
    accounts.forgetUser(user.id);
    assert.equal((await identityOf(accessToken)).role, 'ADMIN');
  });

  it('a frozen account is refused in the middle of its session', async () => {
    const { user, accessToken } = await register(accounts);
    const identity = await identityOf(accessToken);
    await updateStatus(database.pool(), user.id, 'frozen');
    accounts.forgetUser(user.id);
    assertRefused(await verify(accessToken), 'ACCOUNT_FROZEN');
    assertRefused(await accounts.recheck(identity), 'ACCOUNT_FROZEN');
  });

  it('a busy session costs one query in five seconds', async () => {
    const { accessToken } = await register(accounts);
    let queries = 0;
    const pool = new Proxy(database.pool(), {
      get(target, name, self) {
        if (name === 'maybeOne') queries += 1;
        return Reflect.get(target, name, self);
      },
    });
    const counted = makeAccounts(database, { clock, database: pool });
    await Promise.all(Array.from({ length: 50 }, () => counted.verifyAccessToken(accessToken)));
    assert.equal(queries, 1);
  });

  it('the database refuses a role that does not exist', async () => {
    const { user } = await register(accounts);
    await assert.rejects(database.admin().query(`update users set role = 'GOD' where id = $1`, [user.id]), {
      code: '23514',
    });
  });

  it('tokens of another secret are strangers', async () => {
    const config = {
      accessTokenSecret: 'another secret, as long as it has to be',
      accessTokenMinutes: 15,
      refreshTokenDays: 30,
    };
    const stranger = makeAccounts(database, { config });
    const { accessToken } = await register(stranger);
    assertRefused(await verify(accessToken), 'UNAUTHORIZED');
  });
});
