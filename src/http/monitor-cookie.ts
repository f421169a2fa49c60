import type { Request, Response } from 'express';

const NAME = 'croupier_monitor';

/** Nobody's script can read it, no other site's page can send it, and no other path gets to see it. */
const ATTRIBUTES = { httpOnly: true, sameSite: 'strict', path: '/monitor' } as const;

/** The access token of the visit, if the request brings one. */
export function cookieOf(request: Request): string | undefined {
  const pairs = request.headers.cookie?.split(';') ?? [];
  const own = pairs.find((pair) => pair.trimStart().startsWith(`${NAME}=`));
  return own?.slice(own.indexOf('=') + 1).trim();
}

/** The cookie ends with its token. */
export function setCookie(request: Request, response: Response, token: string, expiresInSeconds: number): void {
  response.cookie(NAME, token, { ...ATTRIBUTES, secure: request.secure, maxAge: expiresInSeconds * 1000 });
}

export function clearCookie(request: Request, response: Response): void {
  response.clearCookie(NAME, { ...ATTRIBUTES, secure: request.secure });
}
