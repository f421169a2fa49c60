import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import { REFUSALS } from '../../src/refusal.ts';
import type { Server } from '../../src/server.ts';
import { get, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

interface Described {
  readonly summary: string;
  readonly operationId: string;
  readonly 'x-access': string;
  readonly security?: readonly object[];
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what these tests look at.
  readonly responses: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  readonly parameters?: readonly any[];
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  readonly requestBody?: any;
}

const MOUNTS = [
  'auth',
  'wallets',
  'trades',
  'transactions',
  'binary',
  'ai',
  'admin',
  'master',
  'lottery',
  'market',
  'partner',
];
/** Part of the framework, of the server itself, or a page. */
const NOT_JSON = new Set(['GET /docs', 'GET /metrics', 'GET /openapi.json']);

describe('the published description of the HTTP API', () => {
  const database = useDatabase();
  let server: Server;
  // biome-ignore lint/suspicious/noExplicitAny: see Described.
  let document: any;
  let operations: readonly (readonly [name: string, described: Described])[];
  before(async () => {
    server = await start(database, [], { config: testConfig({ METRICS_TOKEN: 'a-token-of-the-tests' }) });
    document = await get(server, '/openapi.json');
    operations = Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, described]) => [`${method.toUpperCase()} ${path}`, described] as const),
    );
  });
  after(() => server.stop());

  const named = (name: string): Described => {
    const found = operations.find(([each]) => each === name);
    assert.ok(found, name);
    return found[1];
  };

  it('is OpenAPI 3.1, as its own schema has it', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, String(JSON.stringify(errors, null, 1)).slice(0, 2_000));
    const ids = operations.map(([, { operationId }]) => operationId);
    assert.deepEqual([...new Set(ids)], ids, 'every operation has a name of its own');
  });

  it('S4-07 has the mounts of the documents, and says of every route what it answers', () => {
    const mounts = new Set(Object.keys(document.paths).map((path) => path.split('/')[1]));
    for (const mount of MOUNTS) assert.ok(mounts.has(mount), mount);
    for (const [name, { summary, responses }] of operations) {
      assert.match(summary, /^\S.*\.$/, name);
      const success = responses['200'] ?? responses['201'];
      const schema = success?.content['application/json']?.schema;
      if (!NOT_JSON.has(name)) assert.ok(schema && schema.type !== 'string', `${name} has no answer schema`);
    }
  });

  it('S4-08 says who may ask, what it takes and how it refuses', () => {
    const approve = named('PUT /admin/tx/{id}/approve-tx');
    assert.equal(approve['x-access'], 'ADMIN, MASTER');
    assert.deepEqual(approve.security, [{ accessToken: [] }]);
    assert.match(approve.responses['409'].description, /^ALREADY_DECIDED$/);
    assert.match(approve.responses['403'].description, /FORBIDDEN.*SAME_PERSON/);
    const deposit = named('POST /transactions/deposits');
    assert.deepEqual(deposit.parameters, [{ $ref: '#/components/parameters/IdempotencyKey' }]);
    assert.deepEqual(deposit.requestBody.content['application/json'].schema.required, ['amount', 'method']);
    assert.match(deposit.responses['422'].description, /BELOW_MINIMUM.*PLAYER_LIMIT/);
    assert.equal(named('GET /tables').security, undefined);
    const page = named('GET /bets/me').parameters ?? [];
    assert.deepEqual(
      page.map(({ name, in: place, required }) => [name, place, required]),
      [
        ['limit', 'query', false],
        ['cursor', 'query', false],
      ],
    );
  });

  it('explains every code once', () => {
    const { RefusalCode } = document.components.schemas;
    assert.deepEqual(RefusalCode.enum, [...Object.keys(REFUSALS), 'INTERNAL']);
    for (const code of Object.keys(REFUSALS)) assert.match(RefusalCode.description, new RegExp(`^${code} \\(`, 'm'));
  });

  it('has a page to read, without a script, with every route on it', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/docs`);
    const page = await response.text();
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/html/);
    assert.ok(
      !/<script| style=| on[a-z]+="|(src|href)="(?![/#])/.test(page),
      'nothing runs, nothing is from elsewhere',
    );
    for (const [name] of operations) {
      const [method, path] = name.split(' ');
      assert.ok(page.includes(`<b>${method}</b> <code>${path}</code>`), name);
    }
    for (const code of Object.keys(REFUSALS)) assert.ok(page.includes(`<td><code>${code}</code></td>`), code);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/docs.css`)).status, 200);
  });
});
