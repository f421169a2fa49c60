import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { dealFromSeed, drawJoker } from '../../src/fairness/andar-bahar.ts';
import { EMPTY_ROOT, keyHash } from '../../src/fairness/merkle.ts';
import { commitmentOf, serverSeed } from '../../src/fairness/seed.ts';
import { hiddenRecord, rootsOf, verificationRecord } from '../../src/fairness/verification.ts';
import { colourOf, displayOf, rankOf } from '../../src/games/andar-bahar/cards.ts';
import { JOKER_BETS, JOKER_COLOUR, PAY_TABLES, THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import type { Key, RoundId } from '../../src/ids.ts';
import { dealt, randomRound, randomRoundOf } from './random-round.ts';

/** The worked example of src/fairness/README.md: a test vector for every other implementation. */
const SEED = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));
const ROUND = '01890000-0000-7000-8000-000000000001' as RoundId;
const [A, B, C] = ['a', 'b', 'c'].map((end) => keyHash(`018f0000-0000-7000-8000-00000000000${end}` as Key));
if (!A || !B || !C) throw new Error('three keys have three hashes');
const EXAMPLE = { seed: SEED, roundId: ROUND, table: THREE_WINDOW, keyHashesByWindow: [[A, B], [C]] };
const CARDS = '5♣ 3♣ A♦ 5♦ 8♣ J♥ 8♥ 4♦ 10♣ 4♥ 8♠ 5♠ 9♣ 9♦ A♠ 6♣ 8♦ 7♥ 6♦ 7♦ Q♦ 10♦ Q♠ 7♣ 2♥ K♦';
const JOKER_BETS_CARDS = '8♦ 9♠ K♣ Q♥ J♣ A♦';

describe('the worked example of the specification', () => {
  it('S0-34 gives joker, cards and winner from one committed seed', () => {
    const deal = dealt({ ...EXAMPLE, roots: rootsOf([[A, B], [C], []]) });
    assert.equal(displayOf(deal.joker), 'K♠');
    assert.equal(deal.cards.map(displayOf).join(' '), CARDS);
    assert.deepEqual([deal.outcome?.winner, deal.outcome?.decidingCard], ['andar', 26]);
  });

  it('gives another joker where the bets of window 1 are on it', () => {
    const deal = dealt({ seed: SEED, roundId: ROUND, table: JOKER_BETS, roots: rootsOf([[A, B], [C]]) });
    assert.deepEqual([displayOf(deal.joker), deal.firstSide], ['A♣', 'andar']);
    assert.equal(deal.cards.map(displayOf).join(' '), JOKER_BETS_CARDS);
    assert.deepEqual([deal.outcome?.winner, deal.outcome?.decidingCard], ['bahar', 6]);
  });

  it('is written down as it is computed', () => {
    const text = readFileSync(new URL('../../src/fairness/README.md', import.meta.url), 'utf8');
    const page = text.replaceAll('**', '').replaceAll(/ +/g, ' ');
    const [root1 = '', root2 = ''] = rootsOf([[A, B], [C]]);
    for (const fact of [commitmentOf(SEED), A, B, C, root1, root2]) assert.ok(page.includes(`\`${fact}\``), fact);
    const steps = [CARDS.slice(0, 5), CARDS.slice(6, 11), CARDS.slice(12)];
    for (const step of [...steps, JOKER_BETS_CARDS]) assert.ok(page.includes(`| ${step} |`), step);
  });
});

describe('a deal from the seed', () => {
  it('is always the same from the same seed and roots, and dealt step by step as at once', () => {
    fc.assert(
      fc.property(randomRound, ({ seed, roundId, keyHashesByWindow }) => {
        const roots = rootsOf(keyHashesByWindow);
        const steps = [0, 1, 2, 3].map((known) =>
          dealt({ seed, roundId, table: THREE_WINDOW, roots: roots.slice(0, known) }),
        );
        const [none, , , whole] = steps;
        assert.deepEqual(dealt({ seed, roundId, table: THREE_WINDOW, roots }), whole);
        assert.equal(none?.joker, drawJoker(seed, roundId, EMPTY_ROOT));
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
        const deal = dealt({ seed, roundId, table: THREE_WINDOW, roots: rootsOf(keyHashesByWindow) });
        assert.equal(new Set([deal.joker, ...deal.cards]).size, deal.cards.length + 1);
        assert.equal(deal.cards.filter((card) => rankOf(card) === rankOf(deal.joker)).length, 1);
        assert.ok(deal.outcome);
      }),
    );
  });

  it('gives the players a say: a single key more changes the cards behind it, and no card before', () => {
    const other = keyHash('018f0000-0000-7000-8000-00000000000d' as Key);
    const one = dealt({ ...EXAMPLE, roots: rootsOf([[A, B], [C], []]) });
    const two = dealt({ ...EXAMPLE, roots: rootsOf([[A, B], [C, other], []]) });
    assert.deepEqual(one.cards.slice(0, 2), two.cards.slice(0, 2));
    assert.notDeepEqual(one.cards, two.cards);
    assert.equal(one.joker, two.joker);
  });

  it('throws on more roots than the table has steps', () => {
    assert.throws(() => dealt({ ...EXAMPLE, roots: rootsOf([[A], [], [], []]) }), /has no window 4/);
  });
});

describe('the joker', () => {
  const other = keyHash('018f0000-0000-7000-8000-00000000000d' as Key);

  it('of a table with bets on it is not there before their root, and follows from it', () => {
    const round = { seed: SEED, roundId: ROUND, table: JOKER_BETS };
    assert.equal(dealFromSeed({ ...round, roots: [] }), undefined);
    const jokers = [[], [A], [A, B], [A, B, other]].map((bets) => dealt({ ...round, roots: rootsOf([bets]) }).joker);
    assert.equal(new Set(jokers).size, jokers.length, 'every bet on the joker has a say in it');
    const [root = ''] = rootsOf([[A, B]]);
    assert.equal(jokers[2], drawJoker(SEED, ROUND, root));
  });

  it('of any other table follows from the seed alone', () => {
    const joker = drawJoker(SEED, ROUND, EMPTY_ROOT);
    for (const table of PAY_TABLES) {
      if (table === JOKER_BETS) continue;
      const round = { seed: SEED, roundId: ROUND, table };
      assert.equal(dealFromSeed({ ...round, roots: [] })?.joker, joker);
      assert.equal(dealt({ ...round, roots: rootsOf([[A, B]]) }).joker, joker);
    }
  });

  it('decides by its colour who is dealt first, where the table says so', () => {
    for (const table of [JOKER_COLOUR, JOKER_BETS]) {
      fc.assert(
        fc.property(randomRoundOf(table), (round) => {
          const { joker, firstSide, outcome } = dealt({ ...round, roots: rootsOf(round.keyHashesByWindow) });
          assert.equal(firstSide, colourOf(joker) === 'black' ? 'andar' : 'bahar');
          assert.ok(outcome);
        }),
      );
    }
  });

  it('changes with no bet made after it: the cards do', () => {
    const round = { seed: SEED, roundId: ROUND, table: JOKER_BETS };
    const [one, two] = [[A], [A, C]].map((later) => dealt({ ...round, roots: rootsOf([[B], later]) }));
    assert.equal(one?.joker, two?.joker);
    assert.notDeepEqual(one?.cards, two?.cards);
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
