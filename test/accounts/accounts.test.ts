import assert from 'node:assert/strict';
import type { Accounts } from '../../src/accounts/accounts.ts';
import { type User, updateStatus } from '../../src/accounts/store.ts';
import type { SessionId } from '../../src/ids.ts';
import { uuid7 } from '../../src/ids.ts';
import { useDatabase } from '../support/database.ts';
import {
  accepted,
  assertRefused,
  CLIENT,
  type MovableClock,
  makeAccounts,
  movableClock,
  newName,
  PASSWORD,
  register,
} from './support.ts';

const DAY_MS = 86_400_000;

describe('accounts', () => {
  const database = useDatabase();
  let clock: MovableClock;
  let accounts: Accounts;

  beforeEach(() => {
    clock = movableClock();
    accounts = makeAccounts(database, { clock });
  });

  const verify = (token: string) => accounts.verifyAccessToken(token);
  const identityOf = async (token: string) => accepted(await verify(token)).identity;

  describe('registration', () => {
    it('makes a PLAYER, keeps the name as written, and stores no password', async () => {
      const { user } = accepted(
        await accounts.register({ username: 'Ann.Lee', password: PASSWORD, email: 'Ann@Example.org' }, CLIENT),
      );
      assert.equal(user.username, 'Ann.Lee');
      assert.equal(user.role, 'PLAYER');
      assert.equal(user.email, 'ann@example.org');
      const { rows } = await database.admin().query('select * from users where id = $1', [user.id]);
      assert.equal(rows[0].username, 'ann.lee');
      assert.ok(!JSON.stringify(rows).includes(PASSWORD));
    });

    it('a name is taken in upper and lower case alike, also when both come at once', async () => {
      const name = newName();
      const answers = await Promise.all(
        [name, name.toUpperCase()].map((username) => accounts.register({ username, password: PASSWORD }, CLIENT)),
      );
      assert.equal(answers.filter((answer) => answer.ok).length, 1);
      const refusal = assertRefused(
        answers.find((answer) => !answer.ok),
        'INVALID_REQUEST',
      );
      assert.equal(refusal.message, 'This username is taken.');
    });

    it('an email address belongs to one account', async () => {
      const email = `${newName()}@example.org`;
      accepted(await accounts.register({ username: newName(), password: PASSWORD, email }, CLIENT));
      const again = { username: newName(), password: PASSWORD, email: email.toUpperCase() };
      assert.equal(
        assertRefused(await accounts.register(again, CLIENT), 'INVALID_REQUEST').message,
        'This email address is taken.',
      );
    });

    it('a referral code leads to its partner; an unknown one makes no account', async () => {
      const partner = accepted(await accounts.create({ username: newName(), password: PASSWORD }, 'PARTNER'));
      await database.admin().query(`update users set referral_code = 'GOA-7' where id = $1`, [partner.id]);
      const { user } = accepted(
        await accounts.register({ username: newName(), password: PASSWORD, referralCode: 'GOA-7' }, CLIENT),
      );
      assert.equal(user.referredBy, partner.id);

      const username = newName();
      assertRefused(
        await accounts.register({ username, password: PASSWORD, referralCode: 'GOA-8' }, CLIENT),
        'INVALID_REQUEST',
      );
      assertRefused(await accounts.login(username, PASSWORD, CLIENT), 'UNAUTHORIZED');
    });

    it('DESIGN 8 what is to happen on registration has happened before it is answered', async () => {
      const welcomed: User[] = [];
      const own = makeAccounts(database, { onRegistered: async (user) => void welcomed.push(user) });
      const { user } = await register(own);
      assert.deepEqual(welcomed, [user]);
    });
  });

  describe('signing in', () => {
    it('takes the name in any case and answers a token that names the user', async () => {
      const { user } = await register(accounts);
      const signedIn = accepted(await accounts.login(user.username.toUpperCase(), PASSWORD, CLIENT));
      assert.equal(signedIn.expiresIn, 900);
      assert.equal((await identityOf(signedIn.accessToken)).userId, user.id);
    });

    it('answers a wrong name and a wrong password in the same words', async () => {
      const { user } = await register(accounts);
      const wrongPassword = assertRefused(await accounts.login(user.username, 'wrong horse', CLIENT), 'UNAUTHORIZED');
      const wrongName = assertRefused(await accounts.login(newName(), PASSWORD, CLIENT), 'UNAUTHORIZED');
      assert.deepEqual(wrongPassword, wrongName);
    });

    it('a frozen account is told so only with the right password', async () => {
      const { user } = await register(accounts);
      await updateStatus(database.pool(), user.id, 'frozen');
      assertRefused(await accounts.login(user.username, PASSWORD, CLIENT), 'ACCOUNT_FROZEN');
      assertRefused(await accounts.login(user.username, 'wrong horse', CLIENT), 'UNAUTHORIZED');
    });

    it('stores a password anew when it was hashed with older parameters', async () => {
      const { user } = await register(accounts);
      const stricter = makeAccounts(database, { passwords: { cost: { memoryKib: 16, passes: 2, parallelism: 1 } } });
      accepted(await stricter.login(user.username, PASSWORD, CLIENT));
      const { rows } = await database.admin().query('select password_hash from users where id = $1', [user.id]);
      assert.match(rows[0].password_hash, /\$m=16,t=2,p=1\$/);
      accepted(await accounts.login(user.username, PASSWORD, CLIENT));
    });
  });

  describe('refresh', () => {
    it('brings a new pair, for the same session', async () => {
      const first = await register(accounts);
      const second = accepted(await accounts.refresh(first.refreshToken, CLIENT));
      assert.notEqual(second.refreshToken, first.refreshToken);
      assert.equal(second.sessionId, first.sessionId);
      accepted(await verify(second.accessToken));
      accepted(await accounts.refresh(second.refreshToken, CLIENT));
    });

    it('a used token that comes back ends the session and every token of its family', async () => {
      const first = await register(accounts);
      const second = accepted(await accounts.refresh(first.refreshToken, CLIENT));
      const third = accepted(await accounts.refresh(second.refreshToken, CLIENT));
      assertRefused(await accounts.refresh(first.refreshToken, CLIENT), 'UNAUTHORIZED');
      assertRefused(await accounts.refresh(third.refreshToken, CLIENT), 'UNAUTHORIZED');
      assertRefused(await verify(third.accessToken), 'UNAUTHORIZED');
    });

    it('another session of the same person is not touched by it', async () => {
      const stolen = await register(accounts);
      const other = accepted(await accounts.login(stolen.user.username, PASSWORD, CLIENT));
      accepted(await accounts.refresh(stolen.refreshToken, CLIENT));
      assertRefused(await accounts.refresh(stolen.refreshToken, CLIENT), 'UNAUTHORIZED');
      accepted(await accounts.refresh(other.refreshToken, CLIENT));
    });

    it('of many uses at once exactly one wins, and its session lives on', async () => {
      const { refreshToken } = await register(accounts);
      const answers = await Promise.all(Array.from({ length: 8 }, () => accounts.refresh(refreshToken, CLIENT)));
      const [winner, ...more] = answers.filter((answer) => answer.ok);
      assert.ok(winner && more.length === 0);
      accepted(await accounts.refresh(winner.refreshToken, CLIENT));
    });

    it('of two processes at once at most one wins, and no token is good twice', async () => {
      const other = makeAccounts(database, { clock });
      const { refreshToken } = await register(accounts);
      const answers = await Promise.all([accounts, other].map((each) => each.refresh(refreshToken, CLIENT)));
      assert.equal(answers.filter((answer) => answer.ok).length, 1);
    });

    it('ends with the days it was given, each use begins them anew', async () => {
      const first = await register(accounts);
      clock.advance(29 * DAY_MS);
      const second = accepted(await accounts.refresh(first.refreshToken, CLIENT));
      clock.advance(29 * DAY_MS);
      const third = accepted(await accounts.refresh(second.refreshToken, CLIENT));
      clock.advance(31 * DAY_MS);
      assertRefused(await accounts.refresh(third.refreshToken, CLIENT), 'UNAUTHORIZED');
    });

    it('a frozen account keeps its token for when it is released', async () => {
      const { user, refreshToken } = await register(accounts);
      await updateStatus(database.pool(), user.id, 'frozen');
      assertRefused(await accounts.refresh(refreshToken, CLIENT), 'ACCOUNT_FROZEN');
      await updateStatus(database.pool(), user.id, 'active');
      accepted(await accounts.refresh(refreshToken, CLIENT));
    });

    it('tokens are stored as hashes only', async () => {
      const { refreshToken, sessionId } = await register(accounts);
      const { rows } = await database
        .admin()
        .query('select hash from refresh_token where session_id = $1', [sessionId]);
      assert.equal(rows.length, 1);
      assert.ok(!Buffer.from(refreshToken, 'base64url').equals(rows[0].hash));
      assertRefused(await accounts.refresh(rows[0].hash.toString('base64url'), CLIENT), 'UNAUTHORIZED');
    });
  });

  describe('sessions', () => {
    it('logging out ends the access token at once, here', async () => {
      const { accessToken, refreshToken } = await register(accounts);
      await accounts.logout(await identityOf(accessToken));
      assertRefused(await verify(accessToken), 'UNAUTHORIZED');
      assertRefused(await accounts.refresh(refreshToken, CLIENT), 'UNAUTHORIZED');
    });

    it('another process sees the end within five seconds', async () => {
      const other = makeAccounts(database, { clock });
      const { accessToken } = await register(accounts);
      const { identity } = accepted(await other.verifyAccessToken(accessToken));
      await accounts.logout(identity);
      clock.advance(5000);
      assertRefused(await other.verifyAccessToken(accessToken), 'UNAUTHORIZED');
      assertRefused(await other.recheck(identity), 'UNAUTHORIZED');
    });

    it('are listed newest first, without the ended ones, page by page', async () => {
      const first = await register(accounts);
      const logins: SessionId[] = [];
      for (const userAgent of ['phone', 'tablet', 'desk']) {
        clock.advance(1000);
        const { sessionId } = accepted(await accounts.login(first.user.username, PASSWORD, { ...CLIENT, userAgent }));
        logins.unshift(sessionId);
      }
      const identity = await identityOf(first.accessToken);
      accepted(await accounts.deleteSession(identity, logins[1] as SessionId));
      const all = await accounts.sessions(identity, { limit: 10 });
      assert.deepEqual(
        all.map(({ userAgent }) => userAgent),
        ['desk', 'phone', 'mocha'],
      );
      const rest = await accounts.sessions(identity, { limit: 1, before: all[0]?.id });
      assert.deepEqual(
        rest.map(({ userAgent }) => userAgent),
        ['phone'],
      );
    });

    it('somebody else’s session cannot be ended, nor told from none', async () => {
      const [ann, ben] = [await register(accounts), await register(accounts)];
      const identity = await identityOf(ann.accessToken);
      assertRefused(await accounts.deleteSession(identity, ben.sessionId), 'NOT_FOUND');
      assertRefused(await accounts.deleteSession(identity, uuid7<SessionId>(Date.now())), 'NOT_FOUND');
      accepted(await verify(ben.accessToken));
    });

    it('that ended long ago are removed, with their tokens, and no others', async () => {
      const [ended, alive] = [await register(accounts), await register(accounts)];
      await accounts.logout(await identityOf(ended.accessToken));
      clock.advance(8 * DAY_MS);
      assert.ok((await accounts.removeEndedSessions(7)) >= 1);
      const left = await database
        .admin()
        .query('select id from session where id = any($1)', [[ended.sessionId, alive.sessionId]]);
      assert.deepEqual(left.rows, [{ id: alive.sessionId }]);
      accepted(await accounts.refresh(alive.refreshToken, CLIENT));
    });
  });
});
