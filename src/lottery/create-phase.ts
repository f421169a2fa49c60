import { randomBytes } from 'node:crypto';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { sealSeed } from '../fairness/sealed-seed.ts';
import { ALGORITHM_VERSION, commitmentOf, newServerSeed } from '../fairness/seed.ts';
import { judgeMultipliers } from '../games/lottery/rtp.ts';
import { type PhaseId, type UserId, uuid7 } from '../ids.ts';
import { INR, toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { LotteryDeps } from './deps.ts';
import { type PhaseTerms, targetOf } from './phase-row.ts';
import { insertPhase, lockOpenPhase, recordClosed } from './phase-store.ts';

/** What an admin asks for. */
export interface PhaseWish extends PhaseTerms {
  /** Refused above 0, see `createPhase`. */
  readonly permutationMultiplier: number;
  readonly reason?: string | undefined;
}

export interface CreatedPhase {
  readonly created: PhaseId;
  /** The one that was open before. */
  readonly closed: PhaseId | null;
}

/** A year and a day. */
const AHEAD_MS_MAX = 366 * 86_400_000;

/** Two people who make a phase at once wait for each other. */
const CREATE_LOCK = 0x6c_6f_74_74;

/**
 * Makes a phase that takes slips from now on; one that does so already is closed (S3-19). INVALID_REQUEST for an end
 * that is not ahead or more than a year away, for multipliers that return 100 % or more with the commission, and for
 * any on permutations: several numbers would win together, and the ledger reserves for the worst one alone.
 * ALREADY_DECIDED where the one that is open has this name and end: the same request came twice, and its slips are not
 * to be cut off.
 */
export async function createPhase(
  tx: Queries,
  deps: Pick<LotteryDeps, 'sealingKey' | 'randomBytes'>,
  { permutationMultiplier, reason, ...terms }: PhaseWish,
  by: UserId,
  at: Date,
): Promise<Done<CreatedPhase> | Refusal> {
  const { straightMultiplier, commission, endsAt, minStake, maxStake } = terms;
  if (permutationMultiplier !== 0) {
    return wrong('permutationMultiplier', 'must be 0: several numbers would win together, more than is reserved');
  }
  const sound = judgeMultipliers({ straight: straightMultiplier, permutation: permutationMultiplier }, commission);
  if (isRefusal(sound)) return wrong('straightMultiplier', sound.message);
  if (endsAt <= at) return wrong('endDate', 'must be ahead');
  if (endsAt.getTime() > at.getTime() + AHEAD_MS_MAX) return wrong('endDate', 'must be within a year');
  if (maxStake < minStake) return wrong('maxStake', 'is less than minStake');
  await tx.query(sql.type(z.object({}))`select pg_advisory_xact_lock(${CREATE_LOCK})::text`);
  const before = await lockOpenPhase(tx);
  if (before?.name === terms.name && before.endsAt.getTime() === endsAt.getTime()) {
    return refuse('ALREADY_DECIDED', 'A phase of this name and end is open.');
  }
  if (before !== null) await recordClosed(tx, before.id, by, at);
  const id = uuid7<PhaseId>(at.getTime());
  const seed = terms.draw === 'provable' ? newSeed(deps, id) : null;
  await insertPhase(tx, { ...terms, id, currency: INR, startsAt: at, createdBy: by, seed });
  const after = { ...wordsOf(terms), ...(before !== null && { closes: before.id }) };
  const answer = { created: id, closed: before?.id ?? null };
  const entry = { action: 'phase.create', target: targetOf(id), after };
  return { answer, entry: { ...entry, ...(reason !== undefined && { reason }) } };
}

/** Committed to before there is a slip; nobody reads it before the draw. */
function newSeed(deps: Pick<LotteryDeps, 'sealingKey' | 'randomBytes'>, id: PhaseId) {
  const seed = newServerSeed(deps.randomBytes ?? randomBytes);
  const sealed = sealSeed(deps.sealingKey, id, seed);
  return { commitment: commitmentOf(seed), sealed, algorithmVersion: ALGORITHM_VERSION };
}

function wordsOf(terms: PhaseTerms) {
  const { name, endsAt, overLimit, straightMultiplier, commission, draw } = terms;
  return {
    ...{ name, endDate: endsAt.toISOString(), overLimit, straightMultiplier, commission, draw },
    globalLimit: toWire(terms.globalLimit),
    minStake: toWire(terms.minStake),
    maxStake: toWire(terms.maxStake),
    exposureCap: toWire(terms.exposureCap),
  };
}

function wrong(path: string, message: string): Refusal {
  return refuse('INVALID_REQUEST', `${path} ${message}`, [{ path, message }]);
}
