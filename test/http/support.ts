import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import type { Accounts } from '../../src/accounts/accounts.ts';
import { createRateLimits } from '../../src/accounts/rate-limits.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { mountHttp } from '../../src/http/app.ts';
import { authRoutes } from '../../src/http/auth-routes.ts';
import type { Route } from '../../src/http/route.ts';
import { createLogger } from '../../src/log.ts';
import { type MovableClock, makeAccounts, movableClock, newName, PASSWORD, SECRET } from '../accounts/support.ts';
import type { TestDatabase } from '../support/database.ts';

export interface HttpFixture {
  url(path: string): string;
  accounts(): Accounts;
  clock(): MovableClock;
  config(): Config;
  /** Every record logged so far, as one text. */
  logged(): string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is for the test to judge.
  readonly json: any;
}

interface Options {
  readonly environment?: Record<string, string>;
  readonly routes?: readonly Route[];
  readonly pages?: readonly Router[];
}

/** An express app with the whole edge and the account routes, on a port of its own for each test. Limits are off. */
export function useHttp(
  database: TestDatabase,
  { environment = {}, routes = [], pages = [] }: Options = {},
): HttpFixture {
  let server: Server;
  let accounts: Accounts;
  let clock: MovableClock;
  let lines: string[];
  const config = loadConfig({ ACCESS_TOKEN_SECRET: SECRET, RATE_LIMITS: 'false', ...environment });
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  beforeEach(async () => {
    lines = [];
    clock = movableClock();
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    accounts = makeAccounts(database, { clock, config, log });
    const limits = createRateLimits({ enabled: config.rateLimits });
    const app = express();
    const all = [...authRoutes({ accounts, limits }), ...routes];
    mountHttp(app, { config, clock, log, accounts, limits, routes: all, pages });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  return {
    url,
    accounts: () => accounts,
    clock: () => clock,
    config: () => config,
    logged: () => lines.join(''),
    call: (method, path, options) => call(method, url(path), options),
  };
}

async function call(method: string, url: string, { body, token, headers = {} }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    // A text is sent as it is, so that a test can send what JSON.stringify would never make.
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
}

export function assertError(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json?.error?.code], [status, code], JSON.stringify(answer.json));
  assert.equal(typeof answer.json.error.message, 'string');
}

/** Registers a new player over HTTP. */
export async function join(http: HttpFixture, username = newName()) {
  const { status, json } = await http.call('POST', '/auth/register', { body: { username, password: PASSWORD } });
  assert.equal(status, 201, JSON.stringify(json));
  return json as { user: { id: string; username: string }; accessToken: string; refreshToken: string };
}
