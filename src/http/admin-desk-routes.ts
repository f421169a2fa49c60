import { z } from 'zod';
import { DeskExposure } from '../../schema/trading.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Clock } from '../clock.ts';
import { findSymbol } from '../market/symbols.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { changeDesk, pauseDesk, resumeDesk } from '../trading/acts.ts';
import type { Desk } from '../trading/desk.ts';
import { DESK_MAIN, type DeskRow } from '../trading/desk-row.ts';
import { type Exposed, exposureOf } from '../trading/exposure.ts';
import { DeskSettings, wireSettings } from '../trading/settings.ts';
import { askForSymbolVoid } from '../trading/void-symbol.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminDeskDeps {
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly clock: Clock;
  readonly desk: Exposed['desk'] & Pick<Desk, 'refresh' | 'sweep'>;
  readonly market: Exposed['market'];
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Why = z.strictObject({ reason: Reason });
const Change = z.strictObject({ settings: DeskSettings, reason: Reason });
const WireDesk = z.strictObject({
  id: z.string(),
  currency: z.string(),
  paused: z.boolean(),
  pauseReason: z.string().nullable(),
  settings: z.unknown().describe('as they are sent to change them'),
  exposure: DeskExposure,
});

/** The trading desk as people of the house set it up. What they change is on record (`GET /admin/audit`). */
export function adminDeskRoutes(deps: AdminDeskDeps): readonly Route[] {
  const { backoffice, desk, market, clock } = deps;
  const wire = ({ id, currency, pauseReason, settings }: DeskRow): z.input<typeof WireDesk> => ({
    ...{ id, currency, paused: pauseReason !== null, pauseReason },
    ...{ settings: wireSettings(settings), exposure: exposureOf({ desk, market, clock }) },
  });
  const pausing = (verb: 'pause' | 'resume', summary: string, act: typeof pauseDesk) =>
    guardedRoute(
      HOUSE,
      {
        ...{ method: 'post', path: `/admin/games/${DESK_MAIN}/${verb}`, summary, body: Why, answer: WireDesk },
        refuses: ['NOT_FOUND', 'ALREADY_DECIDED'],
      },
      async ({ identity, body }) => {
        const changed = await backoffice.act(identity, (tx) => act(tx, DESK_MAIN, body.reason));
        if (isRefusal(changed)) return changed;
        await desk.refresh();
        return wire(changed);
      },
    );
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: `/admin/games/${DESK_MAIN}`,
        summary: 'The trading desk: its settings, and what the house has at risk on it.',
        answer: WireDesk,
      },
      async () => wire(desk.row),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: `/admin/games/${DESK_MAIN}`,
        summary: 'Changes the settings of the desk for whatever is opened from now on.',
        body: Change,
        answer: WireDesk,
        refuses: ['NOT_FOUND', 'ALREADY_DECIDED'],
      },
      async ({ identity, body: { settings, reason } }) => {
        const changed = await backoffice.act(identity, (tx) => changeDesk(tx, DESK_MAIN, settings, reason));
        if (isRefusal(changed)) return changed;
        await desk.refresh();
        return wire(changed);
      },
    ),
    symbolVoidRoute(deps),
    pausing('pause', 'Takes nothing new (GAME_PAUSED); what is open can be closed, and ends by itself.', pauseDesk),
    pausing('resume', 'Takes business again.', resumeDesk),
  ];
}

function symbolVoidRoute({ backoffice, clock, desk, market }: AdminDeskDeps): Route {
  return guardedRoute(
    HOUSE,
    {
      method: 'post',
      path: `/admin/games/${DESK_MAIN}/symbols/:symbol/void`,
      summary:
        'Two people give back the margins of all open trades of a symbol that has had no price for an hour from the ' +
        'feed that they were opened at.',
      params: z.strictObject({ symbol: z.string().max(32) }),
      body: Why,
      answer: z.strictObject({ symbol: z.string(), confirmations: z.int() }),
      refuses: ['ALREADY_DECIDED', 'SAME_PERSON'],
    },
    async ({ identity, params, body: { reason } }) => {
      const symbol = findSymbol(params.symbol, market.symbols);
      if (symbol === undefined) return refuse('NOT_FOUND');
      const act = { desk: DESK_MAIN, symbol: symbol.id, reason, by: identity.userId, at: new Date(clock.now()) };
      const asked = await backoffice.act(identity, (tx) => askForSymbolVoid(tx, act));
      if (isRefusal(asked)) return asked;
      await desk.sweep();
      return { symbol: symbol.name, confirmations: asked.confirmations };
    },
  );
}
