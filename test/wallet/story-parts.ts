import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { type Key, type UserId, uuid7 } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import type { Close, Command, GrantBonus, Hold, Stake } from '../../src/wallet/command.ts';
import { close, grant, hold, newKey, slip } from './fixture.ts';
import type { Intent } from './intent.ts';

/** Of draws that selections of both markets hang on. */
export const OUTCOMES = [
  [0, 1_000],
  [1, 1_001],
];

/** Small ones, soon played through or lost; some for the story's game alone, some for others, some over already. */
export function bonusFor(player: UserId, game: string, { amount, luck, pick }: Intent): GrantBonus {
  const requirement = luck === 0 ? 0 : 1 + (pick % 400);
  const games = [{ '*': 100 }, { [game]: 50, '*': 10 }, { [game]: 33 }, { other: 100 }, { '*': 0 }];
  return grant(player, luck < 6 ? 1 + (pick % 9) : 1 + Math.abs(amount), {
    requirement,
    games: games[pick % games.length] ?? {},
    maxStake: luck === 1 ? 60 : null,
    ...(luck === 2 && { expiresAt: pick }),
  });
}

/** Some that active bonuses block; some by people whom no play-through binds. */
export function holdFor(player: UserId, { amount, luck }: Intent): Hold {
  const command = hold(player, Math.max(1, Math.abs(amount)), newKey(), luck < 4 ? 'block' : 'forfeit');
  if (luck % 4 !== 1) return command;
  return { ...command, playThrough: 'waived', request: `${command.request}|waived` };
}

/** A slip, with a limit on some of its numbers. */
export function linesFor(player: UserId, book: number, { lines, luck }: Intent): Stake {
  const texts = lines.map(({ selection, amount }) => `${selection % 7}:${amount}${amount % 3 === 0 ? '<150' : ''}`);
  const command = slip(player, book, texts, { overLimit: luck < 5 ? 'cut' : 'refuse' });
  if (luck === 0) return { ...command, ruling: 'PHASE_CLOSED' };
  const cheap = command.lines.map((line, at) => ({
    ...line,
    liability: minor((lines[at]?.pays ?? 0) * Number(line.amount)),
  }));
  return { ...command, lines: cheap, window: luck === 1 ? 7 : command.window };
}

/** A pool is finished otherwise, a standing book only once it is closed. */
export function mayFinish(book: { readonly pooled: boolean; readonly standing: unknown; readonly isOpen: boolean }) {
  return !book.pooled && (book.standing === null || !book.isOpen);
}

/** Each by itself may be void at a desk alone. */
export function endsOf(
  bets: readonly (readonly [number, { readonly stake: number }])[],
  dice: number,
  standing: unknown,
): Close[] {
  return bets.map(([id, { stake }], at) => ended(id, stake, dice + at, standing !== null));
}

function ended(position: number, staked: number, dice: number, mayBeVoid: boolean): Close {
  if (dice % 4 === 0) return close(position, staked, mayBeVoid && dice % 8 === 0 ? 'cancelled' : 'refunded');
  if (dice % 4 === 1) return close(position, 0);
  return close(position, 1 + ((dice * 37) % (2 * staked)), 'won');
}

/**
 * All that a command asks for: whoever reads the ledger can tell commands of one key apart by it, which the requests
 * of players do not always do (what the server adds is no part of them).
 */
export function contentOf({ request: _, key: __, origin: ___, ...content }: Command): string {
  return inspect(content, { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
}

export function keyOf({ key }: Intent): Key {
  if (key === 'random') return randomUUID() as string as Key;
  return uuid7(Date.now() + (key === 'ahead' ? 3_600_000 : 0));
}
