import type { RequestListener, Server } from 'node:http';
import { matchMaker } from '@colyseus/core';
import express from 'express';
import { handleError } from './answer.ts';
import { applyEdge, type EdgeDeps, limitRequests } from './app.ts';
import { jsonBody } from './body.ts';
import { corsHeaders } from './origin.ts';

/**
 * Colyseus answers `/matchmake/*` itself, before express. This closes what it leaves open: clients may join and
 * reconnect but not create rooms, foreign origins are not reflected. Process-wide; call it before the server listens.
 */
export function hardenMatchmaking(config: EdgeDeps['config']): void {
  const { controller } = matchMaker;
  controller.exposedMethods = ['join', 'joinById', 'reconnect'];
  // Colyseus merges the defaults under ours, and they allow every origin.
  Object.assign(controller, { DEFAULT_CORS_HEADERS: {} });
  controller.getCorsHeaders = (headers) =>
    corsHeaders(headers.get('origin') ?? undefined, headers.get('host') ?? undefined, config);
}

/**
 * Puts the edge (id, log line, headers, rate limit, body size) in front of matchmaking too. Call it once, after the
 * Colyseus server listens: only then are its own listeners in place.
 */
export function guardMatchmaking(server: Server, deps: EdgeDeps): void {
  const own = server.listeners('request') as RequestListener[];
  const pass: RequestListener = (request, response) => {
    for (const listener of own) listener.call(server, request, response);
  };
  const gate = express();
  applyEdge(gate, deps);
  gate.use(limitRequests(deps), ...jsonBody);
  gate.use((request, response) => pass(request, response));
  gate.use(handleError);

  const prefix = `/${matchMaker.controller.matchmakeRoute}/`;
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (request.url?.startsWith(prefix)) gate(request, response);
    else pass(request, response);
  });
}
