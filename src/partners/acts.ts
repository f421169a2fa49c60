import type { Queries } from '../../db/pool.ts';
import { lockUser, updateRole } from '../accounts/store.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { referralCodeOf } from '../bonuses/referral-code.ts';
import { unstakedDeposits } from '../cashier/unstaked.ts';
import { type UserId, uuid7 } from '../ids.ts';
import { ZERO } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { CarryOver, PartnerId, Terms } from './commission.ts';
import { findPartner, lockPartner, type Partner } from './partner.ts';
import { slotFrom } from './slots.ts';
import { type Agreement, addPartner, recordAgreement } from './store.ts';

/** Play-through binds no partner, who can stake nowhere: it would be a way to take out what was never played. */
const UNSTAKED = 'They have a deposit that is undecided or still to be staked; a partner can stake nowhere.';

export interface PartnerWish extends Terms {
  readonly userId: UserId;
  readonly carryOver: CarryOver;
  readonly reason?: string | undefined;
}

/**
 * Makes somebody a partner: their account has the role from now on, and a code to bring players with. Refuses
 * NOT_FOUND, ALREADY_DECIDED where they are one, INVALID_REQUEST for a collector and for people of the house,
 * WAGERING_OPEN while they have a deposit that is undecided or still to be staked. Follow it with
 * `accounts.forgetUser`.
 */
export async function makePartner(tx: Queries, wish: PartnerWish, now: Date): Promise<Done<Partner> | Refusal> {
  const { userId, sharePercentage, commissionRate, carryOver, reason } = wish;
  const user = await lockUser(tx, userId);
  if (user === undefined) return refuse('NOT_FOUND');
  if (user.role !== 'PLAYER' && user.role !== 'PARTNER') {
    return refuse('INVALID_REQUEST', `Somebody who is ${user.role} cannot be a partner.`);
  }
  if (user.role === 'PLAYER' && (await unstakedDeposits(tx, userId)) > ZERO) return refuse('WAGERING_OPEN', UNSTAKED);
  const id = uuid7<PartnerId>(now.getTime());
  if (!(await addPartner(tx, { ...wish, id, createdAt: now }))) {
    return refuse('ALREADY_DECIDED', 'They are a partner already.');
  }
  if (user.role !== 'PARTNER') await updateRole(tx, userId, 'PARTNER');
  await referralCodeOf(tx, userId);
  const after = { userId, role: 'PARTNER', sharePercentage, commissionRate, carryOver };
  const entry = { action: 'partner.create', target: targetOf(id), before: { role: user.role }, after };
  return { answer: await found(tx, id), entry: { ...entry, ...(reason !== undefined && { reason }) } };
}

export type AgreementChange = { readonly [Name in keyof Agreement]?: Agreement[Name] | undefined };

/**
 * Agrees on something else, from the next quarter of an hour on; a carry-over from the next month on, as losses are of
 * months. Whoever is suspended earns nothing meanwhile. Refuses NOT_FOUND, SAME_PERSON to partners who have become
 * admins, ALREADY_DECIDED where it is like that.
 */
export async function changePartner(
  tx: Queries,
  id: PartnerId,
  change: AgreementChange,
  { by, now, reason }: { readonly by: UserId; readonly now: Date; readonly reason: string | undefined },
): Promise<Done<Partner> | Refusal> {
  const partner = await lockPartner(tx, id);
  if (partner === null) return refuse('NOT_FOUND');
  if (partner.userId === by) return refuse('SAME_PERSON', 'Somebody else has to agree with you.');
  const before = agreementOf(partner);
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const after: Agreement = { ...before, ...given };
  const names = (Object.keys(before) as (keyof Agreement)[]).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return refuse('ALREADY_DECIDED', 'It is agreed like that already.');
  await recordAgreement(tx, id, after, new Date(slotFrom(now.getTime())));
  const only = (of: Agreement) => Object.fromEntries(names.map((name) => [name, of[name]]));
  const entry = { action: 'partner.change', target: targetOf(id), before: only(before), after: only(after) };
  return { answer: await found(tx, id), entry: { ...entry, ...(reason !== undefined && { reason }) } };
}

function agreementOf({ sharePercentage, commissionRate, carryOver, status }: Partner): Agreement {
  return { sharePercentage, commissionRate, carryOver, status };
}

async function found(tx: Queries, id: PartnerId): Promise<Partner> {
  const partner = await findPartner(tx, id);
  if (partner === null) throw new Error(`partner ${id} is gone`);
  return partner;
}

/** What the acts of the house are done to, in the audit log. */
export function targetOf(id: PartnerId): string {
  return `partner:${id}`;
}
