import { pipeline } from 'node:stream/promises';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { isDatabaseAway } from '../../db/away.ts';
import { REFUSALS, type Refusal, refuse } from '../refusal.ts';
import { contextOf } from './request-context.ts';

/** An answer that is not JSON, such as a report as CSV. */
export class TextAnswer {
  readonly contentType: string;
  readonly text: string;
  /** When given, the browser saves the answer under this name. */
  readonly fileName: string | undefined;

  constructor(contentType: string, text: string, fileName?: string) {
    this.contentType = contentType;
    this.text = text;
    this.fileName = fileName;
  }
}

/** A text that is sent as it is made: nobody has to hold all of a long report in memory. Saved under its name. */
export class StreamAnswer {
  readonly contentType: string;
  readonly chunks: AsyncIterable<string>;
  readonly fileName: string;

  constructor(contentType: string, chunks: AsyncIterable<string>, fileName: string) {
    this.contentType = contentType;
    this.chunks = chunks;
    this.fileName = fileName;
  }
}

/** A refusal on the wire: its status, and `{"error":{code,message,details}}`. `status` overrides the code's own. */
export function sendRefusal(
  response: Response,
  refusal: Refusal,
  status: number = REFUSALS[refusal.code].status,
): void {
  const { code, message, details } = refusal;
  if (code === 'UNAUTHORIZED') response.set('WWW-Authenticate', 'Bearer');
  const wait = retryAfterSeconds(refusal);
  if (wait !== undefined) response.set('Retry-After', String(wait));
  sendError(response, status, details === undefined ? { code, message } : { code, message, details });
}

/** The Colyseus SDK shows only what stands in `message` at the top, so matchmaking says its code there as well. */
function sendError(response: Response, status: number, error: { code: string; message: string; details?: unknown }) {
  const forSdk = response.req.originalUrl.startsWith('/matchmake/') ? { message: error.code } : {};
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .json({ error, ...forSdk });
}

/**
 * Sends what a handler answered: JSON, or a TextAnswer or StreamAnswer as it is. Never stored by a cache on the way. A
 * stream that fails half-way cuts the connection: whoever reads it must not take it for all there is.
 */
export async function sendAnswer(response: Response, status: number, answer: unknown): Promise<void> {
  response.set('Cache-Control', 'no-store');
  if (answer instanceof StreamAnswer) {
    response.attachment(answer.fileName).status(status).type(answer.contentType);
    await pipeline(answer.chunks, response).catch((error: unknown) => {
      if (!isHangUp(error)) contextOf(response).log.error({ err: error }, 'a stream was cut off');
    });
    return;
  }
  if (!(answer instanceof TextAnswer)) {
    response.status(status).json(answer);
    return;
  }
  if (answer.fileName !== undefined) response.attachment(answer.fileName);
  response.status(status).type(answer.contentType).send(answer.text);
}

/** Who asked has gone before the end. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** For the header `Retry-After`; undefined where waiting does not help. */
export function retryAfterSeconds({ code, details }: Refusal): number | undefined {
  if (code === 'BUSY') return 1;
  if (code !== 'RATE_LIMITED') return undefined;
  const told = typeof details === 'object' && details !== null && 'retryAfterSeconds' in details;
  return told && typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : 1;
}

/** Where there is something, but not for this method: INVALID_REQUEST with 405, and `Allow` says which there are. */
export function methodNotAllowed(response: Response, allowed: readonly string[]): void {
  response.set('Allow', allowed.join(', '));
  sendRefusal(response, refuse('INVALID_REQUEST', `Here it is ${allowed.join(', ')}.`), 405);
}

/** Where no route is. */
export const notFound: RequestHandler = (_request, response) => sendRefusal(response, refuse('NOT_FOUND'));

/**
 * What express and its parsers throw is the client's mistake when it says so (4xx). While the database is away nothing
 * can be done: BUSY. All else is ours: logged, never shown.
 */
export const handleError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = statusOf(error);
  if (status === 413) {
    sendRefusal(response, refuse('INVALID_REQUEST', 'The body is too large.'), 413);
  } else if (status === 415) {
    sendRefusal(response, refuse('INVALID_REQUEST', 'The body is in a character set or encoding not read here.'), 415);
  } else if (isParserError(error)) {
    sendRefusal(response, refuse('INVALID_REQUEST', 'The body is not JSON that is read here.'));
  } else if (status >= 400 && status < 500) {
    sendRefusal(response, refuse('INVALID_REQUEST'));
  } else if (isDatabaseAway(error)) {
    contextOf(response).log.warn({ err: error }, 'the database is away');
    sendRefusal(response, refuse('BUSY', 'The database does not answer; try again in a moment.'));
  } else {
    contextOf(response).log.error({ err: error }, 'a request failed');
    sendError(response, 500, { code: 'INTERNAL', message: 'Something went wrong on our side.' });
  }
};

/** What the JSON parser could not read. */
function isParserError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'entity.parse.failed';
}

function statusOf(error: unknown): number {
  const hasStatus = typeof error === 'object' && error !== null && 'status' in error;
  return hasStatus && typeof error.status === 'number' ? error.status : 500;
}
