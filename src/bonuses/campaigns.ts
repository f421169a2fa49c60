import type { Queries } from '../../db/pool.ts';
import type { Json } from '../backoffice/audit-line.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { counts } from '../backoffice/house.ts';
import { type UserId, uuid7 } from '../ids.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { ALL_GAMES, type Campaign, type CampaignId, type CampaignTerms, problemOf } from './campaign.ts';
import { allCampaigns, insertCampaign, lockCampaigns, unknownGames, updateCampaign } from './campaign-store.ts';
import { enterMissed } from './enter.ts';
import { wireTerms } from './wire-campaign.ts';

/** `startsAt` undefined: from now on. */
export type NewCampaign = Pick<Campaign, 'kind' | 'oncePerPlayer'> &
  Omit<CampaignTerms, 'startsAt'> & { readonly startsAt: Date | undefined; readonly enabled?: boolean | undefined };
export type CampaignChange = Partial<CampaignTerms & { readonly enabled: boolean }>;

interface By {
  readonly by: UserId;
  readonly now: Date;
  readonly reason?: string | undefined;
}
type Act = Promise<Done<Campaign> | Refusal>;

/**
 * Sets a campaign up. What gives by itself is off until another person turns it on: money out of nothing takes two
 * people. INVALID_REQUEST where it cannot be, its name is taken; SAME_PERSON where it should be on at once.
 */
export async function createCampaign(tx: Queries, wish: NewCampaign, { by, now, reason }: By): Act {
  await lockCampaigns(tx);
  const { startsAt = now, enabled = wish.kind === 'MANUAL', ...terms } = wish;
  const made = { id: uuid7<CampaignId>(now.getTime()), createdAt: now, changedBy: by, changedAt: now };
  const campaign: Campaign = { ...terms, ...made, startsAt, enabledAt: enabled ? now : null };
  const refusal =
    problemOf(campaign) ?? problemAmong(campaign, await allCampaigns(tx)) ?? (await problemOfGames(tx, campaign));
  if (refusal) return refusal;
  if (enabled && givesByItself(campaign)) return refuse('SAME_PERSON', TWO_PEOPLE);
  await insertCampaign(tx, campaign);
  const after = { kind: campaign.kind, oncePerPlayer: campaign.oncePerPlayer, ...wireTerms(campaign) };
  return done(campaign, { action: 'bonus.campaign.create', after, ...(reason !== undefined && { reason }) });
}

/**
 * Changes a campaign for the future: what has been awarded stays, and what has happened before is awarded first, under
 * the terms of its time. Turned on again it is for what happens from then on. What gives by itself is off once its
 * terms are other ones, and turned on by another person than who set them last, or it is SAME_PERSON; NOT_OPEN where
 * that person's word does not count any more. NOT_FOUND, INVALID_REQUEST where it cannot be or another cashback is on,
 * ALREADY_DECIDED where it is like that already.
 */
export async function changeCampaign(
  tx: Queries,
  id: CampaignId,
  change: CampaignChange,
  { by, now, reason }: By,
): Act {
  await lockCampaigns(tx);
  const campaigns = await allCampaigns(tx);
  const campaign = campaigns.find((each) => each.id === id);
  if (campaign === undefined) return refuse('NOT_FOUND');
  const { enabled, ...terms } = change;
  const enabledAt = (enabled ?? campaign.enabledAt !== null) ? (campaign.enabledAt ?? now) : null;
  const wanted: Campaign = { ...campaign, ...terms, enabledAt };
  const isOther = hasOtherTerms(campaign, wanted);
  const isOnItsOwn = isOther && givesByItself(campaign);
  const changed = {
    ...wanted,
    ...(isOther && { changedBy: by, changedAt: now }),
    ...(isOnItsOwn && { enabledAt: null }),
  };
  const refusal = problemOf(changed) ?? problemAmong(changed, campaigns) ?? (await problemOfGames(tx, changed));
  if (refusal) return refusal;
  const [before, after] = differences(campaign, changed);
  if (Object.keys(after).length === 0) return refuse('ALREADY_DECIDED', 'The campaign is like that already.');
  const turnsOn = enabled === true && (isOnItsOwn || campaign.enabledAt === null);
  if (turnsOn && givesByItself(campaign)) {
    if (isOnItsOwn || campaign.changedBy === by) return refuse('SAME_PERSON', TWO_PEOPLE);
    if (!(await counts(tx, { by: campaign.changedBy, at: campaign.changedAt })))
      return refuse('NOT_OPEN', CHANGE_FIRST);
  }
  if (campaign.enabledAt !== null) await enterMissed(tx, campaign, now);
  await updateCampaign(tx, changed);
  return done(changed, { action: 'bonus.campaign.change', before, after, ...(reason !== undefined && { reason }) });
}

const TWO_PEOPLE = 'Another person has to turn on what gives by itself.';
const CHANGE_FIRST =
  'Who has set these terms may not any more, or was frozen since; somebody has to change them first.';

/** Nobody decides each time: whoever set it up alone could pay themselves by it. */
function givesByItself({ kind }: Campaign): boolean {
  return kind !== 'MANUAL';
}

/** What it is called is no term, nor whether it is on. */
function hasOtherTerms(before: Campaign, after: Campaign): boolean {
  const { name, enabledAt } = before;
  return JSON.stringify(wireTerms(before)) !== JSON.stringify(wireTerms({ ...after, name, enabledAt }));
}

/** What a campaign cannot be beside the others that there are. */
function problemAmong({ id, name, kind, enabledAt }: Campaign, campaigns: readonly Campaign[]): Refusal | null {
  const others = campaigns.filter((other) => other.id !== id);
  if (others.some((other) => other.name === name)) return wrong('name', 'is taken');
  if (kind !== 'CASHBACK' || enabledAt === null) return null;
  const isSecond = others.some((other) => other.kind === 'CASHBACK' && other.enabledAt !== null);
  return isSecond ? wrong('enabled', 'there is another cashback that is on: a loss is paid for once') : null;
}

/** Where there is no such table a bonus could never be played, and nobody would know why. */
async function problemOfGames(tx: Queries, { contributions }: Campaign): Promise<Refusal | null> {
  const unknown = await unknownGames(
    tx,
    [...contributions.keys()].filter((game) => game !== ALL_GAMES),
  );
  const details = unknown.map((game) => ({ path: `contributions.${game}`, message: 'there is no such table' }));
  return details.length === 0 ? null : refuse('INVALID_REQUEST', undefined, details);
}

function wrong(path: string, message: string): Refusal {
  return refuse('INVALID_REQUEST', undefined, [{ path, message }]);
}

function differences(before: Campaign, after: Campaign): readonly [Json & object, Json & object] {
  const [was, is] = [wireTerms(before), wireTerms(after)];
  const names = (Object.keys(is) as (keyof typeof is)[]).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const only = (of: typeof is) => Object.fromEntries(names.map((name) => [name, of[name]]));
  return [only(was), only(is)];
}

function done(campaign: Campaign, entry: Omit<Done<Campaign>['entry'], 'target'>): Done<Campaign> {
  return { answer: campaign, entry: { ...entry, target: `campaign:${campaign.id}` } };
}
