import type { Queries } from '../../db/pool.ts';
import type { Identity } from '../accounts/identity.ts';
import { findUser, type User } from '../accounts/store.ts';
import type { Done } from '../backoffice/backoffice.ts';
import type { Key, UserId } from '../ids.ts';
import { formatMoney, INR, type Minor, minor, toWire, wageringOf } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type Award, targetOf } from './award.ts';
import type { Campaign, CampaignId } from './campaign.ts';
import { holdCampaign } from './campaign-store.ts';
import { newAward } from './enter.ts';
import { givenRef, promiseFor } from './occasion.ts';
import { givenSince, insertAward, lockPerson } from './store.ts';

/** What a person of the house wants to hand out. */
export interface Gift {
  readonly campaign: CampaignId;
  readonly userId: UserId;
  readonly amount: Minor;
  readonly reason: string;
  readonly key: Key;
}

/**
 * Puts a gift on record, under its giver's key, refusals by the rules included: a delayed duplicate must not succeed
 * after somebody was told no. Money out of nothing takes two people: whoever set the campaign's terms last does
 * not hand out from it (SAME_PERSON), nor anybody to themselves. NOT_FOUND for a campaign or a player that there is
 * not, INVALID_REQUEST for one of another kind, ABOVE_MAXIMUM beyond what the campaign allows or the giver's budget of
 * 24 hours, ALREADY_DECIDED where this very moment put something under the key.
 */
export async function give(
  tx: Queries,
  { userId: by }: Identity,
  gift: Gift,
  { budget, now }: { readonly budget: Minor; readonly now: Date },
): Promise<Done<Award> | Refusal> {
  if (gift.userId === by) return refuse('SAME_PERSON', 'Nobody gives a bonus to themselves.');
  const campaign = await holdCampaign(tx, gift.campaign);
  if (campaign === null) return refuse('NOT_FOUND', 'There is no such campaign.');
  if (campaign.kind !== 'MANUAL')
    return refuse('INVALID_REQUEST', `What ${campaign.kind} gives follows from its rules.`);
  const player = await findUser(tx, gift.userId);
  if (player?.role !== 'PLAYER') return refuse('NOT_FOUND', 'There is no such player.');
  await lockPerson(tx, by);
  const ruling = rulingOn(campaign, player, gift, { by, now }) ?? (await rulingOnBudget(tx, gift, { by, budget, now }));
  const refused = ruling && ({ status: 'REFUSED', refusal: ruling.code, explanation: ruling.message } as const);
  const award = { ...awardOf(campaign, gift, by, now), ...refused };
  if (!(await insertAward(tx, award))) return refuse('ALREADY_DECIDED');
  const { id, userId, amount, requirement, status, refusal } = award;
  const after = { status, ...(refusal !== null && { refusal }), userId, requirement: toWire(requirement) };
  const action = refusal === null ? 'bonus.give' : 'bonus.give.refused';
  const entry = { action, target: targetOf(id), after: { ...after, campaign: campaign.id } };
  return { answer: award, entry: { ...entry, reason: gift.reason, amount: toWire(amount) } };
}

function rulingOn(
  campaign: Campaign,
  player: User,
  { userId, amount, key }: Gift,
  { by, now }: { readonly by: UserId; readonly now: Date },
): Refusal | null {
  if (campaign.changedBy === by) return refuse('SAME_PERSON');
  if (player.status === 'frozen') return refuse('ACCOUNT_FROZEN');
  const promised = promiseFor(campaign, { kind: 'MANUAL', userId, amount, givenBy: by, key, atMs: now.getTime() });
  if (typeof promised !== 'string') return null;
  const most = formatMoney(campaign.maxAmount, INR);
  return promised === 'ABOVE_MAXIMUM'
    ? refuse(promised, `A gift of this campaign is at most ${most}.`)
    : refuse(promised);
}

const DAY_MS = 86_400_000;

/** Whoever has one accomplice could hand out any amount, in gifts that are small enough each. */
async function rulingOnBudget(
  tx: Queries,
  { amount }: Gift,
  { by, budget, now }: { readonly by: UserId; readonly budget: Minor; readonly now: Date },
): Promise<Refusal | null> {
  const given = await givenSince(tx, by, new Date(now.getTime() - DAY_MS));
  if (given + amount <= budget) return null;
  const left = minor(given < budget ? budget - given : 0n);
  const [most, rest] = [budget, left].map((each) => formatMoney(each, INR));
  return refuse('ABOVE_MAXIMUM', `One person gives at most ${most} within 24 hours; you have ${rest} left.`);
}

/** As it would be, whether or not the rules allow it. */
function awardOf(campaign: Campaign, { userId, amount, reason, key }: Gift, by: UserId, now: Date): Award {
  const { wagering, validDays, maxStake, contributions } = campaign;
  const terms = { requirement: wageringOf(amount, wagering), validDays, maxStake, contributions };
  const award = newAward(campaign, { userId }, { ...terms, amount, ref: givenRef(by, key) }, now);
  return { ...award, givenBy: by, reason };
}

/** Whether an award is what this gift asks for. */
export function isOf({ campaign, userId, amount, reason }: Award, gift: Gift): boolean {
  return campaign === gift.campaign && userId === gift.userId && amount === gift.amount && reason === gift.reason;
}
