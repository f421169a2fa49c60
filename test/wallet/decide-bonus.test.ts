import assert from 'node:assert/strict';
import type { Command } from '../../src/wallet/command.ts';
import {
  cancel,
  close,
  credit,
  endBonus,
  exclude,
  grant,
  lines,
  newUser,
  settle,
  stake,
  voidBook,
  window,
} from './fixture.ts';
import { type Memory, memory, shownMoves } from './memory.ts';

/** `real/bonus`, then each bonus as `balance+atStake wagered status`. */
function shown({ player }: Memory): string {
  const bonuses = player.grants.map(({ balance, atStake, wagered, status }) => {
    return `${balance}+${atStake} ${wagered} ${status}`;
  });
  return [`${player.real}/${player.bonus}`, ...bonuses].join(' | ');
}

function give(m: Memory, amount: number, terms: Parameters<typeof grant>[2] = {}): number {
  return m.perform(grant(m.player.owner, amount, terms));
}

function bet(m: Memory, ...texts: readonly string[]): number {
  return m.perform(stake(m.player.owner, 1, 0, { lines: lines(...texts) }));
}

describe('decisions on giving a bonus', () => {
  it('S2-04 it comes from where bonuses come from, into the bonus bucket', () => {
    const m = memory({ real: 100 });
    const decision = m.ask(grant(m.player.owner, 50));
    assert.deepEqual([decision.verdict, decision.newGrant?.amount], ['OK', 50n]);
    give(m, 50, { requirement: 500 });
    assert.equal(shown(m), '100/50 | 50+0 0 active');
    assert.equal(m.state.systemWallet('bonus-cost', m.player.currency).bonus, -50n);
  });

  it('S2-32 what needs no play is real money at once', () => {
    const m = memory({ real: 100 });
    give(m, 50, { requirement: 0 });
    assert.equal(shown(m), '150/0');
  });

  it('S2-08 a wallet carries ten at a time; what has ended makes room', () => {
    const m = memory();
    const ids = Array.from({ length: 10 }, () => give(m, 5));
    assert.equal(m.ask(grant(m.player.owner, 5)).verdict, 'ABOVE_MAXIMUM');
    m.perform(endBonus(m.player.owner, ids[3] ?? 0));
    assert.equal(m.ask(grant(m.player.owner, 5)).verdict, 'OK');
  });

  it('nobody who is excluded from play gets one', () => {
    const m = memory();
    m.perform(exclude(m.player.owner, 1_000));
    assert.equal(m.ask(grant(m.player.owner, 5)).verdict, 'SELF_EXCLUDED');
    m.state.now = 1_000;
    assert.equal(m.ask(grant(m.player.owner, 5)).verdict, 'OK');
  });
});

describe('decisions on ending a bonus', () => {
  const refusals: readonly [string, (m: Memory, id: number) => Command, string][] = [
    ['one that was never given', ({ player }, id) => endBonus(player.owner, id + 1), 'NOT_OPEN'],
    ['as expired, before its time', ({ player }, id) => endBonus(player.owner, id, 'expired'), 'NOT_OPEN'],
    ['as cancelled', ({ player }, id) => endBonus(player.owner, id, 'cancelled'), 'OK'],
    ['as declined', ({ player }, id) => endBonus(player.owner, id, 'declined'), 'OK'],
  ];
  for (const [name, command, verdict] of refusals) {
    it(`S2-35 ${name}: ${verdict}`, () => {
      const m = memory();
      assert.equal(m.ask(command(m, give(m, 50))).verdict, verdict);
    });
  }

  it('S2-08 S2-35 from the moment it expires it can be ended as expired, and what is left is taken back', () => {
    const m = memory();
    const id = give(m, 50, { expiresAt: 1_000 });
    m.state.now = 999;
    assert.equal(m.ask(endBonus(m.player.owner, id, 'expired')).verdict, 'NOT_OPEN');
    m.state.now = 1_000;
    const decision = m.ask(endBonus(m.player.owner, id, 'expired'));
    assert.deepEqual(shownMoves(decision), ['player.bonus 50 → bonus-cost.bonus']);
    m.perform(endBonus(m.player.owner, id, 'expired'));
    assert.equal(shown(m), '0/0');
    assert.equal(m.ask(endBonus(m.player.owner, id)).verdict, 'NOT_OPEN');
  });

  it("another player's is not found", () => {
    const m = memory();
    const id = give(m, 50);
    m.state.add({ ...m.player, id: 99, owner: newUser(), grants: [] });
    const stranger = [...m.state.wallets.values()].at(-1);
    assert.equal(m.ask(endBonus(stranger?.owner ?? newUser(), id)).verdict, 'NOT_OPEN');
  });
});

