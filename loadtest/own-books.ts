/** A bet as the server acknowledged it. */
export interface AcknowledgedBet {
  readonly betId: string;
  readonly roundId: string;
  readonly betSide: string;
  /** Minor units. */
  readonly amount: number;
}

/**
 * What a player knows of its own money, from acknowledgements and results alone: the server's books are compared with
 * it at the end. Hearing the same thing twice changes nothing.
 */
export class OwnBooks {
  /** The wallet's total when the test began. */
  readonly start: number;
  /** Bets up to this one are of the time before. */
  readonly lastBetBefore: number;
  readonly accepted = new Map<string, AcknowledgedBet>();
  readonly undone = new Set<string>();
  /** What each finished round paid; a result may come before the acknowledgement of a bet whose answer was lost. */
  readonly paid = new Map<string, number>();
  /** Contradictions among the server's own words. */
  readonly contradictions: string[] = [];
  /** Rounds in which bets of the time before are still at stake. */
  readonly openBefore: ReadonlySet<string>;
  readonly #rounds: Set<string>;

  constructor(start: number, lastBetBefore: number, openBefore: Iterable<string>) {
    this.start = start;
    this.lastBetBefore = lastBetBefore;
    this.openBefore = new Set(openBefore);
    this.#rounds = new Set(openBefore);
  }

  accept(bet: AcknowledgedBet): void {
    const known = this.accepted.get(bet.betId);
    if (known && (known.amount !== bet.amount || known.betSide !== bet.betSide || known.roundId !== bet.roundId)) {
      this.contradictions.push(`bet ${bet.betId} was acknowledged as ${known.amount} and as ${bet.amount}`);
    }
    this.accepted.set(bet.betId, bet);
    this.#rounds.add(bet.roundId);
  }

  undo(betId: string): void {
    this.undone.add(betId);
  }

  /** Gross, stakes that came back included. */
  complete(roundId: string, payout: number): void {
    const known = this.paid.get(roundId);
    if (known !== undefined && known !== payout) {
      this.contradictions.push(`round ${roundId} was said to pay ${known} and ${payout}`);
    }
    this.paid.set(roundId, payout);
  }

  /** Rounds with bets that stand and no result yet. */
  openRounds(): readonly string[] {
    const played = new Set([...this.accepted.values()].map(({ roundId }) => roundId));
    const stands = ({ betId }: AcknowledgedBet) => !this.undone.has(betId);
    const standing = new Set([...this.accepted.values()].filter(stands).map(({ roundId }) => roundId));
    const counts = (roundId: string) => !played.has(roundId) || standing.has(roundId);
    return [...this.#rounds].filter((roundId) => counts(roundId) && !this.paid.has(roundId));
  }

  /** What the wallet's total must be. Results of rounds from before, which may be told once more, are not ours. */
  get balance(): number {
    let balance = this.start;
    for (const { betId, amount } of this.accepted.values()) if (!this.undone.has(betId)) balance -= amount;
    for (const roundId of this.#rounds) balance += this.paid.get(roundId) ?? 0;
    return balance;
  }
}
