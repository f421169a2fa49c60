import type { Client } from 'pg';

/**
 * The hash chain as the database alone can make it: an array's binary form is what `array_send` gives. Shares nothing
 * with the code that writes the chain, so it proves the format; and it is what a forger with the database's password
 * would write.
 */
const HASH = `
  select sha256($2::bytea || c.bytes || t.bytes || x.bytes || b.bytes) as hash
    from link l,
         lateral (select ${arrays('int8', 'hash seq version real bonus held', 'ord')}
                      || ${arrays('uuid', 'key origin', 'ord')}
                      || ${arrays('int2', 'moves verdict ord', 'ord')} as bytes
                    from command where shard = l.shard and batch = l.batch) c,
         lateral (select ${arrays('int8', 'seq debit credit amount position', 'seq')}
                      || ${arrays('int8', 'coalesce(book,0) coalesce(liability,-1)', 'seq')}
                      || ${arrays('int2', 'debit_bucket credit_bucket reason', 'seq')}
                      || ${arrays('int2', 'coalesce(selection,-1::int2) coalesce("window",0::int2)', 'seq')} as bytes
                    from transfer where shard = l.shard and seq between l.first_seq and l.last_seq) t,
         lateral (select ${arrays('int8', 'position payout', 'ord')} || ${arrays('int2', 'ord outcome', 'ord')} as bytes
                    from closing where shard = l.shard and batch = l.batch) x,
         -- Only where there is one.
         lateral (select case when count(bonus_grant) = 0 then ''
                              else ${arrays('int8', 'coalesce(bonus_grant,0)', 'seq')} end as bytes
                    from transfer where shard = l.shard and seq between l.first_seq and l.last_seq) b
   where l.shard = 0 and l.batch = $1`;

function arrays(type: string, columns: string, order: string): string {
  return columns
    .split(' ')
    .map((column) => `array_send(coalesce(array_agg((${column})::${type} order by ${order}), '{}'::${type}[]))`)
    .join(' || ');
}

/** What the link of a batch has to be after `prev`. */
export async function linkInSql(admin: Client, batch: string, prev: Buffer): Promise<Buffer> {
  const { rows } = await admin.query<{ hash: Buffer }>(HASH, [batch, prev]);
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no batch ${batch}`);
  return row.hash;
}

/** Makes every link anew, so that the chain fits whatever the rows say now. */
export async function forgeChain(admin: Client): Promise<void> {
  let prev: Buffer = Buffer.alloc(32);
  const { rows } = await admin.query<{ batch: string }>('select batch from link where shard = 0 order by batch');
  for (const { batch } of rows) {
    const hash = await linkInSql(admin, batch, prev);
    await admin.query('update link set prev = $2, hash = $3 where batch = $1', [batch, prev, hash]);
    prev = hash;
  }
}
