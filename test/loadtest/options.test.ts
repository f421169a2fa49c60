import assert from 'node:assert/strict';
import { Mistake } from '../../loadtest/mistake.ts';
import { parseLoadtest } from '../../loadtest/options.ts';
import { BALANCE, parseSeed } from '../../loadtest/seed-options.ts';

describe('the command line of the load test', () => {
  it('has a default for everything, and takes what it is told', () => {
    const plain = parseLoadtest([], {});
    assert.deepEqual(
      [plain?.endpoint, plain?.table, plain?.seed, plain?.workers, plain?.tokens],
      ['http://127.0.0.1:2567', 'main', '42', 1, '.data/loadtest-players.json'],
    );
    const told = parseLoadtest('--players 3 --spectators 0 --seconds 7 --table fast --seed x'.split(' '), {
      DATA_DIR: '/data',
      DATABASE_URL: 'postgresql://db',
      METRICS_TOKEN: 'm',
    });
    assert.deepEqual([told?.players, told?.spectators, told?.seconds, told?.table, told?.seed], [3, 0, 7, 'fast', 'x']);
    assert.deepEqual(
      [told?.tokens, told?.databaseUrl, told?.metricsToken],
      ['/data/loadtest-players.json', 'postgresql://db', 'm'],
    );
    assert.equal(parseLoadtest(['--help'], {}), undefined);
  });

  it('knows this machine by all its names', () => {
    for (const endpoint of ['http://localhost:1', 'http://127.0.0.1:1', 'http://127.9.9.9:1', 'http://[::1]:1']) {
      assert.equal(parseLoadtest(['--endpoint', endpoint], {})?.endpoint, endpoint);
      assert.equal(parseSeed(['--endpoint', endpoint], {})?.endpoint, endpoint);
    }
  });

  const elsewhere = [
    'http://example.com',
    'http://10.0.0.1:2567',
    'http://0.0.0.0:2567',
    'http://127.0.0.1.example.com:2567',
    'http://[::2]:2567',
    'http://localhost.example.com',
    'http://user@127.0.0.1:2567',
    'https://127.0.0.1:2567',
    'ftp://127.0.0.1',
    'http://127.0.0.1:2567/path',
    '127.0.0.1:2567',
    '',
  ];
  for (const endpoint of elsewhere) {
    it(`refuses ${endpoint || 'an empty endpoint'}`, () => {
      assert.throws(() => parseLoadtest(['--endpoint', endpoint], {}), Mistake);
      assert.throws(() => parseSeed(['--endpoint', endpoint], {}), Mistake);
    });
  }

  const wrong = [
    '--players -1',
    '--players 5001',
    '--seconds 0',
    '--seconds 3601',
    '--workers 1.5',
    '--spectators many',
  ];
  for (const args of [...wrong, '--yes-really-remote', 'stray']) {
    it(`refuses ${args}`, () => assert.throws(() => parseLoadtest(args.split(' '), {}), Mistake));
  }

  it('seeds with money that need not be named', () => {
    assert.deepEqual([parseSeed([], {})?.balance, BALANCE > 0], [undefined, true]);
    assert.equal(parseSeed(['--balance', '500'], {})?.balance, 500);
    assert.throws(() => parseSeed(['--balance', '0'], {}), Mistake);
  });
});
