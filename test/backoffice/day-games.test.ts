import assert from 'node:assert/strict';
import type { Queries } from '../../db/pool.ts';
import { DayOfGames } from '../../src/backoffice/day-games.ts';
import { useDatabase } from '../support/database.ts';

const MIDNIGHT = Date.parse('2026-03-02T00:00:00Z');
const DAY_MS = 86_400_000;

describe('what ended since midnight in games without rounds', () => {
  const database = useDatabase();

  /** A database that answers when it is let. */
  function slowDatabase() {
    const waiting: (() => void)[] = [];
    let asked = 0;
    const any: Queries['any'] = async (query) => {
      asked += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return database.pool().any(query);
    };
    const queries = { any } as Queries;
    const answer = () => {
      for (const resolve of waiting.splice(0)) resolve();
    };
    return { queries, answer, asked: () => asked };
  }

  it('S0-73 whoever looks while the first look is under way sees what it sees', async () => {
    const slow = slowDatabase();
    const games = new DayOfGames(slow.queries);
    const looks = [1, 2, 3].map((ms) => games.look(MIDNIGHT + ms, MIDNIGHT));
    slow.answer();
    for (const seen of await Promise.all(looks)) {
      assert.deepEqual([...seen.keys()].sort(), ['binary', 'lottery', 'trading']);
    }
    assert.equal(slow.asked(), 1);
  });

  it('after midnight nobody sees the day before, not while the new day is being looked at either', async () => {
    const slow = slowDatabase();
    const games = new DayOfGames(slow.queries);
    const before = games.look(MIDNIGHT - 1, MIDNIGHT - DAY_MS);
    slow.answer();
    await before;
    const looks = [0, 1].map((ms) => games.look(MIDNIGHT + ms, MIDNIGHT));
    slow.answer();
    const [first, second] = await Promise.all(looks);
    assert.notEqual(first, await before);
    assert.equal(second, first);
    assert.equal(slow.asked(), 2);
  });

  it('a look that fails is not kept', async () => {
    let away = true;
    const any: Queries['any'] = (query) =>
      away ? Promise.reject(new Error('no database')) : database.pool().any(query);
    const games = new DayOfGames({ any } as Queries);
    await assert.rejects(games.look(MIDNIGHT, MIDNIGHT), /no database/);
    away = false;
    assert.equal((await games.look(MIDNIGHT + 1, MIDNIGHT)).size, 3);
  });
});
