import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { minor } from '../../src/money.ts';
import type { Command } from '../../src/wallet/command.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  countDeposit,
  credit,
  findings,
  newUser,
  openBook,
  openWallet,
  setLimit,
  shown,
  stake,
  uncountDeposit,
  voidBook,
} from './fixture.ts';
import { memory } from './memory.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('what comes to nothing after the hour in which it was counted', () => {
  const DAY_MS = 24 * HOUR_MS;

  it('makes no room a day later: an undone stake, one given back, a deposit that was rejected', () => {
    const ways: readonly ((m: ReturnType<typeof memory>) => Command)[] = [
      (m) => cancel(m.player.owner, 1, m.perform(stake(m.player.owner, 1, 100))),
      (m) => voidBook(1, [m.perform(stake(m.player.owner, 1, 100))]),
      (m) => {
        m.perform(countDeposit(m.player.owner, 99));
        return uncountDeposit(m.player.owner, 99, NOON);
      },
    ];
    for (const way of ways) {
      const m = memory({ real: 10_000 });
      const { owner } = m.player;
      m.state.now = NOON;
      for (const kind of ['wager', 'loss', 'deposit'] as const) m.perform(setLimit(owner, kind, 1, minor(100)));
      const undo = way(m);
      m.perform({ ...openBook(2), ref: newUser() } as Command);
      m.state.now += 2 * HOUR_MS;
      m.perform(countDeposit(owner, 1));
      m.perform(undo);
      for (const later of [0, DAY_MS - HOUR_MS]) {
        m.state.now = NOON + 2 * HOUR_MS + later;
        assert.equal(m.ask(stake(owner, 2, 100)).verdict, 'OK');
        assert.equal(m.ask(stake(owner, 2, 101)).verdict, 'PLAYER_LIMIT');
        assert.equal(m.ask(countDeposit(owner, 99)).verdict, 'OK');
        assert.equal(m.ask(countDeposit(owner, 100)).verdict, 'PLAYER_LIMIT');
      }
    }
  });
});

describe('limits over a month of hours', () => {
  const database = useDatabase();

  it('keep what came to nothing out of its own hour, whatever is in memory of it', async () => {
    for (const isKnown of [true, false]) {
      for (const restarts of [false, true]) {
        let now = NOON;
        const clock = { now: () => now, after: systemClock.after.bind(systemClock) };
        let wallet = await openWallet(database.url(), { clock });
        const ask = async (command: Command) => shown(await wallet.actor.execute(command));
        const player = newUser();
        await ask(credit(player, 10_000));
        if (isKnown) await ask(setLimit(player, 'deposit', 30, minor(1_000)));
        assert.match(await ask(countDeposit(player, 60)), /^[0-9]/);
        now += HOUR_MS;
        assert.match(await ask(countDeposit(player, 1)), /^[0-9]/);
        if (restarts) {
          await wallet.end();
          wallet = await openWallet(database.url(), { clock });
        }
        // In one batch, so that the hours are read while it is under construction.
        const answers = [
          uncountDeposit(player, 60, NOON),
          setLimit(player, 'deposit', 1, minor(100)),
          countDeposit(player, 99),
          countDeposit(player, 1),
        ].map(ask);
        const [first, second, third, fourth] = await Promise.all(answers);
        for (const answer of [first, second, third]) assert.match(String(answer), /^[0-9]/);
        assert.equal(fourth, 'PLAYER_LIMIT');
        now += 24 * HOUR_MS;
        assert.equal(await ask(countDeposit(player, 1)), 'PLAYER_LIMIT');
        now += HOUR_MS;
        assert.match(await ask(countDeposit(player, 100)), /^[0-9]/);
        await wallet.end();
      }
    }
    assert.deepEqual(await findings(database.pool()), []);
  });

  it('stand once in memory, however many commands have waited for the wallet', async () => {
    let now = NOON;
    const clock = { now: () => now, after: systemClock.after.bind(systemClock) };
    let wallet = await openWallet(database.url(), { clock });
    const ask = async (command: Command) => shown(await wallet.actor.execute(command));
    const player = newUser();
    await ask(credit(player, 10_000));
    await ask(openBook(8));
    await ask(setLimit(player, 'wager', 1, minor(10)));
    await wallet.end();
    wallet = await openWallet(database.url(), { clock });
    const answers = await Promise.all([stake(player, 8, 11), stake(player, 8, 12), stake(player, 8, 13)].map(ask));
    assert.deepEqual(answers, ['PLAYER_LIMIT', 'PLAYER_LIMIT', 'PLAYER_LIMIT']);
    assert.match(await ask(setLimit(player, 'wager', 1, minor(20))), /^[0-9]/);
    now += 24 * HOUR_MS;
    assert.match(await ask(stake(player, 8, 20)), /^[0-9]/);
    await wallet.end();
  });

  it('take an undone stake out of the hour it was made in, after a restart too', async () => {
    // The database says when a stake became durable, so the hours are those of now.
    let now = Date.now() - 5 * HOUR_MS;
    const clock = { now: () => now, after: systemClock.after.bind(systemClock) };
    let wallet = await openWallet(database.url(), { clock });
    const ask = (command: Command) => wallet.actor.execute(command);
    const player = newUser();
    await ask(credit(player, 10_000));
    await ask(openBook(7));
    now = Date.now();
    const made = await ask(stake(player, 7, 100));
    assert.ok(made.ok);
    now += HOUR_MS;
    await ask(stake(player, 7, 10));
    await wallet.end();
    wallet = await openWallet(database.url(), { clock });
    assert.ok((await ask(cancel(player, 7, made.seq))).ok);
    await ask(setLimit(player, 'wager', 1, minor(110)));
    now += 24 * HOUR_MS;
    assert.equal(shown(await ask(stake(player, 7, 101))), 'PLAYER_LIMIT');
    assert.match(shown(await ask(stake(player, 7, 100))), /^[0-9]/);
    await wallet.end();
    assert.deepEqual(await findings(database.pool()), []);
  });

  it('hold after restarts, and forget what is older than their days', async () => {
    let now = NOON;
    const clock = { now: () => now, after: systemClock.after.bind(systemClock) };
    let wallet = await openWallet(database.url(), { clock });
    const restart = async () => {
      await wallet.end();
      wallet = await openWallet(database.url(), { clock });
    };
    const player = newUser();
    const ask = async (command: Command) => shown(await wallet.actor.execute(command));
    await ask(credit(player, 10_000));
    await ask(openBook(1));
    for (let day = 0; day < 10; day++) {
      assert.match(await ask(stake(player, 1, 100)), /^\d/);
      now += 24 * HOUR_MS;
      if (day % 3 === 0) await restart();
    }
    // A limit that is set later looks back, at hours that this process may never have seen.
    await ask(setLimit(player, 'wager', 7, minor(800)));
    await ask(setLimit(player, 'wager', 30, minor(1_150)));
    assert.equal(await ask(stake(player, 1, 101)), 'PLAYER_LIMIT');
    await restart();
    assert.match(await ask(stake(player, 1, 100)), /^\d/);
    assert.equal(await ask(stake(player, 1, 51)), 'PLAYER_LIMIT', 'the month');
    now += 31 * 24 * HOUR_MS;
    assert.match(await ask(stake(player, 1, 800)), /^\d/);
    assert.deepEqual(await findings(database.pool()), []);
    await wallet.end();
  });
});
