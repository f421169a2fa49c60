import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GRANT_STATUS } from '../../src/wallet/bonus.ts';
import type { Command } from '../../src/wallet/command.ts';
import { requestHash } from '../../src/wallet/command-facts.ts';
import { useDatabase } from '../support/database.ts';
import { findings } from './fixture.ts';
import type { Burst, Intent } from './intent.ts';
import { type Expected, Model } from './model.ts';
import type { Purse } from './model-parts.ts';
import { type Sent, Story } from './story.ts';

/** How long to look for a story that the wallet and the model tell differently. More finds more. */
const SECONDS = Number(process.env.WALLET_MODEL_SECONDS ?? 12);
const AUDIT_EVERY = 10;

const line = fc.record({
  selection: fc.constantFrom(0, 1, 2, 1_000, 1_001),
  amount: fc.integer({ min: 1, max: 120 }),
  pays: fc.integer({ min: 0, max: 4 }),
});
const WEIGHTS = {
  ...{ credit: 4, stake: 20, cancel: 4, window: 2, claim: 1, settle: 4, void: 1 },
  ...{
    bonus: 4,
    endBonus: 2,
    hold: 2,
    capture: 1,
    release: 1,
    limit: 2,
    exclude: 1,
    deposit: 2,
    again: 4,
    reuse: 2,
    steal: 1,
  },
} as const satisfies Record<Intent['what'], number>;
const what = fc.oneof(
  ...Object.entries(WEIGHTS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Intent['what']) })),
);
const intent: fc.Arbitrary<Intent> = fc.record({
  what,
  player: fc.nat({ max: 3 }),
  book: fc.nat({ max: 2 }),
  amount: fc.integer({ min: -150, max: 150 }),
  lines: fc.array(line, { minLength: 1, maxLength: 5 }),
  pick: fc.nat({ max: 500 }),
  luck: fc.nat({ max: 9 }),
  key: fc.constantFrom('now', 'now', 'now', 'random', 'ahead'),
  isLate: fc.boolean(),
});
const burst: fc.Arbitrary<Burst> = fc.record({
  intents: fc.array(intent, { minLength: 1, maxLength: 60, size: 'max' }),
  fault: fc.constantFrom('none', 'none', 'none', 'terminate', 'crash', 'takeover', 'restart'),
  afterMs: fc.nat({ max: 6 }),
});

interface Recorded {
  readonly key: string;
  readonly origin: string;
  readonly hash: string;
}

