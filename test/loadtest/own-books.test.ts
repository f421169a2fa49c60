import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OwnBooks } from '../../loadtest/own-books.ts';
import { problemsOf, type Report } from '../../loadtest/report.ts';
import { Tally } from '../../loadtest/tally.ts';

describe("a load-test player's own books", () => {
  const bets = fc.uniqueArray(
    fc.record({
      betId: fc.nat(50),
      round: fc.nat(5),
      amount: fc.integer({ min: 1, max: 1_000 }),
      undone: fc.boolean(),
    }),
    { selector: ({ betId }) => betId, maxLength: 20 },
  );
  const payouts = fc.array(fc.nat(5_000), { minLength: 6, maxLength: 6 });

  it('come to the same balance in whatever order, and however often, things are heard', () => {
    fc.assert(
      fc.property(bets, payouts, fc.infiniteStream(fc.nat(1_000)), (placed, paid, order) => {
        const books = new OwnBooks(100_000, 0, []);
        const told = [
          ...placed.flatMap(({ betId, round, amount, undone }) => {
            const bet = { betId: String(betId), roundId: `round ${round}`, betSide: 'andar', amount };
            return [() => books.accept(bet), () => books.accept(bet), () => undone && books.undo(bet.betId)];
          }),
          ...paid.map((payout, round) => () => books.complete(`round ${round}`, payout)),
        ];
        const shuffled = told.map((tell) => ({ tell, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
        for (const { tell } of shuffled) tell();
        const staked = placed.filter(({ undone }) => !undone).reduce((sum, { amount }) => sum + amount, 0);
        const rounds = new Set(placed.map(({ round }) => round));
        const won = [...rounds].reduce((sum, round) => sum + (paid[round] ?? 0), 0);
        assert.equal(books.balance, 100_000 - staked + won);
        assert.deepEqual([books.openRounds(), books.contradictions], [[], []]);
      }),
    );
  });

  it('wait for rounds with bets that stand, from before the test as well', () => {
    const books = new OwnBooks(0, 7, ['before']);
    books.accept({ betId: '8', roundId: 'undone', betSide: 'andar', amount: 1 });
    books.undo('8');
    books.accept({ betId: '9', roundId: 'stands', betSide: 'andar', amount: 1 });
    assert.deepEqual(books.openRounds(), ['before', 'stands']);
    books.complete('before', 5);
    books.complete('stands', 2);
    books.complete('of somebody else', 100);
    assert.deepEqual([books.openRounds(), books.balance], [[], 6]);
  });

  it('notice when the server contradicts itself', () => {
    const books = new OwnBooks(0, 0, []);
    const bet = { betId: '1', roundId: 'r', betSide: 'andar', amount: 1 };
    books.accept(bet);
    books.accept({ ...bet, amount: 2 });
    books.complete('r', 2);
    books.complete('r', 4);
    assert.equal(books.contradictions.length, 2);
  });
});

describe('the verdict of a load test', () => {
  const clean = (): Report => ({
    ...{ seconds: 1, players: 1, spectators: 0, tally: new Tally(), generatorUse: 0, serverUse: undefined },
    ...{ playersChecked: 1, broken: [], audited: { kind: 'audited', checks: [], broken: [] } },
  });

  it('is that nothing was wrong where there were only refusals and reconnects', () => {
    const report = clean();
    report.tally.refuse('BETTING_CLOSED');
    Object.assign(report.tally.counted, { accepted: 5, cutOff: 2, reconnected: 2, reseated: 1, deliveredLate: 1 });
    assert.deepEqual(problemsOf(report), []);
  });

  const wrong = ['unanswered', 'unresolved', 'wronglyAnswered', 'reconnectsFailed', 'lost', 'missed'] as const;
  for (const name of wrong) {
    it(`is that something was wrong when anything is ${name}`, () => {
      const report = clean();
      report.tally.counted[name] = 1;
      assert.equal(problemsOf(report).length, 1);
    });
  }

  it('is that something was wrong when a player or the audit finds it', () => {
    assert.deepEqual(problemsOf({ ...clean(), broken: ['a bet'] }), ['a bet']);
    assert.deepEqual(problemsOf({ ...clean(), audited: { kind: 'audited', checks: [], broken: ['a leg'] } }), [
      'a leg',
    ]);
  });
});
