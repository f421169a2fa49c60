import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import type { AdminAction, LiveStatistics } from '../schema/backoffice.ts';
import type { Role } from '../src/accounts/identity.ts';
import type { AuditLine } from '../src/backoffice/audit-line.ts';
import type { Backoffice } from '../src/backoffice/backoffice.ts';
import { Day } from '../src/backoffice/day.ts';
import { DayOfGames } from '../src/backoffice/day-games.ts';
import { type LiveStatisticsDeps, liveStatistics } from '../src/backoffice/live-statistics.ts';
import type { Channels } from '../src/channels.ts';
import type { Refusal } from '../src/refusal.ts';
import { admission, BaseRoom, type BaseRoomDeps } from './base-room.ts';
import { identityOf } from './seats.ts';

export interface BackofficeDeps
  extends BaseRoomDeps,
    Pick<LiveStatisticsDeps, 'tables' | 'wallet' | 'desk' | 'market'> {
  readonly database: Database;
  readonly backoffice: Pick<Backoffice, 'onAct'>;
  readonly channels: Channels;
}

/** Name and id: there is one. */
export const BACKOFFICE = 'backoffice';
const HOUSE: readonly Role[] = ['ADMIN', 'MASTER'];
const STATISTICS_MS = 1_000;

/** What goes on, for people of the house (S0-73); to MASTER also what the others do (S4-49). It has no state. */
export class BackofficeRoom extends BaseRoom<object, null> {
  static readonly deps: BackofficeDeps;
  protected override readonly deps = (this.constructor as typeof BackofficeRoom).deps;
  protected override readonly roles = HOUSE;
  readonly #day = new Day(this.deps.database);
  readonly #games = new DayOfGames(this.deps.database);
  #said = '';
  #stop: () => void = () => undefined;

  override onCreate(options: unknown): void {
    super.onCreate(options);
    this.roomId = BACKOFFICE;
    const hearing = this.deps.backoffice.onAct((line) => this.#tellMasters(line));
    const voice = this.deps.channels.lendToHouse((type, message) => this.broadcast(type, message));
    const looking = this.#lookAgainAndAgain();
    this.#stop = () => {
      hearing();
      voice();
      looking();
    };
  }

  override async onJoin(client: Client): Promise<void> {
    await super.onJoin(client);
    client.send('live-statistics', await this.#statistics());
  }

  override onDispose(): void {
    super.onDispose();
    this.#stop();
  }

  protected override moment(): null {
    return null;
  }

  protected override sayRefused(client: Client, { code, message }: Refusal): void {
    client.send('refused', { error: message, code });
  }

  #statistics(): Promise<LiveStatistics> {
    return liveStatistics({ ...this.deps, day: this.#day, games: this.#games }, this.deps.clock.now());
  }

  #lookAgainAndAgain(): () => void {
    let stopped = false;
    let cancel: () => void = () => undefined;
    const wait = () => {
      if (!stopped) cancel = this.deps.clock.after(STATISTICS_MS, look);
    };
    const look = () => {
      this.#look()
        .catch((error: unknown) => this.deps.log.error({ err: error }, 'the live statistics failed'))
        .finally(wait);
    };
    wait();
    return () => {
      stopped = true;
      cancel();
    };
  }

  /** Says what has changed, once a second at most; nothing is looked at while nobody is here. */
  async #look(): Promise<void> {
    if (this.clients.length === 0) return;
    const statistics = await this.#statistics();
    const { at: _, ...content } = statistics;
    const said = JSON.stringify(content);
    if (said === this.#said) return;
    this.#said = said;
    this.broadcast('live-statistics', statistics);
  }

  #tellMasters({ actor, action, target, amount, at }: AuditLine): void {
    const message: AdminAction = {
      ...{ adminId: actor, action, target, amount: amount ?? null },
      timestamp: new Date(at).toISOString(),
    };
    for (const client of this.seats.clients()) {
      this.#tellMaster(client, message).catch((error: unknown) => {
        this.deps.log.error({ err: error }, 'telling of an act failed');
      });
    }
  }

  /** By the role of now: who was MASTER on coming in may be ADMIN since. */
  async #tellMaster(client: Client, message: AdminAction): Promise<void> {
    const identity = identityOf(client);
    const now = identity && (await this.deps.accounts.recheck(identity));
    if (now?.ok && now.identity.role === 'MASTER') client.send('ADMIN_ACTION', message);
  }
}

/** The room with what it needs, as Colyseus wants it: a class it can make instances of. */
export function backofficeRoom(deps: BackofficeDeps): typeof BackofficeRoom {
  return class extends BackofficeRoom {
    static override readonly deps = deps;
    // Colyseus calls it without its class.
    static override readonly onAuth = admission(deps.accounts, { roles: HOUSE });
  };
}
