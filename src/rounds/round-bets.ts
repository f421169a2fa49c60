import type { UserId } from '../ids.ts';
import type { PositionId } from '../wallet/command.ts';
import type { Bet } from './betting.ts';

type Known = Pick<Bet, 'betId' | 'roundId' | 'betSide'>;

interface Own {
  readonly ids: Set<PositionId>;
  unsure: boolean;
}

/**
 * The bets of the round in play as far as their table knows them: each is counted once, on whatever path it became
 * known, and nobody who asks for bets of his own makes the database search the whole round.
 */
export class RoundBets {
  #roundId = '';
  readonly #players = new Map<UserId, Own>();
  readonly #counted = new Set<string>();
  readonly #undone = new Set<string>();
  /** By bet side: how many counted bets each player has there; who has none is not among them. */
  readonly #sides = new Map<string, Map<UserId, number>>();

  /** Forgets the bets of the round before. A round of which this is not told from its first bet on must be searched. */
  begin(roundId: string): void {
    if (roundId === this.#roundId) return;
    this.#roundId = roundId;
    this.#players.clear();
    this.#counted.clear();
    this.#undone.clear();
    this.#sides.clear();
  }

  /** True where the bet belongs into the sums now: one of this round, not counted before and not undone. */
  accept(userId: UserId, bet: Known): boolean {
    if (bet.roundId !== this.#roundId) return false;
    this.#own(userId).ids.add(Number(bet.betId) as PositionId);
    if (this.#counted.has(bet.betId) || this.#undone.has(bet.betId)) return false;
    this.#counted.add(bet.betId);
    this.#addToSide(userId, bet.betSide, 1);
    return true;
  }

  /** True where the bet had been counted and belongs out of the sums now. */
  undo(userId: UserId, bet: Known): boolean {
    if (bet.roundId !== this.#roundId) return false;
    this.#own(userId).ids.add(Number(bet.betId) as PositionId);
    this.#undone.add(bet.betId);
    if (!this.#counted.delete(bet.betId)) return false;
    this.#addToSide(userId, bet.betSide, -1);
    return true;
  }

  /** How many different players have a counted bet on this side. */
  playersOn(betSide: string): number {
    return this.#sides.get(betSide)?.size ?? 0;
  }

  /** Something of this player's may have been accepted without our knowing: from now on only a search is sure. */
  doubt(userId: UserId, roundId: string): void {
    if (roundId === this.#roundId) this.#own(userId).unsure = true;
  }

  /** The positions of a player, undone ones too, ascending; undefined where they have to be searched for. */
  idsOf(userId: UserId, roundId: string): readonly PositionId[] | undefined {
    if (roundId !== this.#roundId) return undefined;
    const own = this.#players.get(userId);
    if (own?.unsure) return undefined;
    return [...(own?.ids ?? [])].sort((one, other) => one - other);
  }

  #addToSide(userId: UserId, betSide: string, change: 1 | -1): void {
    const players = this.#sides.get(betSide) ?? new Map<UserId, number>();
    this.#sides.set(betSide, players);
    const bets = (players.get(userId) ?? 0) + change;
    if (bets > 0) players.set(userId, bets);
    else players.delete(userId);
  }

  #own(userId: UserId): Own {
    const own = this.#players.get(userId) ?? { ids: new Set(), unsure: false };
    this.#players.set(userId, own);
    return own;
  }
}
