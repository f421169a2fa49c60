import { type Client, ClientState } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import type { Clock } from '../src/clock.ts';
import type { PlayerResult } from '../src/games/andar-bahar/result.ts';
import type { RoundId, TableId, UserId } from '../src/ids.ts';
import type { Logger } from '../src/log.ts';
import { type Currency, type Minor, toWire, ZERO } from '../src/money.ts';
import type { RoundResult } from '../src/rounds/complete-round.ts';
import { markDelivered, undeliveredResults } from '../src/rounds/store.ts';
import type { VoidedRound } from '../src/rounds/void-round.ts';
import { totalOf, wireBalanceUpdate } from '../src/rounds/wire-bet.ts';
import type { Balance } from '../src/wallet/command.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { identityOf, type Seats } from './seats.ts';

interface ResultDeskDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const NO_BET: PlayerResult = { amount: ZERO, totalBet: ZERO, netProfit: ZERO, result: 'no_bet' };
/** Who takes a new seat, and who comes back to one by a reconnection token. */
const ARRIVING: readonly number[] = [ClientState.JOINING, ClientState.RECONNECTING];
const JOINED_POLL_MS = 10;
const JOINED_POLLS_MAX = 500;
const MISSED_MAX = 100;

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
   * S1-16). Players here who had no bet hear the result too. Answers who with a bet was reached.
   */
  async tell(result: RoundResult, currency: Currency, database: Database): Promise<ReadonlySet<UserId>> {
    const results = new Map(result.players.map((player) => [player.userId, player.result]));
    const here = this.#seats.players();
    const balances = await balancesOf(database, currency, here);
    const told = new Set<UserId>();
    for (const [userId, own] of results) if (this.#tellPlayer(userId, result, own, balances)) told.add(userId);
    for (const userId of here) if (!results.has(userId)) this.#tellPlayer(userId, result, NO_BET, balances);
    this.#told = told;
    return told;
  }

  /** `round-voided` to all, and to each player who had a bet the balance with the stakes back in it. */
  async tellVoided({ roundId, players, reason, at }: VoidedRound, currency: Currency): Promise<void> {
    this.#broadcast('round-voided', { roundId, reason, timestamp: at.toISOString() });
    for (const [userId, balance] of await balancesOf(this.#deps.database, currency, players)) {
      for (const client of this.#seats.of(userId)) client.send('balance-update', wireBalanceUpdate(balance));
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
    this.#deliverMissed(client, userId, tableId, currency).catch((error: unknown) => {
      this.#deps.log.error({ err: error, userId, tableId }, 'missed results could not be delivered');
    });
  }

  async #deliverMissed(client: Client, userId: UserId, tableId: TableId, currency: Currency): Promise<void> {
    const { database, clock } = this.#deps;
    if (!(await this.#hasJoined(client))) return;
    const missed = await undeliveredResults(database, tableId, userId, MISSED_MAX);
    if (missed.length === 0) return;
    const balance = (await balancesOf(database, currency, [userId])).get(userId);
    const told: RoundId[] = [];
    for (const { roundId, winner, stake, payout, result } of missed) {
      if (client.state !== ClientState.JOINED) break;
      const own = { amount: payout, totalBet: stake, netProfit: (payout - stake) as Minor, result };
      client.send('game_complete', { ...gameComplete({ roundId, winner }, own, balance), missed: true });
      told.push(roundId);
    }
    await markDelivered(database, userId, told, new Date(clock.now()));
  }

  /** Until the client has answered the handshake, what is sent waits in a queue that may never be emptied. */
  async #hasJoined(client: Client): Promise<boolean> {
    for (let polls = 0; polls < JOINED_POLLS_MAX && ARRIVING.includes(client.state); polls++) {
      await new Promise<void>((resolve) => this.#deps.clock.after(JOINED_POLL_MS, resolve));
    }
    return client.state === ClientState.JOINED;
  }

  #tellPlayer(userId: UserId, round: RoundResult, own: PlayerResult, balances: ReadonlyMap<UserId, Balance>): boolean {
    const balance = balances.get(userId);
    let reached = false;
    for (const client of this.#seats.of(userId)) {
      if (client.state !== ClientState.JOINED) continue;
      if (own.amount > ZERO && balance) {
        const { newBalance, version } = newBalanceOf(balance);
        client.send('payout', { amount: toWire(own.amount), newBalance, version });
      }
      client.send('game_complete', gameComplete(round, own, balance));
      if (own.amount > ZERO && balance) client.send('balance-update', wireBalanceUpdate(balance));
      reached = true;
    }
    return reached;
  }
}

function gameComplete(
  { roundId, winner }: { readonly roundId: RoundId; readonly winner: string },
  { amount, totalBet, netProfit, result }: PlayerResult,
  balance: Balance | undefined,
) {
  const userPayout = {
    amount: toWire(amount),
    totalBet: toWire(totalBet),
    netProfit: toWire(netProfit),
    result,
  };
  return { roundId, winner, userPayout, ...newBalanceOf(balance) };
}

/** `newBalance` is the total everywhere (DESIGN 3). Who never had money has none. */
function newBalanceOf(balance: Balance | undefined) {
  return { newBalance: balance ? toWire(totalOf(balance)) : 0, version: balance?.version ?? 0 };
}
