import { z } from 'zod';
import { askForVoid, type VoidsDeps } from '../backoffice/voids.ts';
import type { RoundId } from '../ids.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

/** Taking a round back: two people of the house, while its first window is open. */
export function voidRoutes(deps: VoidsDeps): readonly Route[] {
  return [
    guardedRoute(
      ['ADMIN', 'MASTER'],
      {
        method: 'post',
        path: '/admin/rounds/:id/void',
        refuses: ['ALREADY_DECIDED', 'NOT_OPEN', 'SAME_PERSON', 'UNKNOWN_OUTCOME'],
        summary: 'Asks for a void, or, as the second person, carries it out: every stake of the round goes back.',
        params: z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as RoundId) }),
        body: z.strictObject({ reason: Reason }),
        answer: z.strictObject({
          ok: z.literal(true),
          status: z.enum(['requested', 'voided']),
          roundId: z.uuid(),
          refunded: z.int().optional().describe('minor units'),
        }),
      },
      ({ identity, params, body }) => askForVoid(deps, identity, { roundId: params.id, reason: body.reason }),
    ),
  ];
}
