import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { uuid7 } from '../../src/ids.ts';
import type { PartnerId } from '../../src/partners/commission.ts';
import { postback, postbackKey } from '../../src/partners/postback.ts';
import { enqueue, setPostbackUrl } from '../../src/partners/postback-store.ts';
import { Postbacks } from '../../src/partners/postbacks.ts';
import { movableClock } from '../accounts/support.ts';
import { until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { silent } from '../wallet/fixture.ts';

const EACH = 12;

describe('postbacks to several partners', () => {
  const database = useDatabase();
  let base: string;
  const late: ServerResponse[] = [];
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
    const clock = movableClock();
    const deps = { database: database.pool(), clock, log: silent, signal: giveUp.signal, key, demo: true };
    const partners = [await partnerAt('/late'), await partnerAt('/one'), await partnerAt('/other')];
    const postbacks = new Postbacks(deps);
    const delivered = postbacks.deliver();
    await until(() => prompt.length === 2 * EACH, 10_000, 'all of the others');
    // What comes meanwhile does not wait either.
    await tell(partners[1] as PartnerId, 1);
    await until(() => prompt.length === 2 * EACH + 1, 10_000, 'one more');
    const asked = () => late.filter(({ destroyed }) => !destroyed);
    await until(() => asked().length === 5, 10_000, 'a few at once');
    const answering = setInterval(() => {
      for (const response of late.splice(0)) response.end();
    }, 5);
    await delivered;
    // What the others took longer than five seconds for has made the late one's come another time.
    const left = async () =>
      (await database.admin().query(`select from partner_postback where status = 'PENDING'`)).rowCount;
    for (let more = 0; more < 3 && (await left()) !== 0; more++) {
      clock.advance(3_600_000);
      await postbacks.deliver();
    }
    clearInterval(answering);
    const { rows } = await database.admin().query(
      `select partner_id = $1 as late, min(attempts) as least, max(attempts) filter (where partner_id <> $1) as most,
              count(*)::int as postbacks
         from partner_postback where status = 'DELIVERED' group by 1 order by 1`,
      [partners[0]],
    );
    assert.deepEqual(rows, [
      { late: false, least: 1, most: 1, postbacks: 2 * EACH + 1 },
      { late: true, least: 1, most: null, postbacks: EACH },
    ]);
  });
});
