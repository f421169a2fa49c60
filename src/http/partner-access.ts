import type { Request, Response } from 'express';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import type { Scope } from '../partners/api-key-store.ts';
import { openKey } from '../partners/api-keys.ts';
import { findPartner, findPartnerOf, type Partner } from '../partners/partner.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { contextOf } from './request-context.ts';
import { guard } from './route.ts';

/** Whose access token opens what is a partner's own. */
export const PARTNER = ['PARTNER'] as const;

export interface PartnerAccessDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** Lets in by the header `X-Api-Key` of this scope, or by the access token of a PARTNER. NOT_FOUND without terms. */
export function partnerAccess({ database, clock }: PartnerAccessDeps, scope: Scope) {
  return async (request: Request, response: Response): Promise<{ readonly caller: Partner } | Refusal> => {
    const key = request.get('X-Api-Key');
    if (key === undefined) {
      const identity = guard(response, PARTNER);
      return isRefusal(identity) ? identity : ownPartner(database, identity.userId);
    }
    const opened = await openKey(database, key, { ip: contextOf(response).ip, scope, now: clock.now() });
    if (isRefusal(opened)) return opened;
    const caller = await findPartner(database, opened.partnerId);
    return caller === null ? refuse('UNAUTHORIZED') : { caller };
  };
}

/** By the access token alone: keys make no keys, and tell nobody where to send anything. */
export function partnerTokenAccess(database: Database) {
  return async (_request: Request, response: Response): Promise<{ readonly caller: Partner } | Refusal> => {
    const identity = guard(response, PARTNER);
    return isRefusal(identity) ? identity : ownPartner(database, identity.userId);
  };
}

async function ownPartner(
  database: Database,
  userId: Partner['userId'],
): Promise<{ readonly caller: Partner } | Refusal> {
  const caller = await findPartnerOf(database, userId);
  return caller === null ? refuse('NOT_FOUND', 'Nothing is agreed with this partner yet.') : { caller };
}
