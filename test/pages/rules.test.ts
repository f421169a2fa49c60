import assert from 'node:assert/strict';
import { DEMO_TABLES } from '../../src/demo/tables.ts';
import { betTypesOf } from '../../src/games/andar-bahar/pay-table.ts';
import { PAY_TABLES } from '../../src/games/andar-bahar/pay-tables.ts';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import { wireTable, wireTableInFull } from '../../src/http/wire-table.ts';
import { pageModule } from './support.ts';

interface Pays {
  readonly numerator: number;
  readonly denominator: number;
}
interface PageRules {
  readonly betSides: readonly string[];
  readonly windows: readonly { bettingWindow: number; bets: readonly { betSide: string }[] }[];
  takes(betSide: string, bettingWindow: number): boolean;
  windowsFor(betSide: string): readonly number[];
  paysFor(betSide: string, bettingWindow: number): readonly Pays[];
  isBeforeJoker(bettingWindow: number): boolean;
  firstUnder(jokerCard: string): string;
}
type Section = { id: string; groups: readonly { id: string; sides: readonly string[] }[] };

const { Rules } = await pageModule<{ Rules: new (table: object) => PageRules }>('rules.js');
const { betName, shortName, sectionsOf } = await pageModule<{
  betName(side: string): string;
  shortName(side: string): string;
  sectionsOf(sides: readonly string[]): readonly Section[];
}>('bet-names.js');
const { returnsText, percentText } = await pageModule<{
  returnsText(pays: readonly Pays[]): string;
  percentText(bet: { percent: string; percentFrom?: string }): string;
}>('returns.js');
const { windowName, phaseText } = await pageModule<{
  windowName(rules: PageRules, bettingWindow: number): string;
  phaseText(rules: PageRules, state: object): string;
}>('windows.js');
const { Refused } = await pageModule<{ Refused: new (refusal: object) => Error }>('refusals.js');
const { allowed, calmly, patiently } = await pageModule<{
  allowed(): Promise<void>;
  calmly<Answer>(ask: () => Promise<Answer>): Promise<Answer>;
  patiently<Answer>(ask: () => Promise<Answer>, isWorthIt?: (error: object) => boolean): Promise<Answer>;
}>('pace.js');

const gameOf = (payTable: string): Game => ({ ...(DEMO_TABLES[0] as Game), payTable });
const rulesOf = (payTable: string) => new Rules(wireTableInFull(gameOf(payTable), 1));
const everyBet = [...new Set(PAY_TABLES.flatMap(betTypesOf))];

describe('the rules on the page', () => {
  it('take every bet in the windows in which the server takes it, and in no other', () => {
    for (const table of PAY_TABLES) {
      const rules = rulesOf(table.id);
      assert.deepEqual(rules.betSides, betTypesOf(table));
      table.windows.forEach(({ betTypes }, index) => {
        for (const bet of betTypesOf(table)) assert.equal(rules.takes(bet, index + 1), betTypes.includes(bet), bet);
      });
      assert.ok(rules.betSides.every((bet) => rules.paysFor(bet, 0).length > 0));
    }
  });

  it('are known well enough to bet from the list of tables alone', () => {
    for (const { id } of PAY_TABLES) {
      const [short, full] = [new Rules(wireTable(gameOf(id))), rulesOf(id)];
      assert.deepEqual(short.betSides, full.betSides);
      for (const bet of full.betSides) assert.deepEqual(short.windowsFor(bet), full.windowsFor(bet));
    }
  });

  it('say whether the joker can be bet on, and who is first where it decides that', () => {
    assert.deepEqual(
      [1, 2].map((window) => rulesOf('joker-bets').isBeforeJoker(window)),
      [true, false],
    );
    assert.equal(rulesOf('three-window').isBeforeJoker(1), false);
    const colour = rulesOf('joker-colour');
    assert.deepEqual(
      ['K♠', '10♣', 'A♥', '2♦', ''].map((card) => colour.firstUnder(card)),
      [...['andar', 'andar', 'bahar', 'bahar', '']],
    );
    assert.equal(rulesOf('three-window').firstUnder('K♠'), '');
  });
});

describe('the names of bets on the page', () => {
  it('are words, one for each bet', () => {
    const names = {
      andar: 'Andar',
      'cards-16-25': '16 to 25 cards',
      'joker-red': 'Joker red',
      'joker-7': 'Joker 7',
      'joker-A': 'Joker A',
      'joker-low': 'Joker A to 6',
      'joker-seven': 'Joker seven',
      'lucky-bet': 'lucky-bet',
    };
    for (const [bet, name] of Object.entries(names)) assert.equal(betName(bet), name);
    assert.deepEqual(['bahar', 'cards-1-5', 'joker-hearts', 'joker-K', 'joker-high'].map(shortName), [
      ...['Bahar', '1 to 5', 'Hearts', 'K', '8 to K'],
    ]);
    assert.equal(new Set(everyBet.map(betName)).size, everyBet.length);
    for (const bet of everyBet) assert.doesNotMatch(betName(bet), /-/);
  });

  it('lie in sections and groups, every bet in one of them, a bet of a kind not known yet too', () => {
    const bets = [...everyBet, 'lucky-bet'];
    const sections = sectionsOf(bets);
    assert.deepEqual(
      sections.map(({ id }) => id),
      ['sides', 'cards', 'joker', 'other'],
    );
    const shown = sections.flatMap(({ groups }) => groups.flatMap(({ sides }) => sides));
    assert.deepEqual([...shown].sort(), [...bets].sort());
    const joker = sections.find(({ id }) => id === 'joker');
    assert.deepEqual(
      joker?.groups.map(({ id, sides }) => [id, sides.length]),
      [
        ['colour', 2],
        ['suit', 4],
        ['band', 3],
        ['rank', 13],
      ],
    );
    assert.deepEqual(sectionsOf([]), []);
  });
});

