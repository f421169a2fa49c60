import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { dealFromSeed, drawJoker } from '../../src/fairness/andar-bahar.ts';
import { keyHash } from '../../src/fairness/merkle.ts';
import { commitmentOf, serverSeed } from '../../src/fairness/seed.ts';
import { hiddenRecord, rootsOf, verificationRecord } from '../../src/fairness/verification.ts';
import { displayOf, rankOf } from '../../src/games/andar-bahar/cards.ts';
import { THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import type { Key, RoundId } from '../../src/ids.ts';
import { randomRound } from './random-round.ts';

/** The worked example of src/fairness/README.md: a test vector for every other implementation. */
const SEED = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));
const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
const [A, B, C] = ['a', 'b', 'c'].map((end) => keyHash(`018f0000-0000-7000-8000-00000000000${end}` as Key));
if (!A || !B || !C) throw new Error('three keys have three hashes');
const EXAMPLE = { seed: SEED, roundId: ROUND, table: THREE_WINDOW, keyHashesByWindow: [[A, B], [C]] };
const CARDS = '5♣ 3♣ A♦ 5♦ 8♣ J♥ 8♥ 4♦ 10♣ 4♥ 8♠ 5♠ 9♣ 9♦ A♠ 6♣ 8♦ 7♥ 6♦ 7♦ Q♦ 10♦ Q♠ 7♣ 2♥ K♦';

describe('the worked example of the specification', () => {
  it('S0-34 gives joker, cards and winner from one committed seed', () => {
    const deal = dealFromSeed({ ...EXAMPLE, roots: rootsOf([[A, B], [C], []]) });
    assert.equal(displayOf(deal.joker), 'K♠');
    assert.equal(deal.cards.map(displayOf).join(' '), CARDS);
    assert.deepEqual([deal.outcome?.winner, deal.outcome?.decidingCard], ['andar', 26]);
  });

  it('is written down as it is computed', () => {
    const text = readFileSync(new URL('../../src/fairness/README.md', import.meta.url), 'utf8');
    const page = text.replaceAll('**', '').replaceAll(/ +/g, ' ');
    const [root1 = '', root2 = ''] = rootsOf([[A, B], [C]]);
    for (const fact of [commitmentOf(SEED), A, B, C, root1, root2]) assert.ok(page.includes(`\`${fact}\``), fact);
    const steps = [CARDS.slice(0, 5), CARDS.slice(6, 11), CARDS.slice(12)];
    for (const step of steps) assert.ok(page.includes(`| ${step} |`), step);
  });
});

describe('a deal from the seed', () => {
  it('is always the same from the same seed and roots, and dealt step by step as at once', () => {
    fc.assert(
      fc.property(randomRound, ({ seed, roundId, keyHashesByWindow }) => {
        const roots = rootsOf(keyHashesByWindow);
        const steps = [0, 1, 2, 3].map((known) =>
          dealFromSeed({ seed, roundId, table: THREE_WINDOW, roots: roots.slice(0, known) }),
        );
        const [none, , , whole] = steps;
        assert.deepEqual(dealFromSeed({ seed, roundId, table: THREE_WINDOW, roots }), whole);
        assert.equal(none?.joker, drawJoker(seed, roundId));
        for (const step of steps) assert.deepEqual(whole?.cards.slice(0, step.cards.length), step.cards);
        for (const [known, step] of steps.entries()) {
          if (!step.outcome) assert.equal(step.cards.length, known * 2);
        }
      }),
    );
  });

  it('never repeats a card, never deals the joker, and has one winner', () => {
    fc.assert(
      fc.property(randomRound, ({ seed, roundId, keyHashesByWindow }) => {
        const deal = dealFromSeed({ seed, roundId, table: THREE_WINDOW, roots: rootsOf(keyHashesByWindow) });
        assert.equal(new Set([deal.joker, ...deal.cards]).size, deal.cards.length + 1);
        assert.equal(deal.cards.filter((card) => rankOf(card) === rankOf(deal.joker)).length, 1);
        assert.ok(deal.outcome);
      }),
    );
  });

  it('gives the players a say: a single key more changes the cards behind it, and no card before', () => {
    const other = keyHash('018f0000-0000-7000-8000-00000000000d' as Key);
    const one = dealFromSeed({ ...EXAMPLE, roots: rootsOf([[A, B], [C], []]) });
    const two = dealFromSeed({ ...EXAMPLE, roots: rootsOf([[A, B], [C, other], []]) });
    assert.deepEqual(one.cards.slice(0, 2), two.cards.slice(0, 2));
    assert.notDeepEqual(one.cards, two.cards);
    assert.equal(one.joker, two.joker);
  });

  it('throws on more roots than the table has steps', () => {
    assert.throws(() => dealFromSeed({ ...EXAMPLE, roots: rootsOf([[A], [], [], []]) }), /has no step 4/);
  });
});

describe('the verification record', () => {
  it('holds commitment, seed, entropy, deck and result of a finished round', () => {
    const record = verificationRecord(EXAMPLE);
    assert.equal(record.commitment, commitmentOf(SEED));
    assert.equal(record.serverSeed, Buffer.from(SEED).toString('hex'));
    assert.deepEqual(
      record.windows.map(({ keyHashes }) => keyHashes),
      [[B, A], [C], []],
    );
    assert.deepEqual(
      record.windows.map(({ root }) => root),
      rootsOf([[A, B], [C], []]),
    );
    assert.equal(record.deck.length, 52);
    assert.deepEqual([record.jokerCard, record.baharCards[0], record.andarCards.at(-1)], ['K♠', '5♣', 'K♦']);
    assert.deepEqual([record.winningSide, record.decidingCard], ['andar', 26]);
    assert.deepEqual(JSON.parse(JSON.stringify(record)), record);
  });

  it('shows nothing but the commitment before the result', () => {
    assert.deepEqual(hiddenRecord(ROUND, commitmentOf(SEED)), {
      roundId: ROUND,
      algorithmVersion: 1,
      commitment: commitmentOf(SEED),
      serverSeed: null,
    });
  });
});
