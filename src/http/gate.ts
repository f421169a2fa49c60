import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../config.ts';
import { REFUSALS } from '../refusal.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type Proxies = Pick<Config, 'trustProxy'>;

const HOST = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/i;

/** What a proxy may tell, and what it must look like. `Forwarded`, `X-Real-IP` and their like are never believed. */
const FORWARDED: Readonly<Record<string, (value: string) => boolean>> = {
  'x-forwarded-for': (value) => isIP(value) !== 0,
  'x-forwarded-host': isHost,
  'x-forwarded-port': (value) => /^[0-9]{1,5}$/.test(value),
  'x-forwarded-proto': (value) => /^(http|ws)s?$/.test(value),
};
const HEARSAY = /^(x-forwarded-.*|forwarded|x-real-ip|x-client-ip)$/;

/**
 * Makes `app` the server's only listener for requests, and the first to look at upgrades. What is behind it builds URLs
 * from the request target, from `Host` and from what proxies say, and where that throws nobody catches it: so a request
 * with a bad one of them is answered 400 INVALID_REQUEST here and goes no further. Call it once, after the Colyseus
 * server listens: only then are its own listeners in place. Those for requests are removed, its routes with them. What
 * is no HTTP at all is answered here too, with the headers of every other answer, and a request without a `Host`, where
 * the server leaves that to us (`requireHostHeader: false`).
 */
export function guardServer(server: Server, app: RequestListener, proxies: Proxies): void {
  const upgrades = server.listeners('upgrade') as Upgrade[];
  server.removeAllListeners('request').removeAllListeners('upgrade');
  server.on('request', (request, response) => {
    if (isAcceptable(request, proxies)) app(request, response);
    else refuseRequest(response);
  });
  server.on('checkExpectation', (_, response) => refuseRequest(response, EXPECTATION_FAILED));
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    if (isAcceptable(request, proxies)) for (const upgrade of upgrades) upgrade.call(server, request, socket, head);
    else refuseRaw(socket);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuseRaw(socket, STATUS_LINES[error.code ?? ''] ?? BAD_REQUEST);
  });
}

/** Whether the request can be taken at its word. What nobody vouches for is removed from its headers. */
export function isAcceptable(request: IncomingMessage, { trustProxy }: Proxies): boolean {
  const { url = '', headers } = request;
  for (const name of Object.keys(headers)) {
    if (HEARSAY.test(name) && (trustProxy === 0 || !(name in FORWARDED))) delete headers[name];
  }
  return isTarget(url) && hasGoodHost(request) && forwardedWell(headers);
}

function isTarget(url: string): boolean {
  return url.startsWith('/') && URL.canParse(`http://server${url}`);
}

/** HTTP/1.1 must name one (RFC 9112, 3.2). */
function hasGoodHost({ headers: { host }, httpVersionMinor, httpVersionMajor }: IncomingMessage): boolean {
  if (host === undefined) return httpVersionMajor === 1 && httpVersionMinor === 0;
  return isHost(host);
}

function isHost(host: string): boolean {
  return HOST.test(host) && URL.canParse(`http://${host}`);
}

function forwardedWell(headers: IncomingMessage['headers']): boolean {
  return Object.entries(FORWARDED).every(([name, isGood]) => {
    const values = headers[name];
    return (
      values === undefined || [values].flat().every((value) => value.split(',').every((one) => isGood(one.trim())))
    );
  });
}

const { status, message } = REFUSALS.INVALID_REQUEST;
const BODY = JSON.stringify({ error: { code: 'INVALID_REQUEST', message } });
const HEADERS = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(BODY)),
  'Cache-Control': 'no-store',
  ...SECURITY_HEADERS,
  Connection: 'close',
};
const EXPECTATION_FAILED = 417;
const BAD_REQUEST = `${status} Bad Request`;
/** What node answers by itself to bytes that are no request, by its error code. */
const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refuseRequest(response: ServerResponse, as: number = status): void {
  response.writeHead(as, HEADERS).end(BODY);
}

/** For where there is no response to write to, only the connection. */
export function refuseRaw(socket: Duplex, statusLine: string = BAD_REQUEST): void {
  const head = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => socket.destroy());
  socket.end([`HTTP/1.1 ${statusLine}`, ...head, '', BODY].join('\r\n'), () => socket.destroy());
}
