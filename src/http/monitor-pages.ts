import { readFileSync } from 'node:fs';
import type { Response } from 'express';
import { REFUSALS, type Refusal } from '../refusal.ts';
import { retryAfterSeconds } from './answer.ts';

/** The monitor asks a font of another server's that it never shows; here nothing is loaded from elsewhere. */
const ELSEWHERE = /<link[^>]*href="https?:[^>]*>/g;
/** Some of its buttons would act on a room; what they ask for is closed, so nothing comes of them. */
const BAR =
  '<form method="post" action="/monitor/logout"><button>Log out</button> To look only: no button here acts.</form>';

const INDEX = new URL('./static/index.html', import.meta.resolve('@colyseus/monitor'));
const ICON = '<link rel="icon" href="/icon.svg">';
const MONITOR_PAGE = readFileSync(INDEX, 'utf8').replaceAll(ELSEWHERE, ICON).replace('<body>', `<body>${BAR}`);

/**
 * Its styles are made by script: empty style elements, which the first hash lets pass, filled rule by rule, which no
 * policy stops; and the one text of its state viewer. Everything else is as tight as it can be.
 */
const STYLES = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-OrELo0alOoOSMdBr3e1Ajqn3sJsfuVlOTvo8Xu42jYk='",
];
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${STYLES.join(' ')}`,
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(';');

/** The monitor itself; it gives way to the login form when the visit ends. */
export function sendMonitorPage(response: Response, expiresAtMs: number, nowMs: number): void {
  const secondsLeft = Math.max(1, Math.ceil((expiresAtMs - nowMs) / 1000));
  response
    .set({ 'Content-Security-Policy': POLICY, Refresh: `${secondsLeft}; url=/monitor/` })
    .type('html')
    .send(MONITOR_PAGE);
}

/** The form, with what was wrong if something was. It repeats nothing of what was sent. */
export function sendLoginPage(response: Response, refusal: Refusal | undefined): void {
  response.status(REFUSALS[refusal?.code ?? 'UNAUTHORIZED'].status);
  const wait = refusal && retryAfterSeconds(refusal);
  if (wait !== undefined) response.set('Retry-After', String(wait));
  response.type('html').send(loginPage(refusal === undefined ? '' : `<p role="alert">${refusal.message}</p>`));
}

function loginPage(alert: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Monitor · Croupier</title>
  ${ICON}
  <link rel="stylesheet" href="/style.css">
</head>
<body>
  <main>
    <h1>Monitor</h1>
    ${alert}
    <form method="post" action="/monitor/login">
      <label>Username <input name="username" autocomplete="username" required maxlength="64"></label>
      <label>Password
        <input name="password" type="password" autocomplete="current-password" required maxlength="128">
      </label>
      <button>Log in</button>
    </form>
  </main>
</body>
</html>
`;
}
