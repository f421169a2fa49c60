import assert from 'node:assert/strict';
import { addressKey, createRateLimits } from '../../src/accounts/rate-limits.ts';
import { assertRefused } from './support.ts';

const IP = '192.0.2.7';

/** How many of `count` calls in a row pass before the first refusal. */
async function passed(count: number, call: (index: number) => Promise<unknown>): Promise<number> {
  for (let index = 0; index < count; index++) {
    if ((await call(index)) !== undefined) return index;
  }
  return count;
}

describe('rate limits', () => {
  it('S4-03 ten requests a second pass, the eleventh is told when to come back', async () => {
    const limits = createRateLimits({ enabled: true });
    assert.equal(await passed(20, () => limits.request('ann', IP)), 10);
    const refusal = assertRefused(await limits.request('ann', IP), 'RATE_LIMITED');
    assert.deepEqual(refusal.details, { retryAfterSeconds: 1 });
    assert.equal(await limits.request('ben', IP), undefined);
  });

  it('S4-03 the next second allows the next ten', async () => {
    const limits = createRateLimits({ enabled: true });
    await passed(20, () => limits.request('ann', IP));
    await new Promise((resolve) => setTimeout(resolve, 1050));
    assert.equal(await passed(20, () => limits.request('ann', IP)), 10);
  });

  it('many accounts at one address share a larger allowance', async () => {
    const limits = createRateLimits({ enabled: true });
    assert.equal(await passed(200, (index) => limits.request(`person ${index}`, IP)), 100);
    assert.equal(await limits.request('person 0', '192.0.2.8'), undefined);
  });

  it('S4-03 five logins a minute pass for one name at one address, right or wrong', async () => {
    const limits = createRateLimits({ enabled: true });
    const login = async () => {
      const refusal = await limits.login(IP, 'Ann');
      if (!refusal) await limits.loginSucceeded(IP);
      return refusal;
    };
    assert.equal(await passed(10, login), 5);
    assertRefused(await limits.login(IP, 'ANN'), 'RATE_LIMITED');
  });

  it('S4-03 five wrong logins a minute pass for one address, whatever the names', async () => {
    const limits = createRateLimits({ enabled: true });
    assert.equal(await passed(10, (index) => limits.login(IP, `name ${index}`)), 5);
  });

  it('people who know their passwords do not lock out their neighbours', async () => {
    const limits = createRateLimits({ enabled: true });
    for (let index = 0; index < 20; index++) {
      assert.equal(await limits.login(IP, `name ${index}`), undefined);
      await limits.loginSucceeded(IP);
    }
  });

  it('registrations are limited per address', async () => {
    const limits = createRateLimits({ enabled: true });
    assert.equal(await passed(60, () => limits.registration(IP)), 30);
  });

  it('X-10 ten room messages a second are taken from a player, then refused', async () => {
    const limits = createRateLimits({ enabled: true });
    assert.equal(await passed(60, () => limits.message('ann')), 10);
    assertRefused(await limits.message('ann'), 'RATE_LIMITED');
    assert.equal(await limits.message('ben'), undefined);
  });

  it('disabled, they let everything pass', async () => {
    const limits = createRateLimits({ enabled: false });
    assert.equal(await passed(200, () => limits.request('ann', IP)), 200);
    assert.equal(await passed(200, () => limits.login(IP, 'ann')), 200);
  });

  it('an address is an IPv4 address, or the /64 of an IPv6 address', () => {
    assert.equal(addressKey('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(addressKey('2001:db8:0:1::5'), addressKey('2001:0DB8:0:0001:ffff:0:0:9'));
    assert.notEqual(addressKey('2001:db8:0:1::5'), addressKey('2001:db8:0:2::5'));
    assert.equal(addressKey('::1'), '0:0:0:0');
    assert.equal(addressKey('2001:db8::'), '2001:db8:0:0');
    assert.equal(addressKey('unknown'), 'unknown');
  });
});
