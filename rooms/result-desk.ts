import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import { tellBalance } from '../src/balance-telling.ts';
import type { Channels } from '../src/channels.ts';
import type { Clock } from '../src/clock.ts';
import type { PlayerResult } from '../src/games/andar-bahar/result.ts';
import type { TableId, UserId } from '../src/ids.ts';
import type { Logger } from '../src/log.ts';
import { type Currency, ZERO } from '../src/money.ts';
import type { RoundResult } from '../src/rounds/complete-round.ts';
import type { VoidedRound } from '../src/rounds/void-round.ts';
import { wireBalanceUpdate } from '../src/rounds/wire-bet.ts';
import type { Balance } from '../src/wallet/command.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { isHere } from './joined.ts';
import { deliverMissed } from './missed-results.ts';
import { gameComplete, payoutMessage } from './result-messages.ts';
import { identityOf, type Seats } from './seats.ts';

interface ResultDeskDeps {
  readonly database: Database;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly log: Logger;
}

const NO_BET: PlayerResult = { amount: ZERO, totalBet: ZERO, netProfit: ZERO, result: 'no_bet' };

/** Tells players what a round came to: at once who is here, on coming back who was away. */
export class ResultDesk {
  readonly #deps: ResultDeskDeps;
  readonly #seats: Seats;
  readonly #broadcast: (type: string, message: object) => void;
  #told: ReadonlySet<UserId> = new Set();

  constructor(deps: ResultDeskDeps, seats: Seats, broadcast: (type: string, message: object) => void) {
    this.#deps = deps;
    this.#seats = seats;
    this.#broadcast = broadcast;
  }

  /**
   * `payout` and `game_complete`, each player's own, with balances read fresh after the payouts in one query (S1-15,
   * S1-16). Players here who had no bet hear the result too; who was paid and is elsewhere hears it in the own channel.
   * Answers who with a bet was reached.
   */
  async tell(result: RoundResult, currency: Currency, database: Database): Promise<ReadonlySet<UserId>> {
    const { channels } = this.#deps;
    const results = new Map(result.players.map((player) => [player.userId, player.result]));
    const here = new Set(this.#seats.players());
    const elsewhere = results.keys().filter((userId) => !here.has(userId) && channels.reaches(userId));
    const balances = await balancesOf(database, currency, [...here, ...elsewhere]);
    const told = new Set<UserId>();
    for (const [userId, own] of results) if (this.#tellPlayer(userId, result, own, balances)) told.add(userId);
    for (const userId of here) if (!results.has(userId)) this.#tellPlayer(userId, result, NO_BET, balances);
    this.#told = told;
    return told;
  }

  /** `round-voided` to all, and to each player who had a bet the balance with the stakes back in it. */
  async tellVoided({ roundId, players, returned, reason, at }: VoidedRound, currency: Currency): Promise<void> {
    this.#broadcast('round-voided', { roundId, reason, timestamp: at.toISOString() });
    for (const [userId, balance] of await balancesOf(this.#deps.database, currency, players)) {
      for (const client of this.#seats.of(userId)) client.send('balance-update', wireBalanceUpdate(balance));
      const change = returned.get(userId);
      if (change) tellBalance(this.#deps.channels, userId, balance, { change, reason: 'ROUND_VOIDED' });
    }
  }

  /** Who sat down between the telling and the books being finished was missed by both. */
  tellTheLate({ tableId, players }: RoundResult, currency: Currency): void {
    for (const { userId } of players) {
      if (this.#told.has(userId)) continue;
      for (const client of this.#seats.of(userId)) this.welcome(client, tableId, currency);
    }
  }

  /** What this player has missed at this table, as soon as the connection can take it. Marked as delivered. */
  welcome(client: Client, tableId: TableId, currency: Currency): void {
    const userId = identityOf(client)?.userId;
    if (userId === undefined) return;
    deliverMissed(this.#deps, client, { userId, which: { tableId }, currency }).catch((error: unknown) => {
      this.#deps.log.error({ err: error, userId, tableId }, 'missed results could not be delivered');
    });
  }

  #tellPlayer(userId: UserId, round: RoundResult, own: PlayerResult, balances: ReadonlyMap<UserId, Balance>): boolean {
    const balance = balances.get(userId);
    let reached = false;
    for (const client of this.#seats.of(userId)) {
      if (!isHere(client)) continue;
      if (own.amount > ZERO && balance) client.send('payout', payoutMessage(own, balance));
      client.send('game_complete', gameComplete(round, own, balance));
      if (own.amount > ZERO && balance) client.send('balance-update', wireBalanceUpdate(balance));
      reached = true;
    }
    return this.#tellInChannel(userId, round, own, balance, reached) || reached;
  }

  /** Who was paid hears of the balance there in any case, and of the result unless it was heard here. */
  #tellInChannel(
    userId: UserId,
    round: RoundResult,
    own: PlayerResult,
    balance: Balance | undefined,
    heard: boolean,
  ): boolean {
    const { channels } = this.#deps;
    if (own.amount === ZERO || !balance || !channels.reaches(userId)) return false;
    if (!heard) {
      const { tableId } = round;
      channels.tell(userId, 'payout', { ...payoutMessage(own, balance), roundId: round.roundId, tableId });
      channels.tell(userId, 'game_complete', { ...gameComplete(round, own, balance), tableId });
    }
    tellBalance(channels, userId, balance, { change: own.amount, reason: 'ROUND_PAYOUT' });
    return true;
  }
}
