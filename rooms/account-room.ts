import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import { ROLES } from '../src/accounts/identity.ts';
import { balanceUpdated } from '../src/balance-telling.ts';
import type { Channels } from '../src/channels.ts';
import { INR, ZERO } from '../src/money.ts';
import type { Refusal } from '../src/refusal.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { admission, BaseRoom, type BaseRoomDeps } from './base-room.ts';
import { hasJoined } from './joined.ts';
import { deliverMissedPhases } from './missed-phases.ts';
import { deliverMissed } from './missed-results.ts';
import { deliverMissedTrades } from './missed-trades.ts';
import { identityOf } from './seats.ts';

export interface AccountDeps extends BaseRoomDeps {
  readonly database: Database;
  readonly channels: Channels;
}

/** Name and id: there is one, in which everybody hears only of themselves. */
export const ACCOUNT = 'account';

/** Everybody's own channel: balances, decisions of the cashier, what was paid elsewhere. It has no state. */
export class AccountRoom extends BaseRoom<object, null> {
  static readonly deps: AccountDeps;
  protected override readonly deps = (this.constructor as typeof AccountRoom).deps;
  protected override readonly roles = ROLES;
  #silence: () => void = () => undefined;

  override onCreate(options: unknown): void {
    super.onCreate(options);
    this.roomId = ACCOUNT;
    this.#silence = this.deps.channels.lend({
      reaches: (userId) => this.listening(userId).length > 0,
      speak: (userId, type, message) => this.say(userId, type, message),
    });
  }

  override async onJoin(client: Client): Promise<void> {
    await super.onJoin(client);
    this.#welcome(client);
  }

  override async onReconnect(client: Client): Promise<void> {
    await super.onReconnect(client);
    this.#welcome(client);
  }

  override onDispose(): void {
    super.onDispose();
    this.#silence();
  }

  protected override moment(): null {
    return null;
  }

  protected override sayRefused(client: Client, { code, message }: Refusal): void {
    client.send('refused', { error: message, code });
  }

  #welcome(client: Client): void {
    const userId = identityOf(client)?.userId;
    if (userId === undefined) return;
    const tell = async () => {
      if (!(await hasJoined(client, this.deps.clock))) return;
      const balance = (await balancesOf(this.deps.database, INR, [userId])).get(userId);
      const current = { change: ZERO, reason: 'CURRENT' } as const;
      if (balance) client.send('BALANCE_UPDATED', balanceUpdated(userId, balance, current));
      await deliverMissed(this.deps, client, { userId, which: { paid: true }, currency: INR });
      await deliverMissedTrades(this.deps, client, userId);
      await deliverMissedPhases(this.deps, client, userId);
    };
    tell().catch((error: unknown) => {
      this.deps.log.error({ err: error, userId }, 'somebody could not be told what there is to tell on coming in');
    });
  }
}

/** The room with what it needs, as Colyseus wants it: a class it can make instances of. */
export function accountRoom(deps: AccountDeps): typeof AccountRoom {
  return class extends AccountRoom {
    static override readonly deps = deps;
    // Colyseus calls it without its class.
    static override readonly onAuth = admission(deps.accounts, { roles: ROLES });
  };
}
