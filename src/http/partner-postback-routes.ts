import { z } from 'zod';
import { POSTBACK_EVENTS, type PostbackId } from '../partners/postback.ts';
import { findTarget, newestPostbacks, type SentPostback } from '../partners/postback-store.ts';
import type { Postbacks } from '../partners/postbacks.ts';
import { isRefusal } from '../refusal.ts';
import { PARTNER, type PartnerAccessDeps, partnerAccess, partnerTokenAccess } from './partner-access.ts';
import { admittedRoute, type Route } from './route.ts';

export interface PostbackRoutesDeps extends PartnerAccessDeps {
  readonly postbacks: Pick<Postbacks, 'set'>;
}

/** Not half a character: another would be kept in its place, and answered from then on. */
const PlainUrl = z
  .string()
  .max(500)
  .refine((url) => url.isWellFormed(), 'must be plain text');
const WirePostback = z.strictObject({
  id: z.uuid().describe('in the body as well: a repetition has the same'),
  event: z.enum(POSTBACK_EVENTS),
  ref: z.string().describe('what it is about: a player, the earnings of a round, a statement'),
  status: z.enum(['PENDING', 'DELIVERED', 'DEAD']),
  attempts: z.int(),
  answer: z.string().nullable().describe('what came of the last attempt'),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  deliveredAt: z.iso.datetime().nullable(),
});

/** Where a partner is told of things as they happen, and what became of each. */
export function partnerPostbackRoutes(deps: PostbackRoutesDeps): readonly Route[] {
  const { database, postbacks } = deps;
  const Target = z.strictObject({ url: z.string().nullable(), since: z.iso.datetime().nullable() });
  return [
    admittedRoute(
      PARTNER,
      {
        method: 'put',
        path: '/partner/postback',
        summary: 'Sets where registrations, first deposits and commissions are told. The secret is shown this once.',
        body: z.strictObject({ url: PlainUrl.nullable() }),
        answer: z.strictObject({ url: z.string().nullable(), secret: z.string().nullable() }),
      },
      partnerTokenAccess(database),
      async ({ caller, body: { url } }) => {
        const set = await postbacks.set(caller.id, url);
        return isRefusal(set) ? set : { url, secret: set.secret };
      },
    ),
    admittedRoute(
      PARTNER,
      {
        method: 'get',
        path: '/partner/postback',
        summary: 'Where one is told, and since when. By X-Api-Key as well.',
        answer: Target,
        byApiKey: true,
      },
      partnerAccess(deps, 'postbacks'),
      async ({ caller }) => {
        const { url, since } = await findTarget(database, caller.id);
        return { url, since: since?.toISOString() ?? null };
      },
    ),
    listRoute(deps),
  ];
}

function listRoute(deps: PostbackRoutesDeps): Route {
  return admittedRoute(
    PARTNER,
    {
      method: 'get',
      path: '/partner/postbacks',
      summary: 'What was told, or could not be, the newest first. By X-Api-Key as well.',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(50),
        cursor: z
          .uuid()
          .transform((id) => id.toLowerCase() as PostbackId)
          .optional(),
      }),
      answer: z.strictObject({ items: z.array(WirePostback), nextCursor: z.string().nullable() }),
      byApiKey: true,
    },
    partnerAccess(deps, 'postbacks'),
    async ({ caller, query: { limit, cursor } }) => {
      const found = await newestPostbacks(deps.database, caller.id, cursor, limit + 1);
      const items = found.slice(0, limit).map(wirePostback);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}

function wirePostback({ nextAt, createdAt, deliveredAt, ...sent }: SentPostback): z.input<typeof WirePostback> {
  return {
    ...sent,
    nextAttemptAt: sent.status === 'PENDING' ? nextAt.toISOString() : null,
    createdAt: createdAt.toISOString(),
    deliveredAt: deliveredAt?.toISOString() ?? null,
  };
}