describe('the wallet and its model', () => {
  const database = useDatabase();
  let stories = 0;
  let commands = 0;
  const seen = new Set<string>();

  /** The commands on record in the order in which the ledger put them: that order is what has to make sense. */
  async function ledgerOrder(afterBatch: string): Promise<readonly Recorded[]> {
    const { rows } = await database
      .admin()
      .query<Recorded>('select key, origin, hash from command where batch > $1 order by batch, ord', [afterBatch]);
    return rows;
  }

  async function tell(bursts: readonly Burst[]): Promise<void> {
    const admin = database.admin();
    const { rows } = await admin.query<{ batch: string; seq: string }>('select batch, seq from shard');
    const { batch = '', seq = '' } = rows[0] ?? {};
    stories += 1;
    const story = new Story(database.url(), admin, stories * 1_000);
    try {
      await story.begin();
      for (const [at, one] of bursts.entries()) await story.live(one, at + 1);
    } finally {
      await story.end();
    }
    commands += story.sent.length;
    const owned = await admin.query<{ id: number; owner: string }>(
      'select id::int, owner from wallet where owner = any($1)',
      [story.players],
    );
    const owners = new Map(owned.rows.map(({ id, owner }) => [id, owner]));
    const model = new Model(Number(seq), story.stakeOrder, owners);
    const expected = replay(model, story.sent, await ledgerOrder(batch));
    for (const sent of story.sent) checkOutcome(sent, expected.get(identity(sent.command)));
    checkSingles(story.sent, expected);
    await checkBalances(model, story);
    await checkBooks(model);
    if (stories % AUDIT_EVERY === 1) assert.deepEqual(await findings(database.pool()), []);
  }

  async function checkBalances(model: Model, { players, game }: Story): Promise<void> {
    const { rows } = await database.admin().query(
      `select owner, name, real, bonus, held, version::int, turnover, real_losses, bonus_losses, xp, bets::int,
              excluded_until as excluded, net_loss,
              hour_lost + coalesce((select sum(h.lost)::int8 from limit_hour h where h.wallet = w.id), 0) as lost,
              hour_deposited + coalesce((select sum(h.deposited)::int8 from limit_hour h where h.wallet = w.id), 0)
                as deposited,
              play_through, play_through_from::int
         from wallet w where owner = any($1) or name = any($2)`,
      [players, [`house:${game}`, `escrow:${game}`]],
    );
    for (const { owner, name, real, bonus, held, ...row } of rows) {
      const system = name?.startsWith('house') ? model.house : model.escrow;
      const purse = model.purse(owner);
      const money = owner === null ? system : purse;
      const heldMoney = owner === null ? 0n : purse.held;
      assert.deepEqual([real, bonus, held], [money.real, money.bonus, heldMoney].map(String), name ?? owner);
      if (owner === null) continue;
      const { version, turnover, realLosses, bonusLosses, xp, bets, lost, deposited, excludedUntil } = purse;
      const { netLoss, playThrough, playThroughFrom } = purse;
      const texts = {
        turnover: `${turnover}`,
        real_losses: `${realLosses}`,
        bonus_losses: `${bonusLosses}`,
        xp: `${xp}`,
        lost: `${lost}`,
        deposited: `${deposited}`,
        excluded: `${excludedUntil}`,
        net_loss: `${netLoss}`,
        play_through: `${playThrough}`,
      };
      assert.deepEqual({ ...row }, { version, ...texts, bets, play_through_from: playThroughFrom });
      await checkGrants(owner, purse);
    }
  }

  async function checkGrants(owner: string, { grants }: Purse): Promise<void> {
    const { rows } = await database.admin().query(
      `select g.id::int, g.wagered, g.balance, g.at_stake as "atStake", g.status
         from bonus_grant g join wallet w on w.id = g.wallet where w.owner = $1 order by g.id`,
      [owner],
    );
    const expected = grants.map(({ id, wagered, balance, atStake, status }) => {
      return { id, wagered: `${wagered}`, balance: `${balance}`, atStake: `${atStake}`, status: GRANT_STATUS[status] };
    });
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      expected,
    );
    for (const { status } of grants) seen.add(status);
  }

  async function checkBooks(model: Model): Promise<void> {
    for (const [id, book] of model.books) {
      const { rows: states } = await database
        .admin()
        .query('select state, "window", epoch::int from book where id = $1', [id]);
      assert.deepEqual(states, [{ state: book.state, window: book.window, epoch: book.epoch }]);
      const { rows } = await database.admin().query(
        `select id::int, real, bonus, payout, (array['won', 'lost', 'refunded', 'cancelled'])[outcome] as outcome
           from position where book = $1`,
        [id],
      );
      const open = rows.filter(({ outcome }) => outcome === null).map((row) => [row.id, `${row.real}/${row.bonus}`]);
      const closed = rows.filter((row) => row.outcome !== null).map((row) => [row.id, `${row.outcome} ${row.payout}`]);
      assert.deepEqual(
        new Map(open as [number, string][]),
        new Map([...book.open].map(([position, { real, bonus }]) => [position, `${real}/${bonus}`])),
      );
      assert.deepEqual(new Map(closed as [number, string][]), book.closed);
    }
  }

  it('S0-94 S1-20 S1-21 S1-23 X-04 tell the same story, whatever is repeated or killed', async function () {
    this.timeout((SECONDS + 60) * 1_000);
    await fc.assert(fc.asyncProperty(fc.array(burst, { minLength: 3, maxLength: 10, size: 'max' }), tell), {
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: SECONDS * 1_000,
      reporter: inShort,
    });
    assert.deepEqual(await findings(database.pool()), []);
    assert.ok(commands > 1_000, `only ${commands} commands in ${stories} stories`);
    if (!process.env.WALLET_MODEL_SECONDS) return;
    process.stdout.write(`${stories} stories, ${commands} commands; bonuses were ${[...seen].sort().join(', ')}\n`);
  });
});

