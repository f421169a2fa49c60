import type { UserId } from '../../src/ids.ts';
import type { House } from './house.ts';

/** While `on`, the wallet and the desk's own database fail now and then: before they have done what they are asked. */
export interface Faults {
  on: boolean;
  /** Nothing that the desk writes or asks comes to anything any more. */
  isCut: boolean;
  seed: number;
}

/** One in `of`; half of these only after it was done. */
function fate(faults: Faults, of: number): 'passes' | 'request lost' | 'answer lost' {
  if (faults.isCut) return 'request lost';
  if (!faults.on) return 'passes';
  faults.seed = (Math.imul(faults.seed, 1_103_515_245) + 12_345) >>> 0;
  const drawn = (faults.seed >>> 8) % (2 * of);
  return drawn === 0 ? 'request lost' : drawn === 1 ? 'answer lost' : 'passes';
}

/** Lets a house's wallet and database fail as `faults` says. */
export function faulty(house: House, faults: Faults): void {
  const { database, wallet } = house;
  const actor: { execute: (...asked: never[]) => Promise<unknown> } = wallet.actor;
  wrap(actor, 'execute', faults, 5);
  for (const name of ['query', 'maybeOne', 'any']) wrap(database as never, name, faults, 12);
}

function wrap(of: Record<string, (...asked: never[]) => Promise<unknown>>, name: string, faults: Faults, rate: number) {
  const act = of[name]?.bind(of);
  if (act === undefined) throw new Error(`there is no ${name}`);
  Object.assign(of, {
    [name]: async (...asked: never[]) => {
      const drawn = fate(faults, rate);
      if (drawn === 'request lost') throw new Error(`${name}: lost on its way`);
      const answer = await act(...asked);
      if (drawn === 'answer lost') throw new Error(`${name}: its answer was lost`);
      return answer;
    },
  });
}

type Admin = { query(text: string, values?: unknown[]): Promise<{ rows: Record<string, string>[] }> };

interface LoggedTick {
  readonly at: bigint;
  readonly seq: bigint;
  readonly price: bigint;
}

/** What everybody should have: what they began with, and what each trade and binary comes to by the log of prices. */
export async function balancesByLog(
  admin: Admin,
  people: readonly UserId[],
  start: number,
): Promise<ReadonlyMap<string, bigint>> {
  const ticks = (
    await admin.query(`select at, seq, price from tick where symbol = 'BTCUSDT' order by at, seq`)
  ).rows.map(({ at, seq, price }) => ({ at: BigInt(at ?? 0), seq: BigInt(seq ?? 0), price: BigInt(price ?? 0) }));
  const balances = new Map<string, bigint>(people.map((who) => [who, BigInt(start)]));
  const add = (who = '', amount: bigint) => balances.set(who, (balances.get(who) ?? 0n) + amount);
  const own = [people as unknown as string[]];
  const trades = await admin.query('select * from trade where seq is not null and user_id = any($1)', own);
  for (const row of trades.rows) add(row.user_id, gainOf(row, ticks));
  const binaries = await admin.query('select * from binary_trade where seq is not null and user_id = any($1)', own);
  for (const row of binaries.rows) add(row.user_id, payoutOf(row, ticks) - BigInt(row.stake ?? 0));
  return balances;
}

/** The first tick behind the entry that reaches a bound ends it, or its owner before. */
function gainOf(row: Record<string, string | null>, ticks: readonly LoggedTick[]): bigint {
  const number = (name: string) => BigInt(row[name] ?? 0);
  const isLong = row.side === 'LONG';
  const sign = isLong ? 1n : -1n;
  const [entry, entryAt, entrySeq, margin] = [
    number('entry_price'),
    number('entry_at'),
    number('entry_seq'),
    number('margin'),
  ];
  const isBehind = (tick: LoggedTick, at: bigint, seq: bigint) => tick.at > at || (tick.at === at && tick.seq > seq);
  const ends = ({ price }: LoggedTick) => {
    const worse = number(row.stop_loss === null ? 'liquidation' : 'stop_loss');
    if (isLong ? price <= worse : price >= worse) return true;
    if (isLong && price >= 2n * entry) return true;
    return row.take_profit !== null && (isLong ? price >= number('take_profit') : price <= number('take_profit'));
  };
  const first = ticks.find((tick) => isBehind(tick, entryAt, entrySeq) && ends(tick));
  const closed = ticks.find(({ at, seq }) => at === number('exit_at') && seq === number('exit_seq'));
  const exit = row.reason === 'OWNER' ? closed : first;
  if (exit === undefined) throw new Error(`trade ${row.id} has no exit`);
  if (first !== undefined && isBehind(exit, first.at, first.seq)) throw new Error(`trade ${row.id} ended too late`);
  const gain = (sign * (exit.price - entry) * number('amount') * 100n) / 10n ** 10n;
  return gain < -margin ? -margin : gain;
}

function payoutOf(row: Record<string, string | null>, ticks: readonly LoggedTick[]): bigint {
  const number = (name: string) => BigInt(row[name] ?? 0);
  const [from, until, age, stake] = [
    number('accepted_at'),
    number('expires_at'),
    number('max_tick_age_ms'),
    number('stake'),
  ];
  const seen = ticks.filter(({ at }) => at > from && at <= until);
  const [entry, exit] = [seen[0], seen.at(-1)];
  if (entry === undefined || exit === undefined || entry === exit) return stake;
  if (entry.at > from + age || exit.at < until - age) return stake;
  const isWon = row.direction === 'UP' ? exit.price > entry.price : exit.price < entry.price;
  return isWon ? (stake * number('payout_numerator')) / number('payout_denominator') : 0n;
}
