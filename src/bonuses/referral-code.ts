import { randomInt } from 'node:crypto';
import type { Queries } from '../../db/pool.ts';
import { claimReferralCode, findReferralCode } from '../accounts/store.ts';
import type { UserId } from '../ids.ts';

/** None that looks like another. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** 60 bits: nobody guesses one, and no two are the same. */
const LENGTH = 12;

/** A user's referral code; made the first time it is asked for, the same from then on. */
export async function referralCodeOf(queries: Queries, userId: UserId): Promise<string> {
  return (await findReferralCode(queries, userId)) ?? claimReferralCode(queries, userId, newCode());
}

function newCode(): string {
  return Array.from({ length: LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
}
