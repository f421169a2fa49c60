import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/clock.ts';
import { uuid7 } from '../../src/ids.ts';
import type { PartnerId } from '../../src/partners/commission.ts';
import { postback, postbackKey } from '../../src/partners/postback.ts';
import { enqueue, setPostbackUrl } from '../../src/partners/postback-store.ts';
import { Postbacks } from '../../src/partners/postbacks.ts';
import { until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { silent } from '../wallet/fixture.ts';

const EACH = 12;

describe('postbacks to several partners', () => {
  const database = useDatabase();
  let base: string;
  let late: ServerResponse[] = [];
  const prompt: string[] = [];
  const receiver = createServer((request, response) => {
    if (request.url === '/late') return late.push(response);
    prompt.push(request.url ?? '');
    return response.end();
  });

  before(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  after(() => receiver.close());

  /** A partner who is told there of twelve players. */
  async function partnerAt(path: string): Promise<PartnerId> {
    const { rows } = await database.admin().query(`
      with owner as (insert into users (id, username, display_name, password_hash, role, created_at)
                     values (gen_random_uuid(), '${path}', '${path}', '', 'PARTNER', now()) returning id)
      insert into partners (id, user_id, share_percentage, commission_rate, carry_over, from_batch, created_at)
      select gen_random_uuid(), id, 5000, 1000, 'none', 0, now() from owner returning id`);
    const target = { url: `${base}${path}`, nonce: uuid7<string>(Date.now()), since: new Date() };
    await setPostbackUrl(database.pool(), rows[0].id, target);
    await tell(rows[0].id, EACH);
    return rows[0].id;
  }

  const tell = (partnerId: PartnerId, times: number) =>
    enqueue(
      database.pool(),
      Array.from({ length: times }, () =>
        postback(partnerId, 'registration', uuid7(Date.now()), {}, new Date(Date.now() - 1_000)),
      ),
    );

  it('one who does not answer keeps nobody else waiting, and has its own in the end', async () => {
    const giveUp = new AbortController();
    const key = postbackKey('a secret of the tests');
    const deps = { database: database.pool(), clock: systemClock, log: silent, signal: giveUp.signal, key, demo: true };
    const partners = [await partnerAt('/late'), await partnerAt('/one'), await partnerAt('/other')];
    const delivered = new Postbacks(deps).deliver();
    await until(() => prompt.length === 2 * EACH, 4_000, 'all of the others');
    // What comes meanwhile does not wait either.
    await tell(partners[1] as PartnerId, 1);
    await until(() => prompt.length === 2 * EACH + 1, 4_000, 'one more');
    assert.equal(late.length, 5, 'a few at once');
    for (let answered = 0; answered < EACH; ) {
      await until(() => late.length > 0, 4_000, 'the next ones');
      answered += late.length;
      for (const response of late.splice(0)) response.end();
    }
    await delivered;
    const { rows } = await database.admin().query(`
      select attempts, count(*)::int as postbacks from partner_postback where status = 'DELIVERED' group by 1`);
    assert.deepEqual(rows, [{ attempts: 1, postbacks: 3 * EACH + 1 }]);
    late = [];
  });
});
