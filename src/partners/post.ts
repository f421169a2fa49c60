import { lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublic } from './postback-address.ts';

/** A name that stands for an address of our own network, or of nobody's. */
export class NotPublicError extends Error {
  override readonly name = 'NotPublicError';
}

/** What a name stands for when a connection is made: what is checked is what is connected to. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null) callback(error, []);
    else if (first === undefined || !addresses.every(({ address }) => isPublic(address))) {
      callback(new NotPublicError(hostname), []);
    } else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Posts to an address that `isPostbackUrl` has let through, and resolves to the status; redirections are not followed,
 * as elsewhere could be anywhere, and what the answer holds is not read. By https to public addresses alone: rejects
 * with `NotPublicError`, an `AbortError` when the signal comes, and whatever the connection fails with.
 */
export function post(url: URL, { headers, body, signal }: Post): Promise<number> {
  const options = { method: 'POST', headers, signal, agent: false } as const;
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'http:' ? requestHttp(url, options) : requestHttps(url, { ...options, lookup: lookupPublic });
    request.on('error', reject);
    // Without this nothing is heard of one who answers 101: there is no response, and no error.
    request.on('upgrade', (response, socket) => {
      resolve(response.statusCode ?? 0);
      socket.destroy();
    });
    request.on('close', () => reject(new Error('the connection ended without an answer')));
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.end(body);
  });
}
