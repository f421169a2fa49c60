import { sql } from 'slonik';

/** Of `t`, a trade or a binary, whether its position is open. By what is open now: history has no end. */
export const IS_OPEN = sql.fragment`t.seq = any (array(select o.position from open_position o where o.shard = 0))`;
export const IS_CLOSED = sql.fragment`
  not exists (select from open_position o where o.shard = 0 and o.position = t.seq)`;
