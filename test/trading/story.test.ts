import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import type { Key, TradeId, UserId } from '../../src/ids.ts';
import { isRefusal } from '../../src/refusal.ts';
import { pauseDesk, resumeDesk } from '../../src/trading/acts.ts';
import { auditTrading } from '../../src/trading/audit.ts';
import type { BinaryWish, TradeWish } from '../../src/trading/wishes.ts';
import { assertBooks } from '../journeys/support.ts';
import { until } from '../market/market-house.ts';
import { newKey } from '../wallet/fixture.ts';
import { BTC, binaryWish, codeOf, type House, purse, say, tradeWish, useDesk } from './house.ts';
import { balancesByLog, type Faults, faulty } from './story-parts.ts';

const START = 1_000_000_000;
const PLAYERS = 3;

/** One thing that happens. Numbers are read as the step needs them. */
type Step =
  | { readonly kind: 'tick'; readonly move: number; readonly burst: number }
  | { readonly kind: 'open'; readonly who: number; readonly leverage: number; readonly levels: number }
  | { readonly kind: 'close'; readonly who: number; readonly which: number }
  | { readonly kind: 'binary'; readonly who: number; readonly seconds: number }
  | { readonly kind: 'again'; readonly which: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'pause' | 'sweep' | 'crash' | 'cut' | 'faults' | 'rest' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('tick' as const),
      move: fc.integer({ min: -900, max: 900 }),
      burst: fc.nat(3),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      who: fc.nat(),
      leverage: fc.integer({ min: 1, max: 100 }),
      levels: fc.nat(15),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('close' as const), who: fc.nat(), which: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('binary' as const),
      who: fc.nat(),
      seconds: fc.integer({ min: 5, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause', 'sweep', 'crash', 'cut', 'faults', 'rest'),
    }) as fc.Arbitrary<Step>,
  },
);

/** A wish, and what it was answered each time. */
interface Asked {
  readonly key: Key;
  readonly codes: string[];
  readonly ask: (house: House) => Promise<string>;
}

class Story {
  house: House;
  readonly people: readonly UserId[];
  readonly trades: { readonly owner: UserId; readonly id: TradeId }[] = [];
  readonly asked: Asked[] = [];
  readonly #underWay: Promise<unknown>[] = [];
  readonly #desk: ReturnType<typeof useDesk>;
  readonly #faults: Faults;
  #price = 5_000_000;
  #isPaused = false;

  constructor(house: House, people: readonly UserId[], desk: ReturnType<typeof useDesk>, faults: Faults) {
    this.house = house;
    this.people = people;
    this.#desk = desk;
    this.#faults = faults;
  }

