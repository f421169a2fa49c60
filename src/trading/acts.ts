import { isDeepStrictEqual } from 'node:util';
import type { Queries } from '../../db/pool.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type DeskId, type DeskRow, targetOfDesk } from './desk-row.ts';
import { findDesk, lockDesk, updatePause, updateSettings } from './desk-store.ts';
import { type DeskSettings, judgeSettings, wireSettings } from './settings.ts';

type Act = Promise<Done<DeskRow> | Refusal>;

/** Takes nothing new from now on; what is open can be closed, and ends by itself. NOT_FOUND, ALREADY_DECIDED. */
export function pauseDesk(tx: Queries, id: DeskId, reason: string): Act {
  return setPaused(tx, id, true, reason);
}

/** Takes business again. NOT_FOUND; ALREADY_DECIDED where it is not paused. */
export function resumeDesk(tx: Queries, id: DeskId, reason: string): Act {
  return setPaused(tx, id, false, reason);
}

/** Counts for what is opened from now on; open trades keep their terms. NOT_FOUND, INVALID_REQUEST, ALREADY_DECIDED. */
export async function changeDesk(tx: Queries, id: DeskId, settings: DeskSettings, reason: string): Act {
  const desk = await lockDesk(tx, id);
  if (desk === null) return refuse('NOT_FOUND');
  const judged = judgeSettings(settings);
  if (isRefusal(judged)) return judged;
  const [before, after] = [wireSettings(desk.settings), wireSettings(settings)];
  if (isDeepStrictEqual(before, after)) return refuse('ALREADY_DECIDED', 'The desk is like that already.');
  await updateSettings(tx, id, settings);
  return done(tx, id, { action: 'desk.change', before, after, reason });
}

async function setPaused(tx: Queries, id: DeskId, paused: boolean, reason: string): Act {
  const desk = await lockDesk(tx, id);
  if (desk === null) return refuse('NOT_FOUND');
  if ((desk.pauseReason !== null) === paused) {
    return refuse('ALREADY_DECIDED', paused ? 'The desk is paused already.' : 'The desk is not paused.');
  }
  await updatePause(tx, id, paused ? reason : null);
  const action = paused ? 'desk.pause' : 'desk.resume';
  return done(tx, id, { action, before: { paused: !paused }, after: { paused }, reason });
}

async function done(tx: Queries, id: DeskId, entry: Omit<Done<DeskRow>['entry'], 'target'>): Act {
  const answer = await findDesk(tx, id);
  if (answer === null) throw new Error(`desk ${id} is gone`);
  return { answer, entry: { ...entry, target: targetOfDesk(id) } };
}
