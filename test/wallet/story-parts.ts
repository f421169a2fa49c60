import { randomUUID } from 'node:crypto';
import { type Key, type UserId, uuid7 } from '../../src/ids.ts';
import type { Close, GrantBonus } from '../../src/wallet/command.ts';
import { close, grant } from './fixture.ts';
import type { Intent } from './intent.ts';

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

export function ended(position: number, staked: number, dice: number): Close {
  if (dice % 4 === 0) return close(position, staked, 'refunded');
  if (dice % 4 === 1) return close(position, 0);
  return close(position, 1 + ((dice * 37) % (2 * staked)), 'won');
}

export function keyOf({ key }: Intent): Key {
  if (key === 'random') return randomUUID() as string as Key;
  return uuid7(Date.now() + (key === 'ahead' ? 3_600_000 : 0));
}
