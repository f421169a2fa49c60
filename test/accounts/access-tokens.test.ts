import assert from 'node:assert/strict';
import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { createAccessTokens } from '../../src/accounts/access-tokens.ts';
import { systemClock } from '../../src/clock.ts';
import { type SessionId, type UserId, uuid7 } from '../../src/ids.ts';
import { movableClock, SECRET } from './support.ts';

const KEY = Buffer.from(SECRET);
const userId = uuid7<UserId>(Date.now());
const sessionId = uuid7<SessionId>(Date.now());
const identity = { userId, sessionId, role: 'PLAYER' } as const;
const tokens = createAccessTokens(SECRET, 15, systemClock);

/** A token with everything right, for a test to spoil one thing. */
function forge(claims: Record<string, unknown> = {}, header = { alg: 'HS256', typ: 'JWT' }): SignJWT {
  return new SignJWT({ sid: sessionId, role: 'PLAYER', ...claims })
    .setProtectedHeader(header)
    .setSubject(userId)
    .setIssuer('croupier')
    .setAudience('croupier-api')
    .setIssuedAt()
    .setExpirationTime('5 minutes');
}

describe('access tokens', () => {
  it('a token says who it was signed for and when it ends', async () => {
    const read = await tokens.read(await tokens.sign(identity));
    assert.deepEqual({ ...read, expiresAt: 0 }, { ...identity, expiresAt: 0 });
    assert.ok(Math.abs((read?.expiresAt ?? 0) - (Date.now() + 15 * 60_000)) < 2000);
  });

  it('the forger of these tests can make a good one', async () => {
    assert.equal((await tokens.read(await forge().sign(KEY)))?.userId, userId);
  });

  it('S4-08 an expired token is refused, to the second', async () => {
    const clock = movableClock();
    const own = createAccessTokens(SECRET, 15, clock);
    const token = await own.sign(identity);
    clock.advance(14 * 60_000 + 58_000);
    assert.ok(await own.read(token));
    clock.advance(3000);
    assert.equal(await own.read(token), undefined);
  });

  it('S4-08 a token that was altered is refused', async () => {
    const [header, , signature] = (await tokens.sign(identity)).split('.');
    const payload = { sub: userId, sid: sessionId, role: 'MASTER', iss: 'croupier', aud: 'croupier-api' };
    const claims = base64url.encode(JSON.stringify({ ...payload, exp: Math.floor(Date.now() / 1000) + 60 }));
    assert.equal(await tokens.read(`${header}.${claims}.${signature}`), undefined);
  });

  it('S4-08 algorithm none and other algorithms are refused, even with our own secret', async () => {
    const none = new UnsecuredJWT({ sid: sessionId, role: 'PLAYER' });
    none.setSubject(userId).setIssuer('croupier').setAudience('croupier-api').setExpirationTime('5 minutes');
    assert.equal(await tokens.read(none.encode()), undefined);
    const secret = SECRET.padEnd(64, '.');
    const own = createAccessTokens(secret, 15, systemClock);
    for (const alg of ['HS384', 'HS512']) {
      const token = await forge({}, { alg, typ: 'JWT' }).sign(Buffer.from(secret));
      assert.equal(await own.read(token), undefined, alg);
    }
  });

  it('S4-08 another secret, issuer, audience or type is refused', async () => {
    const strangers = {
      secret: await forge().sign(Buffer.from('another secret, as long as it has to be')),
      issuer: await forge().setIssuer('somebody').sign(KEY),
      audience: await forge().setAudience('another-api').sign(KEY),
      type: await forge({}, { alg: 'HS256', typ: 'reset' }).sign(KEY),
    };
    for (const [what, token] of Object.entries(strangers)) assert.equal(await tokens.read(token), undefined, what);
  });

  it('a token without end, or with claims of the wrong kind, is refused though it is ours', async () => {
    const endless = { sub: userId, iss: 'croupier', aud: 'croupier-api' };
    const spoilt = {
      endless: await new SignJWT({ ...endless, sid: sessionId, role: 'PLAYER' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(KEY),
      role: await forge({ role: 'GOD' }).sign(KEY),
      session: await forge({ sid: 7 }).sign(KEY),
      user: await forge().setSubject('1 or 1=1').sign(KEY),
    };
    for (const [what, token] of Object.entries(spoilt)) assert.equal(await tokens.read(token), undefined, what);
  });

  it('what is no token at all is refused, of any length', async () => {
    for (const text of ['', '.', '..', 'a.b.c', 'null', '\u0000', 'x'.repeat(100_000)]) {
      assert.equal(await tokens.read(text), undefined);
    }
  });
});
