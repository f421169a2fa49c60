import { z } from 'zod';
import { REFUSALS } from '../../refusal.ts';
import type { Operation } from './operation.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

const JSON_TYPE = 'application/json';
const INTRODUCTION = `Real-time money games over HTTP; rooms are described in schema/README.md.

Money is an integer number of minor units (10000 is ₹100.00). Times are ISO 8601. Who asks is known from the access
token alone. Whatever moves money takes an idempotency key that the caller mints: the same key and request get the first
answer again, refusals included. Lists are newest first; \`cursor\` is the \`nextCursor\` of the page before.

A refusal is \`{"error": {code, message, details}}\`. Besides what is listed, a path that is not here is answered 404
NOT_FOUND, another method 405 INVALID_REQUEST, and what is no HTTP request at all 400, 408, 413, 417 or 431.`;

/** The published description (OpenAPI 3.1) of these operations. */
export function openApiDocument(operations: readonly Operation[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = templateOf(operation.path);
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Croupier',
      version: '1',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
    paths,
    components: COMPONENTS,
  };
}

const COMPONENTS: JsonObject = {
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of a login.' },
    apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'A key of a partner, for its scopes.' },
    metricsToken: { type: 'http', scheme: 'bearer', description: "The operator's METRICS_TOKEN." },
  },
  parameters: {
    IdempotencyKey: keyParameter(true, 'Minted by the caller, a new one for each new wish.'),
    MaybeIdempotencyKey: keyParameter(false, 'Needed where this request moves money.'),
  },
  headers: {
    RequestId: { description: 'The name of this request in the logs.', schema: { type: 'string', format: 'uuid' } },
    RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
  },
  schemas: {
    RefusalCode: {
      type: 'string',
      enum: [...Object.keys(REFUSALS), 'INTERNAL'],
      description: Object.entries(REFUSALS)
        .map(([code, { status, message }]) => `${code} (${status}): ${message}`)
        .join('\n'),
    },
    Error: {
      type: 'object',
      required: ['error'],
      properties: {
        error: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            code: { $ref: '#/components/schemas/RefusalCode' },
            message: { type: 'string', description: 'for a person' },
            details: { description: 'what it is about, where there is more to say' },
          },
        },
      },
    },
  },
};

function keyParameter(required: boolean, description: string): JsonObject {
  const schema = { type: 'string', format: 'uuid' };
  return { name: 'Idempotency-Key', in: 'header', required, description, schema };
}

function describe(operation: Operation): JsonObject {
  const { summary, access, security, byApiKey, body, method, path } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: operationIdOf(method, path),
    tags: [tagOf(operation)],
    summary,
    description: `For ${access}.`,
    'x-access': access,
    ...(security !== null && { security: [{ [security]: [] }, ...(byApiKey ? [{ apiKey: [] }] : [])] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { [JSON_TYPE]: { schema: schemaOf(body, 'input') } },
      },
    }),
    responses: { ...successOf(operation), ...refusalsOf(operation) },
  };
}

function parametersOf({ key, headers = {}, params, query }: Operation): readonly Json[] {
  const name = key === 'always' ? 'IdempotencyKey' : 'MaybeIdempotencyKey';
  return [
    ...parametersIn('path', params),
    ...parametersIn('query', query),
    ...(key === 'never' ? [] : [{ $ref: `#/components/parameters/${name}` }]),
    ...Object.entries(headers).map(([header, description]) => {
      return { name: header, in: 'header', required: true, description, schema: { type: 'string' } };
    }),
  ];
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType | undefined): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { readonly description?: string };
    return { name, in: place, required: required.includes(name), ...(description && { description }), schema: rest };
  });
}

function successOf({ answers }: Operation): JsonObject {
  const found: Record<string, JsonObject> = {};
  for (const { status, contentType, schema } of answers) {
    const known = (found[status]?.content ?? {}) as JsonObject;
    const described = schema === undefined ? { schema: { type: 'string' } } : { schema: schemaOf(schema, 'output') };
    found[status] = {
      description: status === 201 ? 'Done.' : 'What was asked for.',
      headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
      content: { ...known, [contentType]: described },
    };
  }
  return found;
}

function refusalsOf({ refusals }: Operation): JsonObject {
  return Object.fromEntries(
    [...refusals].map(([status, codes]) => {
      const retry = (status === 429 || status === 503) && {
        'Retry-After': { $ref: '#/components/headers/RetryAfter' },
      };
      const named = { properties: { error: { properties: { code: { enum: codes } } } } };
      const schema = { allOf: [{ $ref: '#/components/schemas/Error' }, named] };
      const headers = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' }, ...retry };
      return [String(status), { description: codes.join(', '), headers, content: { [JSON_TYPE]: { schema } } }];
    }),
  );
}

/** Bodies by what may be sent, answers by what comes. A rule that JSON Schema has no word for is left out. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const {
    $schema: _,
    '~standard': __,
    ...described
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject;
  return described;
}

/** `/auth/sessions/{id}` */
function templateOf(path: string): string {
  return path.replaceAll(/:([a-zA-Z]+)/g, '{$1}');
}

/** The mount: `auth`. */
function tagOf({ path }: Pick<Operation, 'path'>): string {
  return path.split('/', 2)[1] ?? '';
}

/** `getAuthSessionsById` */
function operationIdOf(method: string, path: string): string {
  const words = path.replaceAll(/:([a-zA-Z]+)/g, 'by-$1').split(/[^a-zA-Z]+/);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
