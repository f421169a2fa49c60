import { type AuthContext, createAuthContext, ErrorCode, matchMaker, ServerError } from '@colyseus/core';
import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import { REFUSALS, type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { sendAnswer, sendRefusal } from './answer.ts';
import { contextOf } from './request-context.ts';

/** What the SDK sends along. Rooms are told all of it and believe none of it. */
const Options = z.looseObject({ reconnectionToken: z.string().max(200).optional() });
type Options = z.output<typeof Options>;

type Reserve = (target: string, options: Options, context: AuthContext) => Promise<unknown>;

/** Rooms are made by the server alone: `create` and `joinOrCreate` are not for clients. */
const METHODS: ReadonlyMap<string, Reserve | null> = new Map<string, Reserve | null>([
  ['join', matchMaker.join],
  ['joinById', matchMaker.joinById],
  ['reconnect', (roomId, options) => matchMaker.reconnect(roomId, options)],
  ['create', null],
  ['joinOrCreate', null],
]);

/**
 * `POST /matchmake/:method/:target`, where the SDK gets a seat. In place of the framework's own route, which answers
 * with statuses of its own invention and the text of any error. Refuses UNAUTHORIZED or ACCOUNT_FROZEN as the room's
 * `onAuth` does, NOT_FOUND, FORBIDDEN, INVALID_REQUEST (also for a reconnection token that is not good any more), BUSY.
 */
export function matchmakingRouter(): Router {
  return express.Router({ caseSensitive: true }).post('/matchmake/:method/:target', async (request, response) => {
    const { method, target } = request.params;
    const reserve = METHODS.get(method);
    const options = Options.safeParse(request.body ?? {});
    if (reserve === undefined) sendRefusal(response, refuse('NOT_FOUND'));
    else if (reserve === null) sendRefusal(response, refuse('FORBIDDEN', 'Rooms are made by the server alone.'));
    else if (!options.success) sendRefusal(response, refuse('INVALID_REQUEST'));
    else if (method === 'reconnect' && !options.data.reconnectionToken) sendRefusal(response, badReconnection());
    else if (matchMaker.state !== matchMaker.MatchMakerState.READY) sendRefusal(response, notNow());
    else {
      try {
        const context = authContext(request, contextOf(response).ip);
        await sendAnswer(response, 200, await reserve(target, options.data, context));
      } catch (error) {
        sendRefusal(response, refusalOf(error));
      }
    }
  });
}

function authContext(request: Request, ip: string): AuthContext {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return createAuthContext({ headers: new Headers(headers), remoteAddress: ip });
}

/** What the framework or a room's `onAuth` means by an error. Anything else is a bug, or the database: thrown. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Error && error.name === 'Error' && error.message.endsWith('is already full.')) return notNow();
  if (!(error instanceof ServerError)) throw error;
  switch (error.code) {
    case ErrorCode.AUTH_FAILED:
      return refuse(isCode(error.message) ? error.message : 'UNAUTHORIZED');
    case ErrorCode.MATCHMAKE_NO_HANDLER:
    case ErrorCode.MATCHMAKE_INVALID_CRITERIA:
    case ErrorCode.MATCHMAKE_INVALID_ROOM_ID:
      return refuse('NOT_FOUND', 'There is no such room.');
    case ErrorCode.MATCHMAKE_EXPIRED:
      return badReconnection();
    default:
      throw error;
  }
}

function isCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text);
}

function badReconnection(): Refusal {
  return refuse('INVALID_REQUEST', 'This reconnection token is not good, or not any more.');
}

function notNow(): Refusal {
  return refuse('BUSY', 'There is no seat just now; try again in a moment.');
}