describe('decisions on stakes with bonuses', () => {
  const games: readonly [string, Readonly<Record<string, number>>, string][] = [
    ['for all games', { '*': 100 }, 'OK'],
    ['for this game alone', { test: 10 }, 'OK'],
    ['that counts nothing here', { test: 0, '*': 100 }, 'OK'],
    ['for another game', { other: 100 }, 'INSUFFICIENT_FUNDS'],
  ];
  for (const [name, terms, verdict] of games) {
    it(`S2-08 a bonus ${name} is ${verdict === 'OK' ? 'money' : 'none'} here`, () => {
      const m = memory({ real: 10 });
      give(m, 50, { games: terms });
      assert.equal(m.ask(stake(m.player.owner, 1, 60)).verdict, verdict);
      assert.equal(m.ask(stake(m.player.owner, 1, 10)).verdict, 'OK');
    });
  }

  it('S2-08 one that has expired is no money, whether it was ended already or not', () => {
    const m = memory({ real: 10 });
    give(m, 50, { expiresAt: 1_000 });
    m.state.now = 999;
    assert.equal(m.ask(stake(m.player.owner, 1, 60)).verdict, 'OK');
    m.state.now = 1_000;
    assert.equal(m.ask(stake(m.player.owner, 1, 60)).verdict, 'INSUFFICIENT_FUNDS');
  });

  it('S2-08 nobody has more at stake in a deal than a bonus allows that counts here, however it is split', () => {
    const m = memory({ real: 1_000 });
    give(m, 50, { maxStake: 30 });
    give(m, 50, { maxStake: 10, games: { other: 100 } });
    const ask = (...texts: string[]) => m.ask(stake(m.player.owner, 1, 0, { lines: lines(...texts) })).verdict;
    assert.deepEqual([ask('1:30'), ask('1:31'), ask('1:15', '2:16')], ['OK', 'BONUS_MAX_STAKE', 'BONUS_MAX_STAKE']);
    const first = bet(m, '1:20');
    assert.deepEqual([ask('1:10'), ask('1:11')], ['OK', 'BONUS_MAX_STAKE']);
    m.perform(cancel(m.player.owner, 1, first));
    assert.equal(ask('1:30'), 'OK');
  });

  it('S2-31 a stake names the bonuses it came from, and they remember it', () => {
    const m = memory({ real: 10 });
    give(m, 20);
    give(m, 20);
    bet(m, '1:35');
    assert.equal(shown(m), '0/15 | 0+20 0 active | 15+5 0 active');
    const [position] = m.state.books.get(m.book)?.positions.values() ?? [];
    assert.deepEqual([position?.real, position?.bonus, position?.shares.length], [10n, 25n, 2]);
  });
});

