import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import { AndarBaharState, MyBets, PlaceBet, RepeatBets, UndoBet } from '../schema/andar-bahar.ts';
import { tellBalance } from '../src/balance-telling.ts';
import type { Channels } from '../src/channels.ts';
import { betsById } from '../src/games/andar-bahar/store.ts';
import type { TableId, UserId } from '../src/ids.ts';
import { minor } from '../src/money.ts';
import { isRefusal, type Refusal } from '../src/refusal.ts';
import { type Bet, type Betted, type Bettor, betOf, double, placeBet, rebet, undoBet } from '../src/rounds/betting.ts';
import type { Wallet } from '../src/rounds/insist.ts';
import { RoundBets } from '../src/rounds/round-bets.ts';
import { recentWinners } from '../src/rounds/store.ts';
import type { Table, TableMoment } from '../src/rounds/table.ts';
import { wireBalance, wireBalanceUpdate, wireBet } from '../src/rounds/wire-bet.ts';
import type { PositionId } from '../src/wallet/command.ts';
import { positionsOfPlayer } from '../src/wallet/reads.ts';
import { addWinner, countBet, RECENT_WINNERS, showMoment, wireState } from './andar-bahar-state.ts';
import { admission, BaseRoom, type BaseRoomDeps, type Call } from './base-room.ts';
import { BetFeed } from './bet-feed.ts';
import { ResultDesk } from './result-desk.ts';
import type { Play } from './seat-keeper.ts';

export interface AndarBaharDeps extends BaseRoomDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly tables: ReadonlyMap<TableId, Table>;
  readonly protection: Play;
  readonly channels: Channels;
}

type Moment = TableMoment & { readonly receivedAt: number };
type Act<Message> = (
  deps: AndarBaharDeps & { tableId: TableId },
  by: Bettor,
  message: Message,
) => Promise<Betted | Refusal>;

/** State is sent on at once at every change of phase; this is for the sums in between. */
const PATCH_MS = 50;
const BETS_SHOWN_MAX = 200;
/** Closes the connections of a table that is no more; there is nothing to come back to. */
const TABLE_CLOSED = 4404;

/** A table as its people see it. It shows what `Table` does and passes on what players ask for; it decides nothing. */
export class AndarBaharRoom extends BaseRoom<AndarBaharState, Moment> {
  static readonly deps: AndarBaharDeps;
  override state = new AndarBaharState();
  override patchRate = PATCH_MS;
  protected override readonly deps = (this.constructor as typeof AndarBaharRoom).deps;
  protected override readonly play = this.deps.protection;
  readonly #feed = new BetFeed(this.deps.clock, (bet) => this.broadcast('bet-placed', bet));
  readonly #results = new ResultDesk(this.deps, this.seats, (type, message) => this.broadcast(type, message));
  readonly #bets = new RoundBets();
  #table: Table | undefined;