  async take(at: Step): Promise<void> {
    const { house } = this;
    switch (at.kind) {
      case 'tick':
        for (let n = 0; n <= at.burst; n += 1) {
          this.#price = Math.max(100, this.#price + at.move * 100 * (n % 2 === 0 ? 1 : -1));
          house.feed.say(BTC, this.#price);
          house.clock.advance(1);
        }
        return;
      case 'open':
        return this.#ask(this.#openTrade(at));
      case 'close':
        return this.#ask(this.#close(at));
      case 'binary': {
        const direction = at.who % 2 === 0 ? 'UP' : 'DOWN';
        const wish = binaryWish(house, this.#who(at.who), { direction, stake: 12_345, expirySeconds: at.seconds });
        return this.#ask(this.#openBinary(wish));
      }
      case 'again': {
        const asked = this.asked[at.which % Math.max(1, this.asked.length)];
        return asked && this.#ask(asked);
      }
      case 'wait':
        house.clock.advance(at.ms);
        return;
      case 'pause':
        await house.database.transaction((tx) => (this.#isPaused ? resumeDesk : pauseDesk)(tx, house.desk.id, 'story'));
        this.#isPaused = !this.#isPaused;
        return house.desk.refresh().catch(() => undefined);
      case 'sweep':
        this.#underWay.push(house.desk.sweep().catch(() => undefined));
        return;
      case 'crash':
        return this.crash();
      case 'faults':
        this.#faults.on = !this.#faults.on;
        return;
      case 'cut':
        this.#faults.isCut = true;
        return;
      case 'rest':
        await Promise.all([sleep(30), ...this.#underWay.splice(0)]);
        return;
      default:
        return at satisfies never;
    }
  }

  async crash(): Promise<void> {
    await this.house.crash();
    await Promise.all(this.#underWay.splice(0));
    Object.assign(this.#faults, { on: false, isCut: false });
    this.house = await this.#desk.open();
    faulty(this.house, this.#faults);
    this.house.clock.advance(2);
    this.house.feed.say(BTC, this.#price);
  }

  /** Nobody fails any more, everything that can end ends, and everybody is answered. */
  async end(): Promise<void> {
    Object.assign(this.#faults, { on: false, isCut: false });
    if (this.#isPaused) await this.take({ kind: 'pause' });
    await Promise.all(this.#underWay.splice(0));
    const { house } = this;
    await this.#passTenSeconds();
    await house.desk.sweep();
    await until('the binaries', () => house.desk.binaries.size === 0);
    for (const [index, { id, owner }] of this.trades.entries()) {
      // However long all of them take, there is a price to close at.
      if (index % 5 === 0) await say(house, '50000');
      const code = codeOf(await house.desk.closeTrade(this.#closeWish(owner, id)));
      assert.ok(code === 'OK' || code === 'NOT_OPEN', code);
    }
    for (const { ask, codes } of this.asked) codes.push(await ask(house));
    await this.#passTenSeconds();
    // Trades that nobody was told of.
    const { rows } = await this.#desk.database.admin().query(`select id, user_id from trade where status = 'OPEN'`);
    for (const { id, user_id: owner } of rows) {
      assert.equal(codeOf(await house.desk.closeTrade(this.#closeWish(owner, id))), 'OK');
    }
    await until('the rest', () => this.people.every((who) => house.desk.risks.ofPlayer(who).open === 0));
    await Promise.all([house.desk.trades.idle(), house.desk.binaries.idle()]);
  }

  async #passTenSeconds(): Promise<void> {
    for (let n = 0; n < 10; n += 1) {
      this.house.clock.advance(1_000);
      await say(this.house, '50000');
    }
  }

  #who(number: number): UserId {
    return this.people[number % PLAYERS] as UserId;
  }

  #ask(asked: Asked): void {
    if (!this.asked.includes(asked)) this.asked.push(asked);
    this.#underWay.push(asked.ask(this.house).then((code) => asked.codes.push(code)));
  }

  #openTrade({ who, leverage, levels }: Extract<Step, { kind: 'open' }>): Asked {
    const side = levels % 2 === 0 ? 'LONG' : 'SHORT';
    const sign = side === 'LONG' ? 1 : -1;
    const stopLoss = (this.#price - sign * 20_000) / 100;
    const takeProfit = (this.#price + sign * 30_000) / 100;
    const more = { ...(levels & 2 && { stopLoss }), ...(levels & 4 && { takeProfit }) };
    const wish: TradeWish = tradeWish(this.house, this.#who(who), { side, leverage, amount: '0.0137', ...more });
    const ask = async (house: House) => {
      const opened = await attempt(house.desk.openTrade({ ...wish, receivedAt: house.clock.now() }));
      if (typeof opened === 'string') return opened;
      if (!isRefusal(opened)) this.trades.push({ owner: wish.userId, id: opened.row.terms.tradeId });
      return codeOf(opened);
    };
    return { key: wish.key, codes: [], ask };
  }

  #openBinary(wish: BinaryWish): Asked {
    const ask = async (house: House) => {
      const opened = await attempt(house.desk.openBinary({ ...wish, receivedAt: house.clock.now() }));
      return typeof opened === 'string' ? opened : codeOf(opened);
    };
    return { key: wish.key, codes: [], ask };
  }

  #close({ which }: Extract<Step, { kind: 'close' }>): Asked {
    const trade = this.trades[which % Math.max(1, this.trades.length)];
    const wish = trade && this.#closeWish(trade.owner, trade.id);
    const ask = async (house: House) => {
      const closed = wish && (await attempt(house.desk.closeTrade({ ...wish, receivedAt: house.clock.now() })));
      if (closed === undefined || typeof closed === 'string') return closed ?? 'NONE';
      return codeOf(closed);
    };
    return { key: wish?.key ?? newKey(), codes: [], ask };
  }

  #closeWish(userId: UserId, tradeId: TradeId) {
    return { userId, tradeId, key: newKey(), receivedAt: this.house.clock.now() };
  }
}

/** A desk may throw where the database fails: its player does not know what came of it. */
async function attempt<Answer>(answer: Promise<Answer>): Promise<Answer | string> {
  try {
    return await answer;
  } catch {
    return 'UNKNOWN_OUTCOME';
  }
}

const UNDECIDED = ['UNKNOWN_OUTCOME', 'BUSY'];

describe('the story of a desk', () => {
  const desk = useDesk();

  it('S4-20 S4-24 S4-35 whatever is killed or lost, everybody has what the log of prices says', async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 8, maxLength: 40, size: 'max' }),
      fc.nat(),
      async (steps, seed) => {
        const faults: Faults = { on: false, isCut: false, seed };
        const first = await desk.open();
        first.clock.advance(2);
        await say(first, '50000');
        const people = await Promise.all(Array.from({ length: PLAYERS }, () => desk.player(first, START)));
        faulty(first, faults);
        // What is done every few seconds is done several times in each story.
        Object.assign(first.clock, { after: (ms: number, act: () => void) => systemClock.after(ms / 100, act) });
        const story = new Story(first, people, desk, faults);
        for (const each of steps) await story.take(each);
        Object.assign(first.clock, { after: systemClock.after });
        await story.end();
        for (const { key, codes } of story.asked) {
          const known = new Set(codes.filter((code) => !UNDECIDED.includes(code)));
          assert.ok(known.size <= 1, `${key} was answered ${codes.join(', ')}`);
        }
        const byLog = await balancesByLog(desk.database.admin(), people, START);
        for (const who of people) assert.equal(await purse(story.house.database, who), `${byLog.get(who)}/0`);
        const { trades, binaries, risks } = story.house.desk;
        assert.deepEqual([trades.size, binaries.size], [0, 0]);
        for (const direction of ['UP', 'DOWN'] as const) assert.equal(risks.onDirection(BTC, direction).open, 0);
        await story.house.crash();
        const broken = (await auditTrading(desk.database.pool())).filter((finding) => finding.broken.length > 0);
        assert.deepEqual(broken, []);
        await assertBooks(desk.database);
      },
    );
    await fc.assert(property, { numRuns: 3, endOnFailure: true });
  });
});
