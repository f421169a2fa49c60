import type { Database, Queries } from '../../db/pool.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import { deterministicKey } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Minor, minor } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import { askUntilKnown, type Wallet } from '../rounds/insist.ts';
import { ACTIVE_GRANTS_MAX, type BonusTerms, type GrantId } from '../wallet/bonus.ts';
import { type Accepted, type EndBonus, type GrantBonus, SYSTEM } from '../wallet/command.ts';
import { type Award, type AwardId, expiresAt, isStale, nextStep, type Step } from './award.ts';
import { forfeitedBy } from './reads.ts';
import {
  findAward,
  lockAward,
  lockPerson,
  placesTaken,
  recordAsked,
  recordCancelled,
  recordEnded,
  recordGrant,
} from './store.ts';

export interface FinishDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channels: Channels;
  /** Aborted when the process stops: what is not finished then is finished by the next. */
  readonly signal: AbortSignal;
}

/** How long one step waits for the wallet; the next sweep goes on. */
const PATIENCE_MS = 3_000;

/** Whatever else the wallet says, only a bug can be the reason. */
const REFUSALS_OF_GRANTS: ReadonlySet<string> = new Set(['SELF_EXCLUDED', 'ABOVE_MAXIMUM']);

/** Whether it was done: what has to wait is left to a later time. */
type Act = (deps: FinishDeps, award: Award) => Promise<boolean>;
const STEPS: Readonly<Record<Step, Act>> = { ask, drop, grant, end };

/**
 * Takes every step of an award that needs nobody's decision. Each is durable before the next, asks under a key that
 * follows from the row, and is recorded only where it was not yet: so it may be stopped anywhere, and be repeated.
 */
export async function finish(deps: FinishDeps, id: AwardId): Promise<void> {
  for (;;) {
    const award = await findAward(deps.database, id);
    const step = award && nextStep(award);
    if (!step || !(await STEPS[step](deps, award))) return;
  }
}

/**
 * Resolves that the wallet will be asked, which it then is, come what may: while there is room, one award of a player
 * after the other. Without it the wallet would refuse, and for good.
 */
async function ask({ database, clock }: FinishDeps, { id, userId }: Award): Promise<boolean> {
  return database.transaction(async (tx) => {
    await lockPerson(tx, userId);
    const award = await lockAward(tx, id);
    if (award === null || nextStep(award) !== 'ask') return true;
    const now = new Date(clock.now());
    if (isStale(award, now.getTime())) return recordCancelled(tx, id, now);
    if ((await placesTaken(tx, award)) >= ACTIVE_GRANTS_MAX) return false;
    await recordAsked(tx, id, now);
    return true;
  });
}

async function drop({ database, clock }: FinishDeps, { id }: Award): Promise<boolean> {
  await recordCancelled(database, id, new Date(clock.now()));
  return true;
}

async function grant(deps: FinishDeps, award: Award): Promise<boolean> {
  const { id, userId, amount, currency } = award;
  const identified = { origin: SYSTEM, key: deterministicKey('bonus', id), request: `bonus ${id} ${amount}` };
  const owner = { owner: userId, currency, amount, terms: termsOf(award) };
  const command: GrantBonus = { kind: 'grantBonus', ...identified, ...owner };
  const answer = await askUntilKnown(deps.wallet, deps.clock, command, patience(deps));
  if (!answer.ok && !REFUSALS_OF_GRANTS.has(answer.code)) throw new Error(`the wallet refuses ${id}: ${answer.code}`);
  const said = answer.ok ? { grant: answer.seq as GrantId } : { refusal: answer.code as RefusalCode };
  const isFirst = await recordGrant(deps.database, id, said, new Date(deps.clock.now()));
  if (isFirst && answer.ok) {
    tellBalance(deps.channels, userId, answer.balance, { change: amount, reason: 'BONUS_GRANTED' });
  }
  return true;
}

function termsOf(award: Award): BonusTerms {
  const { requirement, maxStake, contributions } = award;
  return { requirement, expiresAt: expiresAt(award), maxStake, contributions };
}

/** NOT_OPEN is an answer as well: it was over before. */
async function end(deps: FinishDeps, award: Award): Promise<boolean> {
  const { id, userId, currency, grant: bonus, ending } = award;
  if (bonus === null || ending === null) throw new Error(`award ${id} has nothing to end`);
  const as = ending === 'DECLINED' ? 'declined' : 'cancelled';
  const identified = { origin: SYSTEM, key: deterministicKey('no bonus', id), request: `${as} ${id}` };
  const command: EndBonus = { kind: 'endBonus', ...identified, owner: userId, currency, grant: bonus, as };
  const ended = await endBonus(deps, command);
  if ((await recordEnded(deps.database, id)) && ended !== null) await tellEnd(deps, command, ended);
  return true;
}

/** Null where it was over already. Throws where the wallet says anything else: only a bug can be the reason. */
export async function endBonus(deps: FinishDeps, command: EndBonus): Promise<Accepted | null> {
  const answer = await askUntilKnown(deps.wallet, deps.clock, command, patience(deps));
  if (answer.ok) return answer;
  if (answer.code === 'NOT_OPEN') return null;
  throw new Error(`the wallet refuses to end bonus ${command.grant}: ${answer.code}`);
}

/** To the player, with what was lost by it. After the commit. */
export async function tellEnd(
  { database, channels }: { readonly database: Queries; readonly channels: Channels },
  { owner }: EndBonus,
  ended: Accepted,
): Promise<void> {
  const lost: Minor = await forfeitedBy(database, ended);
  tellBalance(channels, owner, ended.balance, { change: minor(-lost), reason: 'BONUS_ENDED' });
}

function patience({ signal }: FinishDeps): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
}
