import assert from 'node:assert/strict';
import type { Client } from 'pg';
import { withOlderDatabase } from './older-database.ts';

const HOUR = 3_600;

/** A margin, with the hours of its beginning and its end. */
interface Lived {
  readonly stake: number;
  readonly opened: number;
  readonly closed: number | null;
  readonly payout: number;
}

/** Writes down what the wallet did before: every opening and every end a batch of its own, in order of time. */
async function live(client: Client, all: readonly Lived[]): Promise<void> {
  const events = all.flatMap((one) => {
    const opening = { one, hour: one.opened, isOpening: true };
    return one.closed === null ? [opening] : [opening, { one, hour: one.closed, isOpening: false }];
  });
  events.sort((one, other) => one.hour - other.hour);
  const seqs = new Map<Lived, number>();
  for (const [at, { one, hour, isOpening }] of events.entries()) {
    const seq = seqs.get(one) ?? seqs.size + 1;
    if (isOpening) {
      seqs.set(one, seq);
      await client.query(`
        insert into transfer (seq, debit, credit, amount, position, book, liability, shard, debit_bucket,
                              credit_bucket, reason, selection, "window")
        values (${seq}, 1, 1, ${one.stake}, ${seq}, 9, 0, 0, 0, 2, 1, 0, 1);
        insert into open_position (position, book, shard) values (${seq}, 9, 0)`);
    } else {
      await client.query(`
        insert into closing (position, payout, batch, shard, ord, outcome)
        values (${seq}, ${one.payout}, ${at + 1}, 0, 0, ${one.payout > 0 ? 1 : 2});
        delete from open_position where position = ${seq}`);
    }
    await client.query(`
      insert into link (batch, first_seq, last_seq, at, shard, prev, hash)
      values (${at + 1}, ${seqs.size}, ${seqs.size}, to_timestamp(${hour * HOUR + 60}), 0, '', '')`);
  }
}

describe('the migration of what desks have counted', () => {
  it('takes what is open out of its hour, and moves what has ended to the hour of its end', async () => {
    await withOlderDatabase('migrate_limits', 29, async ({ client, migrate }) => {
      const now = Math.floor(Date.now() / 1_000 / HOUR);
      await client.query(`
        insert into wallet (id, owner, currency, shard, hour, hour_wagered, hour_lost)
        overriding system value values (1, gen_random_uuid(), 'INR', 0, ${now - 1}, 50, 50);
        insert into book (id, ref, game, currency, shard, epoch, state, "window", cap, first_seq, first_batch, standing)
        values (9, gen_random_uuid(), 'trading', 'INR', 0, 1, 'open', 1, 0, 1, 1, 'margin')`);
      const lived = [
        { stake: 1_000, opened: now - 30, closed: now - 5, payout: 800 },
        { stake: 300, opened: now - 3, closed: null, payout: 0 },
        { stake: 70, opened: now - 4, closed: now, payout: 0 },
        { stake: 40, opened: now - 4, closed: now - 4, payout: 60 },
      ];
      await live(client, lived);
      await client.query(`
        insert into limit_hour (wallet, hour, wagered, lost, deposited)
        values (1, ${now - 30}, 1000, 1000, 0), (1, ${now - 5}, 0, -800, 7), (1, ${now - 4}, 110, 50, 0),
               (1, ${now - 3}, 300, 300, 0)`);

      await migrate();
      const { rows: hours } = await client.query(
        `select hour::int - ${now} as hour, wagered::int, lost::int, deposited::int from limit_hour order by hour`,
      );
      assert.deepEqual(
        hours.map(({ hour, wagered, lost, deposited }) => [hour, wagered, lost, deposited]),
        [
          [-30, 1_000, 0, 0],
          [-5, 0, 200, 7],
          [-4, 110, -20, 0],
          [-3, 300, 0, 0],
        ],
      );
      const { rows: own } = await client.query(
        'select hour_wagered::int as wagered, hour_lost::int as lost from wallet',
      );
      assert.deepEqual({ ...own[0] }, { wagered: 50, lost: 120 });
      const { rows: open } = await client.query(
        `select wallet::int, stake::int, hour::int - ${now} as hour from open_position`,
      );
      assert.deepEqual(
        open.map((row) => ({ ...row })),
        [{ wallet: 1, stake: 300, hour: -3 }],
      );
      const { rows: bets } = await client.query('select payout::int, status from bets order by id');
      assert.deepEqual(
        bets.map(({ payout, status }) => `${status} ${payout}`),
        ['lost 800', 'lost 0', 'won 60', 'pending 0'],
      );
    });
  });
});
