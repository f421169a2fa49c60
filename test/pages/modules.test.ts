import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { isUuid } from '../../src/ids.ts';
import { REFUSALS } from '../../src/refusal.ts';
import { pageModule } from './support.ts';

const { formatRupees, formatRupeesShort, parseRupees } = await pageModule<{
  formatRupees(minor: bigint | number): string;
  formatRupeesShort(minor: bigint | number): string;
  parseRupees(text: string): bigint | undefined;
}>('money.js');
const { uuid7 } = await pageModule<{ uuid7(nowMs?: number): string }>('ids.js');
const { readAloud } = await pageModule<{ readAloud(card: string): string }>('cards.js');
const { serverNow, setServerTime } = await pageModule<{
  serverNow(): number;
  setServerTime(serverTime: number, sentAt: number, receivedAt: number): void;
}>('server-time.js');
const { sha256, bytesOf } = await pageModule<{
  sha256(bytes: Uint8Array): Promise<string>;
  bytesOf(hex: string): Uint8Array;
}>('fairness.js');
const { reminderText } = await pageModule<{ reminderText(told: object): string }>('limits.js');
const { Refused } = await pageModule<{
  Refused: new (refusal: { code: string; message: string }) => Error & { code: string; isPassing: boolean };
}>('refusals.js');

describe('a reminder of the time on the page', () => {
  it('says how long and for how much, whichever way it went', () => {
    const begin = 'You have been playing for 30 minutes. Today you staked ₹50.00 and';
    const text = (net: number) => reminderText({ minutes: 30, staked: 5_000, won: 5_000 + net, net });
    assert.equal(text(-1_050), `${begin} lost ₹10.50.`);
    assert.equal(text(1_050), `${begin} won ₹10.50 more than you staked.`);
  });
});

describe('money on the page', () => {
  it('is shown exactly, with Indian grouping', () => {
    const shown: readonly (readonly [bigint, string])[] = [
      [0n, '₹0.00'],
      [5n, '₹0.05'],
      [99_999n, '₹999.99'],
      [100_000n, '₹1,000.00'],
      [10_000_000n, '₹1,00,000.00'],
      [1_234_567_890n, '₹1,23,45,678.90'],
      [-100_000n, '−₹1,000.00'],
      [900_719_925_474_099_301n, '₹9,00,71,99,25,47,40,993.01'],
    ];
    for (const [minor, text] of shown) assert.equal(formatRupees(minor), text);
    assert.equal(formatRupees(10_050), '₹100.50');
    assert.equal(formatRupeesShort(5_000n), '₹50');
    assert.equal(formatRupeesShort(5_050n), '₹50.50');
  });

  it('is read without a float in between', () => {
    const read = { '25': 2_500n, '12.5': 1_250n, '0.29': 29n, '1,00,000': 10_000_000n, ' 7 ': 700n };
    for (const [text, minor] of Object.entries(read)) assert.equal(parseRupees(text), minor, text);
    for (const text of ['', '0', '0.00', '-5', '1.234', '1e3', 'ten', '.5', '5.', '1.2.3', '₹5', '9'.repeat(13)]) {
      assert.equal(parseRupees(text), undefined, text);
    }
  });

  it('comes back as it went out, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 14n - 1n), (minor) => {
        assert.equal(parseRupees(formatRupees(minor).slice(1)), minor);
      }),
    );
  });
});

describe('the keys of the page', () => {
  it('are UUIDs of version 7 that the server takes, begin with the time and never repeat', () => {
    const now = 1_900_000_000_123;
    const keys = Array.from({ length: 2_000 }, () => uuid7(now));
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) {
      assert.ok(isUuid(key), key);
      assert.match(key, /^.{14}7.{4}[89ab]/);
      assert.equal(Number.parseInt(key.slice(0, 13).replace('-', ''), 16), now);
    }
  });
});

describe('the time of the server on the page', () => {
  it('is a whole number of milliseconds, halfway through the request that asked for it', () => {
    const now = Date.now();
    setServerTime(now + 5_000, now - 10, now + 5);
    assert.ok(Number.isInteger(serverNow()));
    assert.ok(Math.abs(serverNow() - Date.now() - 5_002.5) <= 1);
    assert.ok(isUuid(uuid7(serverNow())));
    setServerTime(0, 0, 0);
  });
});

describe('the words of the page', () => {
  it('read every card aloud', () => {
    assert.equal(readAloud('K♠'), 'king of spades');
    assert.equal(readAloud('10♥'), '10 of hearts');
    assert.equal(readAloud('A♦'), 'ace of diamonds');
  });

  it('have something to say about every refusal, at least what the server says', () => {
    for (const [code, { message }] of Object.entries(REFUSALS)) {
      const refused = new Refused({ code, message });
      assert.ok(refused.message.length > 10 && refused.code === code);
    }
    assert.equal(
      new Refused({ code: 'BELOW_MINIMUM', message: 'Minimum bet amount is ₹10' }).message,
      'Minimum bet amount is ₹10',
    );
  });

  it('only a passing trouble is asked again: never a refusal that was decided', () => {
    const passing = Object.keys(REFUSALS).filter((code) => new Refused({ code, message: '' }).isPassing);
    assert.deepEqual(passing, ['RATE_LIMITED', 'BUSY', 'UNKNOWN_OUTCOME']);
  });
});

describe('the proof on the page', () => {
  it('hashes a seed as the server does', async () => {
    const seed = createHash('sha256').update('a seed').digest();
    const commitment = createHash('sha256').update(seed).digest('hex');
    assert.equal(await sha256(bytesOf(seed.toString('hex'))), commitment);
  });
});
