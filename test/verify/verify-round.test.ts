import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EMPTY_ROOT, keyHash, merkleRoot } from '../../src/fairness/merkle.ts';
import { type VerificationRecord, verificationRecord } from '../../src/fairness/verification.ts';
import { JOKER_BETS, PAY_TABLES, THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import type { Key } from '../../src/ids.ts';
import { rootOver } from '../../verify/dealer.ts';
import { readRecord } from '../../verify/record.ts';
import { verifyRound } from '../../verify/verify-round.ts';
import { randomRound, randomRoundOf } from '../fairness/random-round.ts';

const record = randomRound.map((round) => verificationRecord({ ...round, table: THREE_WINDOW }));
const KEY = '018f0000-0000-7000-8000-00000000000a';

/** What a player sees of a record: the lines that do not hold. */
function wrongLines(published: unknown, noted?: Parameters<typeof verifyRound>[1]): readonly string[] {
  const checks = verifyRound(readRecord(JSON.parse(JSON.stringify(published))), noted);
  return checks.filter((check) => !check.ok).map((check) => check.line);
}

function isWrong(published: unknown, start: string, noted?: Parameters<typeof verifyRound>[1]): void {
  const lines = wrongLines(published, noted);
  assert.ok(
    lines.some((line) => line.startsWith(start)),
    `no line "${start}…" in ${JSON.stringify(lines)}`,
  );
}

describe('the verifier', () => {
  for (const table of PAY_TABLES) {
    it(`agrees with the dealer on every round of ${table.id}`, () => {
      const published = randomRoundOf(table).map(verificationRecord);
      fc.assert(
        fc.property(published, (each) => assert.deepEqual(wrongLines(each), [])),
        { numRuns: 500 },
      );
    });
  }

  it('catches a bet on the joker that was left out: the joker would be another one', () => {
    const published = randomRoundOf(JOKER_BETS)
      .map(verificationRecord)
      .filter(({ windows }) => windows[0]?.keyHashes.length !== 0);
    fc.assert(
      fc.property(published, (each) => {
        const [first, second] = each.windows;
        if (!first || !second) throw new Error('a record without windows');
        isWrong({ ...each, windows: [{ ...first, keyHashes: first.keyHashes.slice(1) }, second] }, 'root 1');
        const empty = { ...first, keyHashes: [], root: EMPTY_ROOT };
        const lines = wrongLines({ ...each, windows: [empty, second] });
        assert.ok(lines.length > 0, 'the root of no bets draws the same round');
      }),
    );
  });

  it('agrees with the dealer on every root', () => {
    const hash = fc.uuid().map((key) => keyHash(key as Key));
    fc.assert(fc.property(fc.array(hash, { maxLength: 70 }), (all) => assert.equal(rootOver(all), merkleRoot(all))));
  });

  it('checks the commitment, every root, the deck, the rules, the joker, every card and the winner', () => {
    fc.assert(
      fc.property(record, (published) => {
        const checks = verifyRound(readRecord(published));
        assert.equal(checks.length, 1 + 3 + 4 + published.decidingCard + 2);
      }),
    );
  });

  it('catches another seed, though the commitment was made to fit', () => {
    fc.assert(
      fc.property(record, record, (published, other) => {
        fc.pre(published.serverSeed !== other.serverSeed);
        isWrong({ ...published, serverSeed: other.serverSeed }, 'commitment, SHA-256 of the seed');
        const refitted = { ...published, serverSeed: other.serverSeed, commitment: other.commitment };
        isWrong(refitted, 'commitment that you noted', { commitment: published.commitment, keys: [] });
      }),
    );
  });

  it('catches a root that was altered, and a bet that was added or left out', () => {
    const withBets = record.filter((published) => published.windows[0]?.keyHashes.length !== 0);
    fc.assert(
      fc.property(withBets, (published) => {
        const [first, ...others] = published.windows;
        if (!first) throw new Error('a record without windows');
        const altered = first.root.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
        isWrong({ ...published, windows: [{ ...first, root: altered }, ...others] }, 'root 1');
        const added = { ...first, keyHashes: [...first.keyHashes, keyHash(KEY as Key)] };
        isWrong({ ...published, windows: [added, ...others] }, 'root 1');
        const without = { ...first, keyHashes: first.keyHashes.slice(1) };
        isWrong({ ...published, windows: [without, ...others] }, 'root 1');
      }),
    );
  });

  it('catches another joker, swapped cards, a card too many, a card too few and another winner', () => {
    const long = record.filter((published) => published.decidingCard > 3);
    fc.assert(
      fc.property(long, (published) => {
        const { deck, jokerCard, andarCards, baharCards, winningSide } = published;
        const unseen = deck.find((card) => ![jokerCard, ...andarCards, ...baharCards].includes(card));
        isWrong({ ...published, jokerCard: unseen }, 'joker');
        isWrong(swapped(published), 'card 1, bahar');
        isWrong({ ...published, andarCards: [...andarCards, unseen] }, 'cards that were never dealt');
        isWrong({ ...published, baharCards: baharCards.slice(0, -1) }, `card ${baharCards.length * 2 - 1}, bahar`);
        isWrong({ ...published, winningSide: winningSide === 'andar' ? 'bahar' : 'andar' }, 'winner');
      }),
    );
  });

  it('catches another first side, deck, window number, window too many and number of the deciding card', () => {
    fc.assert(
      fc.property(record, (published) => {
        const { deck, windows, decidingCard } = published;
        const [first, second, ...others] = windows;
        isWrong({ ...published, firstSide: 'andar' }, 'side of card 1');
        isWrong({ ...published, deck: deck.toReversed() }, 'deck');
        isWrong({ ...published, deck: [...deck, 'A♠'] }, 'deck');
        isWrong({ ...published, windows: [first, { ...second, window: 7 }, ...others] }, 'windows');
        isWrong({ ...published, windows: [first, { ...second, step: 7 }, ...others] }, 'windows');
        isWrong({ ...published, windows: [...windows, { ...windows.at(-1), window: 4 }] }, 'windows');
        isWrong({ ...published, decidingCard: decidingCard + 1 }, 'number of the deciding card');
      }),
    );
  });

  it('says whether one’s own keys took part', () => {
    const mine = keyHash(KEY as Key);
    fc.assert(
      fc.property(randomRound, ({ keyHashesByWindow: [first, second, third], ...round }) => {
        const joined = { ...round, table: THREE_WINDOW, keyHashesByWindow: [first, [...second, mine], third] };
        const checks = verifyRound(readRecord(verificationRecord(joined)), { keys: [KEY] });
        assert.ok(checks.some(({ ok, line }) => ok && line === `your key ${KEY} is among the bets of window 2`));
        const without = verificationRecord({ ...joined, keyHashesByWindow: [first, second, third] });
        isWrong(without, `your key ${KEY} is not among the bets`, { keys: [KEY] });
      }),
    );
  });

  it('knows the tables itself and refuses what it does not know', () => {
    const [published] = fc.sample(record, { numRuns: 1, seed: 1 });
    assert.throws(() => wrongLines({ ...published, payTable: 'four-arguments' }), /does not know the pay table/);
    assert.throws(() => wrongLines({ ...published, algorithmVersion: 2 }), /version 2 is not known/);
    assert.throws(() => wrongLines({ ...published, windows: [] }), /no window 1/);
    assert.throws(() => wrongLines({ ...published, jokerCard: undefined }), /jokerCard is missing/);
  });
});

function swapped(published: VerificationRecord): VerificationRecord {
  const [first = '', second = '', ...rest] = published.baharCards;
  return { ...published, baharCards: [second, first, ...rest] };
}
