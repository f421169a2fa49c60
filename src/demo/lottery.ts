import type { Database } from '../../db/pool.ts';
import type { Identity } from '../accounts/identity.ts';
import { findByUsername } from '../accounts/store.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { DEFAULT_MULTIPLIERS } from '../games/lottery/payout.ts';
import { nextDraw } from '../games/lottery/schedule.ts';
import type { SessionId } from '../ids.ts';
import type { Lottery } from '../lottery/lottery.ts';
import { DEFAULT_TERMS } from '../lottery/phase-row.ts';
import { newestPhases } from '../lottery/phase-store.ts';
import { isRefusal } from '../refusal.ts';
import { DEMO_MASTER } from './people.ts';

export interface DemoPhaseDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly config: Pick<Config, 'drawSchedule'>;
  readonly lottery: Pick<Lottery, 'create'>;
}

/** A phase that takes slips until the next draw, where there is none that does; call it after the accounts. */
export async function ensureDemoPhase({ database, clock, config, lottery }: DemoPhaseDeps): Promise<void> {
  if ((await newestPhases(database, { status: 'OPEN' }, 1)).length > 0) return;
  const master = await findByUsername(database, DEMO_MASTER);
  if (master === undefined) return;
  const { name, at } = nextDraw(clock.now(), config.drawSchedule);
  const { straight: straightMultiplier, permutation: permutationMultiplier } = DEFAULT_MULTIPLIERS;
  const wish = { ...DEFAULT_TERMS, name, endsAt: new Date(at), straightMultiplier, permutationMultiplier };
  // The act is that of a person, without a session of theirs.
  const by: Identity = { userId: master.id, role: 'MASTER', sessionId: '' as SessionId, expiresAt: 0 };
  const phase = await lottery.create(by, wish);
  if (isRefusal(phase)) throw new Error(`the demo's phase was refused: ${phase.message}`);
}
