import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { keyHash } from '../fairness/merkle.ts';
import { serverSeed } from '../fairness/seed.ts';
import { hiddenRecord, verificationRecord } from '../fairness/verification.ts';
import { findPayTable } from '../games/andar-bahar/pay-tables.ts';
import { findPublicRound, type PublicRound } from '../games/andar-bahar/store.ts';
import type { RoundId } from '../ids.ts';
import { toWire } from '../money.ts';
import { refuse } from '../refusal.ts';
import { closedWindows, findRoundBook } from '../rounds/store.ts';
import { findPublicVoid } from '../rounds/void-store.ts';
import { acceptedKeys } from '../wallet/reads.ts';
import { publicRoute, type Route } from './route.ts';
import { WireRound, WireVerification, wireRound } from './wire-round.ts';

const RoundParams = z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as RoundId) });

/** What is public of a round; open to everybody, so that anybody can check it. */
export function roundRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    publicRoute(
      {
        method: 'get',
        path: '/rounds/:id',
        summary: 'The public record of a round. Cards, sums and seed are null until there is a result.',
        params: RoundParams,
        answer: WireRound,
      },
      async ({ params }) => {
        const round = await findPublicRound(database, params.id);
        if (round === null) return refuse('NOT_FOUND');
        return { ...wireRound(round), void: await wireVoid(database, round) };
      },
    ),
    publicRoute(
      {
        method: 'get',
        path: '/rounds/:id/verification',
        summary: 'Everything needed to deal a round again: commitment, seed, hashes of the keys of all bets, deck.',
        params: RoundParams,
        answer: WireVerification,
      },
      async ({ params }) => {
        const round = await findPublicRound(database, params.id);
        if (round === null) return refuse('NOT_FOUND');
        if (round.serverSeed === null) return hiddenRecord(round.roundId, round.commitment);
        return revealed(database, round, round.serverSeed);
      },
    ),
  ];
}

async function revealed(database: Database, { roundId, payTable }: PublicRound, seedHex: string) {
  const table = findPayTable(payTable);
  if (table === undefined) throw new Error(`round ${roundId} was played under pay table ${payTable}, which is gone`);
  const windows = await closedWindows(database, roundId);
  const keys = await acceptedKeys(database, await findRoundBook(database, roundId), windows.at(-1)?.lastBatch ?? 0);
  const keyHashesByWindow = table.windows.map((_, index) =>
    keys.filter(({ window }) => window === index + 1).map(({ key }) => keyHash(key)),
  );
  const seed = serverSeed(Buffer.from(seedHex, 'hex'));
  return verificationRecord({ seed, roundId, table, keyHashesByWindow });
}

/** A void is public: who wanted it and why, what went back, and what the round would have come to (DESIGN 6). */
async function wireVoid(database: Database, round: PublicRound) {
  const found = await findPublicVoid(database, round.roundId);
  if (found === null || round.serverSeed === null) return null;
  const { andarCards, baharCards, winningSide, decidingCard } = await revealed(database, round, round.serverSeed);
  return {
    ...found,
    voidedAt: found.voidedAt.toISOString(),
    refunded: toWire(found.refunded),
    wouldHaveBeen: { andarCards, baharCards, winningSide, cardsDealt: decidingCard },
  };
}