describe('what settlements do to bonuses', () => {
  function played(m: Memory, ...closes: readonly (readonly [position: number, payout: number])[]): void {
    m.perform(window('closeWindow', 1, 1));
    m.perform(
      settle(
        1,
        closes.map(([position, payout]) => close(position, payout)),
      ),
    );
  }

  it('S2-32 S2-35 played through it turns into real money, with what it won in the same deal', () => {
    const m = memory({ real: 100 });
    give(m, 50, { requirement: 120 });
    const position = bet(m, '1:120');
    assert.equal(shown(m), '0/30 | 30+20 0 active');
    played(m, [position, 240]);
    assert.equal(shown(m), '270/0');
    assert.equal(m.player.netLoss, -100n);
  });

  it('S2-33 before that its part of a win is bonus money', () => {
    const m = memory({ real: 100 });
    give(m, 50, { requirement: 121 });
    played(m, [bet(m, '1:120'), 240]);
    assert.equal(shown(m), '200/70 | 70+0 120 active');
  });

  it('S2-35 lost to the last unit it is spent', () => {
    const m = memory();
    give(m, 50);
    played(m, [bet(m, '1:50'), 0]);
    assert.equal(shown(m), '0/0');
    assert.deepEqual([m.player.bonusLosses, m.player.netLoss], [50n, 0n]);
  });

  it('S2-08 stakes on both sides of one deal count their difference only', () => {
    const m = memory({ real: 200, marketSizes: [2] });
    give(m, 50, { requirement: 1_000 });
    const first = bet(m, '1:100', '2:60');
    played(m, [first, 200], [first + 1, 0]);
    assert.equal(shown(m), '240/50 | 50+0 40 active');
  });

  it('S2-08 all bets of a deal count together, with the first of them that is settled', () => {
    const m = memory({ real: 200, marketSizes: [2] });
    give(m, 50, { requirement: 1_000 });
    const first = bet(m, '1:100', '2:60');
    m.perform(window('closeWindow', 1, 1));
    m.perform(settle(1, [close(first, 200)], false));
    assert.equal(shown(m), '240/50 | 50+0 40 active');
    m.perform(settle(1, [close(first + 1, 0)]));
    assert.equal(shown(m), '240/50 | 50+0 40 active');
  });

  it('S2-32 a bet that was open when its bonus was played through pays real money', () => {
    const m = memory({ real: 100 });
    give(m, 50, { requirement: 100 });
    const first = bet(m, '1:100');
    const second = bet(m, '2:50');
    m.perform(window('closeWindow', 1, 1));
    m.perform(settle(1, [close(first, 0)], false));
    assert.equal(shown(m), '0/0 | 0+50 100 completed');
    m.perform(settle(1, [close(second, 100)]));
    assert.equal(shown(m), '100/0');
  });

  it('DESIGN 3: what comes back of a bonus that has ended goes to where bonuses come from', () => {
    for (const payout of [50, 100]) {
      const m = memory();
      const id = give(m, 50);
      const position = bet(m, '1:50');
      m.perform(endBonus(m.player.owner, id));
      assert.equal(shown(m), '0/0 | 0+50 0 cancelled');
      played(m, [position, payout]);
      assert.equal(shown(m), '0/0');
      assert.equal(m.state.systemWallet('bonus-cost', m.player.currency).bonus, BigInt(payout - 50));
    }
  });

  it('S2-08 what is forfeited of a payout is not won, as far as the limits of its player go', () => {
    const m = memory();
    const id = give(m, 100);
    const position = bet(m, '1:100');
    m.perform(endBonus(m.player.owner, id, 'declined'));
    played(m, [position, 1_200]);
    assert.deepEqual(m.player.current, { wagered: 100n, lost: 100n, deposited: 0n });
  });

  it('no wallet gets beyond what a number of JSON can say', () => {
    const m = memory({ real: Number.MAX_SAFE_INTEGER - 10 });
    const { owner } = m.player;
    assert.deepEqual([m.ask(credit(owner, 10)).verdict, m.ask(credit(owner, 11)).verdict], ['OK', 'ABOVE_MAXIMUM']);
    assert.deepEqual([m.ask(grant(owner, 10)).verdict, m.ask(grant(owner, 11)).verdict], ['OK', 'ABOVE_MAXIMUM']);
    assert.deepEqual([m.ask(stake(owner, 1, 5)).verdict, m.ask(stake(owner, 1, 6)).verdict], ['OK', 'ABOVE_MAXIMUM']);
  });

  it('S2-08 an undo and a void give the bonus back as it was, and nothing counts', () => {
    for (const end of ['undo', 'void'] as const) {
      const m = memory({ real: 10 });
      give(m, 50, { requirement: 40 });
      const position = bet(m, '1:40');
      if (end === 'undo') m.perform(cancel(m.player.owner, 1, position));
      else m.perform(voidBook(1, [position]));
      assert.equal(shown(m), '10/50 | 50+0 0 active');
      assert.deepEqual([m.player.turnover, m.player.xp], [0n, 0n]);
    }
  });

  it('S2-08 an undo after the bonus has ended gives real money back and forfeits the rest', () => {
    const m = memory({ real: 10 });
    const id = give(m, 50);
    const position = bet(m, '1:40');
    m.perform(endBonus(m.player.owner, id, 'declined'));
    m.perform(cancel(m.player.owner, 1, position));
    assert.equal(shown(m), '10/0');
    assert.equal(m.state.systemWallet('bonus-cost', m.player.currency).bonus, 0n);
  });
});
