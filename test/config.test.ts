import assert from 'node:assert/strict';
import { loadConfig } from '../src/config.ts';

const SECRET = 'a secret of the tests, long enough for the configuration';
const REAL = {
  DATABASE_URL: 'postgresql://db.example.org/croupier',
  ACCESS_TOKEN_SECRET: SECRET,
  SEED_ENCRYPTION_KEY: SECRET,
};

describe('the configuration', () => {
  it('refuses the secrets of the demo with a database of one’s own, each by its name', () => {
    const { accessTokenSecret: demoSecret, sandboxWebhookSecret } = loadConfig({});
    assert.equal(sandboxWebhookSecret, demoSecret, 'a demo has a sandbox');
    for (const name of ['ACCESS_TOKEN_SECRET', 'SEED_ENCRYPTION_KEY', 'SANDBOX_WEBHOOK_SECRET']) {
      assert.throws(() => loadConfig({ ...REAL, [name]: demoSecret }), new RegExp(`${name} must be set`));
    }
  });

  it('has no payment sandbox with a database of one’s own, unless it is given a secret', () => {
    assert.equal(loadConfig(REAL).sandboxWebhookSecret, undefined);
    assert.equal(loadConfig({ ...REAL, SANDBOX_WEBHOOK_SECRET: SECRET }).sandboxWebhookSecret, SECRET);
    assert.throws(() => loadConfig({ ...REAL, SANDBOX_WEBHOOK_SECRET: 'short' }), /SANDBOX_WEBHOOK_SECRET/);
  });

  it('names a time zone or a time of the draw that there is not', () => {
    assert.deepEqual(loadConfig({}).drawSchedule, { timeZone: 'Asia/Bangkok', time: '15:30' });
    for (const wrong of ['Asia/Nowhere', 'US/Pacific-New', '2026-01-01T00:00Z']) {
      assert.throws(() => loadConfig({ LOTTERY_TIME_ZONE: wrong }), /LOTTERY_TIME_ZONE/);
    }
    assert.throws(() => loadConfig({ LOTTERY_DRAW_TIME: '24:00' }), /LOTTERY_DRAW_TIME/);
  });

  it('takes prices from where it is told, and names what is missing for that', () => {
    assert.deepEqual(loadConfig({}).market, { kind: 'simulated', intervalMs: 2_000 });
    assert.deepEqual(loadConfig({ MARKET_FEED: 'replay' }).market, { kind: 'replay' });
    assert.throws(() => loadConfig({ ...REAL, MARKET_FEED: 'replay' }), /MARKET_FEED/);
    const exchange = { MARKET_FEED: 'exchange', MARKET_EXCHANGE_URL: 'wss://stream.example.org:9443' };
    assert.deepEqual(loadConfig(exchange).market, { kind: 'exchange', url: 'wss://stream.example.org:9443' });
    assert.throws(() => loadConfig({ MARKET_FEED: 'exchange' }), /MARKET_EXCHANGE_URL/);
    assert.throws(() => loadConfig({ MARKET_EXCHANGE_URL: 'https://example.org' }), /MARKET_EXCHANGE_URL/);
    assert.deepEqual(loadConfig({ MARKET_INTERVAL_MS: '2500' }).market, { kind: 'simulated', intervalMs: 2_500 });
    for (const wrong of ['0', '50', '700', '3000', '60000', '1.5', 'slow']) {
      assert.throws(() => loadConfig({ MARKET_INTERVAL_MS: wrong }), /MARKET_INTERVAL_MS/);
    }
  });

  it('takes what is left blank as not set, never as 0', () => {
    const blank = { DEPOSIT_WAGERING_PERCENT: '', CASHIER_SECOND_APPROVER_ABOVE: '', MARKET_EXCHANGE_URL: '' };
    assert.deepEqual(loadConfig({ ...REAL, ...blank }), loadConfig(REAL));
    assert.throws(
      () => loadConfig({ DATABASE_URL: REAL.DATABASE_URL, ACCESS_TOKEN_SECRET: '' }),
      /ACCESS_TOKEN_SECRET/,
    );
  });

  it('names origins that no browser would send', () => {
    const several = 'https://play.example.org, http://localhost:8080,capacitor://localhost';
    const { allowedOrigins } = loadConfig({ ALLOWED_ORIGINS: several });
    assert.deepEqual(allowedOrigins, ['https://play.example.org', 'http://localhost:8080', 'capacitor://localhost']);
    assert.deepEqual(loadConfig({ ALLOWED_ORIGINS: '' }).allowedOrigins, []);
    for (const wrong of [
      'play.example.org',
      '*',
      'null',
      'https://Play.example.org',
      'https://play.example.org/',
      'x:y',
    ]) {
      assert.throws(() => loadConfig({ ALLOWED_ORIGINS: wrong }), /ALLOWED_ORIGINS/, wrong);
    }
  });

  it('names a threshold for the second approver that is none', () => {
    assert.equal(loadConfig({ CASHIER_SECOND_APPROVER_ABOVE: '0' }).secondApproverAbove, 0n);
    for (const wrong of ['-1', '1.5', 'many']) {
      const load = () => loadConfig({ CASHIER_SECOND_APPROVER_ABOVE: wrong });
      assert.throws(load, /CASHIER_SECOND_APPROVER_ABOVE/);
    }
  });
});
