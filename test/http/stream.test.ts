import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StreamAnswer } from '../../src/http/answer.ts';
import { publicRoute } from '../../src/http/route.ts';
import { useDatabase } from '../support/database.ts';
import { useHttp } from './support.ts';

describe('an answer that is streamed', () => {
  let ended = 0;
  async function* lines(count: number, fails: boolean) {
    try {
      for (let line = 0; line < count; line++) {
        yield `${line},`.padEnd(1_000, 'x');
        await sleep(0);
      }
      if (fails) throw new Error('the database is away');
    } finally {
      ended += 1;
    }
  }
  const Query = z.strictObject({ lines: z.coerce.number(), fails: z.stringbool().default(false) });
  const route = publicRoute({ method: 'get', path: '/long', summary: 'Long.', query: Query }, async ({ query }) => {
    return new StreamAnswer('text/csv; charset=utf-8', lines(query.lines, query.fails), 'long.csv');
  });
  const http = useHttp(useDatabase(), { routes: [route] });
  beforeEach(() => {
    ended = 0;
  });

  it('comes whole, under its name, and is kept by nobody on the way', async () => {
    const { status, headers, json } = await http.call('GET', '/long?lines=50');
    assert.deepEqual([status, json.length, ended], [200, 50_000, 1]);
    assert.equal(headers.get('content-disposition'), 'attachment; filename=long.csv');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('is cut where it fails half-way: nobody takes it for all there is', async () => {
    await assert.rejects(http.call('GET', '/long?lines=5&fails=true'));
    assert.match(http.logged(), /a stream was cut off/);
    assert.equal((await http.call('GET', '/long?lines=1')).status, 200);
  });

  it('is given up when who asked has gone', async () => {
    const controller = new AbortController();
    const response = await fetch(http.url('/long?lines=100000'), { signal: controller.signal });
    await response.body?.getReader().read();
    controller.abort();
    for (let waited = 0; ended === 0 && waited < 200; waited++) await sleep(10);
    assert.equal(ended, 1);
    assert.doesNotMatch(http.logged(), /cut off/);
  });
});