  override async onCreate(options: { readonly tableId: TableId }): Promise<void> {
    const { tableId } = options;
    // First what may fail: a room that could not be made leaves nothing behind.
    const winners = await recentWinners(this.deps.database, tableId, RECENT_WINNERS);
    super.onCreate(options);
    this.#table = this.deps.tables.get(tableId);
    this.roomId = tableId;
    this.state.tableId = tableId;
    for (const winner of winners) addWinner(this.state, winner);
    showMoment(this.state, this.#now());
    this.serve('place-bet', PlaceBet, async (call) => {
      const betted = await this.#bet(call, placeBet);
      return isRefusal(betted) ? betted : { ok: true, bet: betted.bets[0], balance: wireBalance(betted.balance) };
    });
    this.serve('rebet', RepeatBets, (call) => this.#repeat(call, rebet));
    this.serve('double', RepeatBets, async (call) => {
      const own = await this.#ownPositions(call);
      return this.#repeat(call, (deps, by, message) => double(deps, by, message, own));
    });
    this.serve('undo-bet', UndoBet, (call) => this.#undo(call));
    this.serve('my-bets', MyBets, (call) => this.#myBets(call));
    this.#tableHere().open({
      changed: () => this.#changed(),
      tell: (result, database) => this.#results.tell(result, this.#now().settings.currency, database),
      voided: (round) => this.#results.tellVoided(round, this.#now().settings.currency),
      finished: (result) => this.#results.tellTheLate(result, this.#now().settings.currency),
    });
  }

  override async onJoin(client: Client): Promise<void> {
    await super.onJoin(client);
    client.send('game-state', wireState(this.state));
    this.#welcome(client);
  }

  override async onReconnect(client: Client): Promise<void> {
    await super.onReconnect(client);
    this.#welcome(client);
  }

  override onDispose(): void {
    super.onDispose();
    this.#feed.stop();
  }

  /** The table has been closed: everybody is told, the room is disposed of. */
  async sayGoodbye(): Promise<void> {
    const timestamp = new Date(this.deps.clock.now()).toISOString();
    this.broadcast('table-closed', { tableId: this.roomId, timestamp });
    await this.disconnect(TABLE_CLOSED);
  }

  protected override moment(receivedAt: number): Moment {
    return { ...this.#now(), receivedAt };
  }

  protected override sayRefused(client: Client, { code, message }: Refusal): void {
    client.send('bet-error', { error: message, code });
  }

  #changed(): void {
    const { phase, winningSide: before } = this.state;
    showMoment(this.state, this.#now());
    this.#bets.begin(this.state.roundId);
    if (phase === 'betting' && this.state.phase !== 'betting') this.#feed.flush();
    this.broadcastPatch();
    const { roundId, winningSide } = this.state;
    if (winningSide === '' || before !== '') return;
    this.broadcast('round-result', { roundId, winningSide, timestamp: new Date(this.deps.clock.now()).toISOString() });
  }

  async #bet<Message>(call: Call<Message, Moment>, act: Act<Message>): Promise<Betted | Refusal> {
    const { client, identity, message, moment } = call;
    const { userId } = identity;
    // People of the house may void rounds, and have none of the protection that players have.
    const refusal = await this.refuseOthers(identity, ['PLAYER']);
    if (refusal) return refusal;
    const doubt = () => this.#bets.doubt(userId, moment.live?.roundId ?? '');
    const deps = { ...this.deps, tableId: this.#tableHere().tableId };
    const betted = await act(deps, { ...moment, userId }, message).catch((error: unknown) => {
      doubt();
      throw error;
    });
    if (isRefusal(betted)) {
      if (betted.code === 'UNKNOWN_OUTCOME') doubt();
      return betted;
    }
    for (const bet of betted.bets) this.#count(userId, bet);
    this.#confirm(client, userId, betted, 'BET_PLACED');
    return betted;
  }

  async #repeat(call: Call<RepeatBets, Moment>, act: Act<RepeatBets>): Promise<object | Refusal> {
    const betted = await this.#bet(call, act);
    return isRefusal(betted) ? betted : { ok: true, bets: betted.bets, balance: wireBalance(betted.balance) };
  }

  async #undo({ client, identity, message, moment }: Call<UndoBet, Moment>): Promise<object | Refusal> {
    const { userId } = identity;
    const undone = await undoBet({ ...this.deps, tableId: this.#tableHere().tableId }, { ...moment, userId }, message);
    if (isRefusal(undone)) return undone;
    for (const bet of undone.bets) {
      if (this.#bets.undo(userId, bet)) countBet(this.state, bet, -1, this.#bets.playersOn(bet.betSide));
    }
    const bets = undone.bets.map((bet) => ({ ...bet, status: 'cancelled' }));
    this.#confirm(client, userId, { ...undone, bets }, 'BET_UNDONE');
    return { ok: true, bet: bets[0], balance: wireBalance(undone.balance) };
  }

  async #myBets(call: Call<MyBets, Moment>): Promise<object> {
    const { client, moment, answered } = call;
    const own = (await this.#ownPositions(call)).slice(-BETS_SHOWN_MAX);
    const bets = moment.live === null ? [] : await betsById(this.deps.database, moment.live.roundId, own);
    const answer = { ok: true, bets: bets.map(wireBet) };
    if (!answered) client.send('my-bets', answer);
    return answer;
  }

  /** Every bet that becomes known comes here: a repeated request may be the first to hear that its bet was taken. */
  #count(userId: UserId, bet: Bet): void {
    if (!this.#bets.accept(userId, bet)) return;
    countBet(this.state, bet, 1, this.#bets.playersOn(bet.betSide));
    this.#feed.add(bet.betSide, bet.amount);
  }

  /** The player's positions in the round, ascending; searched for only where the room cannot know them all. */
  async #ownPositions({ identity, moment }: Pick<Call<unknown, Moment>, 'identity' | 'moment'>) {
    const { userId } = identity;
    const { live } = moment;
    if (live === null) return [];
    const known = this.#bets.idsOf(userId, live.roundId);
    if (known !== undefined) return known;
    const found = await positionsOfPlayer(this.deps.database, live.book, userId);
    for (const position of found) {
      if (position.outcome !== 'cancelled') this.#count(userId, betOf(position, live.roundId));
    }
    return found.map(({ id }): PositionId => id);
  }

  /** To all connections of the player when something happened; a repeated request is only told what happened then. */
  #confirm(
    client: Client,
    userId: UserId,
    { bets, balance, duplicate }: Betted,
    reason: 'BET_PLACED' | 'BET_UNDONE',
  ): void {
    for (const each of duplicate ? [client] : this.seats.of(userId)) {
      for (const bet of bets) each.send('bet-confirmed', { bet });
      each.send('balance-update', wireBalanceUpdate(balance));
    }
    if (duplicate) return;
    const staked = bets.reduce((sum, { amount }) => sum + amount, 0);
    const change = minor(reason === 'BET_PLACED' ? -staked : staked);
    tellBalance(this.deps.channels, userId, balance, { change, reason });
  }

  #welcome(client: Client): void {
    this.#results.welcome(client, this.#tableHere().tableId, this.#now().settings.currency);
  }

  #now(): TableMoment {
    return this.#tableHere().at();
  }

  #tableHere(): Table {
    if (this.#table === undefined) throw new Error(`room ${this.roomId} has no table`);
    return this.#table;
  }
}

/** The room with what it needs, as Colyseus wants it: a class it can make instances of. */
export function andarBaharRoom(deps: AndarBaharDeps): typeof AndarBaharRoom {
  return class extends AndarBaharRoom {
    static override readonly deps = deps;
    // Colyseus calls it without its class.
    static override readonly onAuth = admission(deps.accounts, { play: deps.protection });
  };
}
