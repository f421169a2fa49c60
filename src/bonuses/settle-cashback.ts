import type { Queries } from '../../db/pool.ts';
import { INR, type Minor, ZERO } from '../money.ts';
import { allRanks } from '../vip/store.ts';
import type { Campaign } from './campaign.ts';
import { enabledCampaigns } from './campaign-store.ts';
import { cashbackOf, type Period, rankOf } from './cashback.ts';
import { beginPeriod, changedLosses, insertCashback } from './cashback-store.ts';
import { newAward } from './enter.ts';
import { promiseFor } from './occasion.ts';
import { FIRST_ID } from './occasion-store.ts';
import { insertAward } from './store.ts';

const PAGE = 1_000;

/**
 * Writes down what everybody has lost since the last time, and awards what comes back of it: a period once, all of it
 * in the caller's transaction. Without a campaign that ran when the period began there is a row all the same, over
 * nothing: what was lost then is not paid for later. A process that was away for several periods settles the last one,
 * with the losses of all. False where it is settled already.
 */
export async function settleCashback(tx: Queries, period: Period, now: Date): Promise<boolean> {
  if (!(await beginPeriod(tx, period.name, now))) return false;
  const ranks = await allRanks(tx);
  const [campaign = null] = await enabledCampaigns(tx, ['CASHBACK']);
  let after = FIRST_ID;
  for (;;) {
    const players = await changedLosses(tx, INR, after, PAGE);
    for (const { userId, role, xp, netLoss, previous } of players) {
      const { level, cashback: rate } = rankOf(ranks, xp);
      const loss = (netLoss - previous) as Minor;
      const due = role === 'PLAYER' ? cashbackOf(loss, { cashback: rate }) : ZERO;
      const paid = await award(tx, { campaign, userId, due, period, now });
      await insertCashback(tx, { userId, period: period.name, netLoss, loss, level, rate, ...paid });
    }
    const last = players.at(-1);
    if (last === undefined || players.length < PAGE) return true;
    after = last.userId;
  }
}

interface Due {
  readonly campaign: Campaign | null;
  readonly userId: Parameters<typeof insertCashback>[1]['userId'];
  readonly due: Minor;
  readonly period: Period;
  readonly now: Date;
}

async function award(tx: Queries, { campaign, userId, due, period, now }: Due) {
  const nothing = { amount: ZERO, award: null };
  if (campaign === null || due === 0n) return nothing;
  const occasion = { kind: 'CASHBACK', userId, amount: due, period: period.name, atMs: period.beginsAt } as const;
  const promised = promiseFor(campaign, occasion);
  if (typeof promised === 'string') return nothing;
  const made = newAward(campaign, occasion, promised, now);
  return (await insertAward(tx, made)) ? { amount: made.amount, award: made.id } : nothing;
}