describe('what bets pay and return on the page', () => {
  it('is said as a multiple of the stake, the most first, each once', () => {
    const pays = (numerator: number, denominator = 1) => ({ numerator, denominator });
    assert.equal(returnsText([pays(9, 2)]), 'pays 4.5×');
    assert.equal(returnsText([pays(1), pays(2), pays(2)]), 'pays 2× or 1×');
    assert.equal(returnsText([pays(52, 25)]), 'pays 2.08×');
    assert.equal(returnsText([pays(2, 3)]), 'pays 0.66×');
    assert.equal(returnsText([]), '');
  });

  it('is one percentage, or two where the joker makes a difference', () => {
    assert.equal(percentText({ percent: '96.999', percentFrom: '96.999' }), '96.999 %');
    assert.equal(percentText({ percent: '97.851', percentFrom: '96.999' }), '96.999 % to 97.851 %, by the joker');
  });
});

describe('the names of windows and phases on the page', () => {
  it('say what is bet on', () => {
    assert.deepEqual(
      [1, 2].map((window) => windowName(rulesOf('joker-bets'), window)),
      [...['Bets on the joker', 'Andar or Bahar']],
    );
    assert.deepEqual(
      [1, 2].map((window) => windowName(rulesOf('side-bets'), window)),
      [...['Place your bets', 'Bet again']],
    );
  });

  it('say what a table does', () => {
    const text = (state: object) => phaseText(rulesOf('three-window'), { phase: 'idle', paused: false, ...state });
    assert.equal(text({ phase: 'betting', bettingWindow: 1 }), 'Place your bets');
    assert.equal(text({ phase: 'betting', bettingWindow: 2 }), 'Bet again · window 2');
    assert.equal(text({ phase: 'settled', winningSide: 'bahar' }), 'Bahar wins');
    assert.equal(text({ phase: 'voided' }), 'Voided, stakes returned');
    assert.equal(text({ phase: 'betting', bettingWindow: 1, paused: true }), 'Paused');
  });
});

describe('what nobody on the page waits for', () => {
  it('is asked in turn, with time in between, whatever becomes of the one before', async () => {
    const startedAt = Date.now();
    const asked: string[] = [];
    const ask = (name: string) =>
      calmly(async () => {
        asked.push(name);
        if (name === 'first') throw new Error('refused');
        return name;
      });
    const [first, second] = await Promise.allSettled([ask('first'), ask('second')]);
    assert.deepEqual([first?.status, second?.status], ['rejected', 'fulfilled']);
    assert.deepEqual(asked, ['first', 'second']);
    assert.ok(Date.now() - startedAt >= 900);
  });
});

describe('what somebody on the page has asked for', () => {
  it('goes at once, but no more in a second than the server takes', async () => {
    const startedAt = performance.now();
    const times: number[] = [];
    for (let request = 0; request < 12; request += 1) void allowed().then(() => times.push(performance.now()));
    await allowed();
    assert.ok((times[7] ?? Number.POSITIVE_INFINITY) - startedAt < 900, 'a click is not kept waiting');
    assert.ok((times[8] ?? 0) - (times[0] ?? 0) >= 990, 'nor is the allowance used up');
  });

  it('is asked again where it was too fast, and nothing else is, unless it counts once', async () => {
    let attempts = 0;
    const failing = (code: string, times: number) => async () => {
      attempts += 1;
      if (attempts <= times) throw Object.assign(new Error(code), { code });
      return attempts;
    };
    assert.equal(await patiently(failing('RATE_LIMITED', 1)), 2);
    for (const code of ['UNKNOWN_OUTCOME', 'UNAUTHORIZED']) {
      attempts = 0;
      await assert.rejects(patiently(failing(code, 1)), new RegExp(code));
      assert.equal(attempts, 1);
    }
    const inAMinute = new Refused({ code: 'RATE_LIMITED', message: '', details: { retryAfterSeconds: 41 } });
    await assert.rejects(
      patiently(() => Promise.reject(inAMinute)),
      inAMinute,
    );
    attempts = 0;
    assert.equal(await patiently(failing('UNKNOWN_OUTCOME', 1), () => true), 2);
    attempts = 0;
    await assert.rejects(patiently(failing('RATE_LIMITED', 9)), /RATE_LIMITED/);
    assert.equal(attempts, 5, 'and not for ever');
  });
});