/** A whole story fills a screen a hundred times over; its seed tells it as well. */
function inShort({ failed, seed, counterexamplePath, errorInstance }: fc.RunDetails<[readonly Burst[]]>): void {
  if (failed) throw new Error(`a story went wrong: seed ${seed}, path ${counterexamplePath}`, { cause: errorInstance });
}

function identity({ key, origin }: { key: string; origin: string }): string {
  return `${key} ${origin}`;
}

/** What the model answers to each identity, in the order of the ledger. */
function replay(model: Model, sent: readonly Sent[], order: readonly Recorded[]) {
  const byHash = new Map<string, Command>();
  for (const { command } of sent) {
    const one = byHash.getOrInsert(`${identity(command)} ${requestHash(command)}`, command);
    assert.deepEqual(command, one, 'the ledger cannot tell these commands apart');
  }
  const expected = new Map<string, { readonly hash: string; readonly answer: Expected }>();
  const arrivals = new Map<object, number>();
  let burst = 0;
  for (const recorded of order) {
    const command = byHash.get(`${identity(recorded)} ${recorded.hash}`);
    assert.ok(command, `nobody has sent ${identity(recorded)}`);
    assert.ok(!expected.has(identity(recorded)));
    expected.set(identity(recorded), { hash: recorded.hash, answer: model.execute(command) });
    const times = sent.filter((one) => identity(one.command) === identity(command));
    const [only] = times;
    if (times.length === 1 && only !== undefined) {
      const arrival = sent.indexOf(only);
      assert.ok(arrival > (arrivals.get(only.wallet) ?? -1), 'an actor has not kept the order of arrival');
      arrivals.set(only.wallet, arrival);
    }
    // What was answered in one burst comes before whatever was sent first in a later one.
    assert.ok(Math.max(...times.map((one) => one.burst)) >= burst, 'the ledger is not in the order of time');
    const isTold = times.some(({ outcome }) => outcome !== null && !(outcome instanceof Error) && isNew(outcome));
    if (isTold) burst = Math.max(burst, Math.min(...times.map((one) => one.burst)));
  }
  return expected;
}

function isNew(outcome: { duplicate: boolean; ok: boolean; code?: string }): boolean {
  return !outcome.duplicate && outcome.code !== 'BUSY' && outcome.code !== 'UNKNOWN_OUTCOME';
}

function checkOutcome({ command, outcome }: Sent, expected: { hash: string; answer: Expected } | undefined): void {
  assert.ok(outcome !== null, 'nobody answered');
  if (outcome instanceof Error) {
    assert.match(outcome.message, /finished (with open positions|before it is closed)/, String(outcome.stack));
  } else if (outcome.ok || (outcome.code !== 'BUSY' && outcome.code !== 'UNKNOWN_OUTCOME')) {
    assert.ok(expected, `${command.kind} was answered, but is not on record`);
    const { duplicate, ...told } = outcome;
    const reused = { ok: false, code: 'IDEMPOTENCY_KEY_REUSED' };
    assert.deepEqual(told, expected.hash === `${requestHash(command)}` ? expected.answer : reused);
  }
}

/** Of all who sent a command at most one heard that it was done just now. If all heard that it was not, it was not. */
function checkSingles(sent: readonly Sent[], expected: ReadonlyMap<string, unknown>): void {
  const outcomes = Map.groupBy(sent, ({ command }) => identity(command));
  for (const [id, all] of outcomes) {
    const news = all.filter(({ outcome }) => outcome !== null && !(outcome instanceof Error) && isNew(outcome));
    assert.ok(news.length <= 1, `${id} was done ${news.length} times`);
    const undone = all.every(({ outcome }) => {
      return outcome instanceof Error || (outcome !== null && !outcome.ok && outcome.code === 'BUSY');
    });
    if (undone) assert.ok(!expected.has(id), `${id} is on record, but everybody heard that nothing was done`);
  }
}
