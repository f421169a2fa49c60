import { z } from 'zod';
import { type ApiKeyId, keysOf, revokeKey, SCOPES } from '../partners/api-key-store.ts';
import { createKey, isNetwork } from '../partners/api-keys.ts';
import { WireApiKey, wireApiKey } from '../partners/wire-partner.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { PARTNER, type PartnerAccessDeps, partnerTokenAccess } from './partner-access.ts';
import { Name } from './plain-text.ts';
import { admittedRoute, type Route } from './route.ts';

const NewKey = z.strictObject({
  name: Name(80),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['reports']),
  addresses: z
    .array(z.string().max(64).refine(isNetwork, 'must be an address or a network such as 192.0.2.0/24'))
    .max(50)
    .default([])
    .describe('from where it may be used; none: from anywhere'),
});

/** A partner's API keys: made, seen and revoked by their owner's access token alone. */
export function partnerKeyRoutes({ database, clock }: PartnerAccessDeps): readonly Route[] {
  const admit = partnerTokenAccess(database);
  return [
    admittedRoute(
      PARTNER,
      {
        method: 'post',
        path: '/partner/api-keys',
        summary: 'Makes a key for the header X-Api-Key. It is shown this once.',
        status: 201,
        body: NewKey,
        answer: WireApiKey.extend({ key: z.string() }),
      },
      admit,
      async ({ caller, body }) => {
        const made = await createKey(database, caller.id, body, clock.now());
        return isRefusal(made) ? made : { ...wireApiKey(made.stored), key: made.key };
      },
    ),
    admittedRoute(
      PARTNER,
      {
        method: 'get',
        path: '/partner/api-keys',
        summary: 'The own keys, the newest first, those that were revoked among them; the newest 200.',
        answer: z.strictObject({ items: z.array(WireApiKey), nextCursor: z.null() }),
      },
      admit,
      async ({ caller }) => ({ items: (await keysOf(database, caller.id)).map(wireApiKey), nextCursor: null }),
    ),
    admittedRoute(
      PARTNER,
      {
        method: 'delete',
        path: '/partner/api-keys/:id',
        summary: 'Revokes a key: it opens nothing any more.',
        params: z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as ApiKeyId) }),
        answer: z.strictObject({ ok: z.literal(true) }),
      },
      admit,
      async ({ caller, params }) =>
        (await revokeKey(database, caller.id, params.id, new Date(clock.now()))) ? { ok: true } : refuse('NOT_FOUND'),
    ),
  ];
}
