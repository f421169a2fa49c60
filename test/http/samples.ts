import fc from 'fast-check';

/** A JSON schema, as far as the published description uses it. */
// biome-ignore lint/suspicious/noExplicitAny: it is data from outside.
export type Schema = any;

/** Values that fit a schema; rules that it has no words for are not kept. */
export function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(fitting));
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined ? dictionary(schema) : record(schema);
    case 'array': {
      const { items = {}, minItems: minLength = 0 } = schema;
      return fc.array(fitting(items), { minLength, maxLength: Math.max(minLength, 3) });
    }
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return whole(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.json().map((json) => JSON.parse(json));
  }
}

function record({ properties, required = [] }: Schema): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, fitting(field)]));
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

function dictionary({ propertyNames = {}, additionalProperties = {} }: Schema): fc.Arbitrary<unknown> {
  return fc.dictionary(text(propertyNames), fitting(additionalProperties), { maxKeys: 3, noNullPrototype: true });
}

function text({ format, pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid({ version: 7 });
  if (format === 'date-time') return fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01') }).map(iso);
  if (format === 'date') return fc.constant('2026-11-26');
  if (format === 'email') return fc.emailAddress();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 40), unit: 'grapheme' });
}

function iso(at: Date): string {
  return Number.isNaN(at.getTime()) ? '2026-11-26T00:00:00Z' : at.toISOString();
}

/** Sums as people write them, and the ends of the range. */
function whole({ minimum = -100_000, maximum = 100_000 }: Schema): fc.Arbitrary<number> {
  const inside = (value: number) => Math.min(Math.max(value, minimum), maximum);
  return fc.oneof(
    fc.integer({ min: inside(-100_000), max: inside(100_000) }),
    fc.constantFrom(inside(minimum), inside(maximum), inside(1), inside(60_000)),
  );
}

/** What fits nowhere, or hardly anywhere. */
export const NONSENSE: readonly unknown[] = [
  ...[null, -1, 1.5, 1e21, true, '', {}, ['x'], 'x'.repeat(2_000)],
  ...["'; drop table users; --", '../../etc/passwd', 'constructor'],
];
/** Words, and an address, that the database would keep with another character in the place of the last. */
export const HALF_CHARACTERS: readonly string[] = ['half of a \ud83c', 'https://example.com/\ud83c'];
/** The same in a path or a query. */
export const ODD_WORDS: readonly string[] = [
  ...['x', '-1', '1e9', '__proto__', "'%20or%201=1", '..%2f..%2fetc', '%25', 'a'.repeat(300)],
  // The database has no year 0, and others have years that it does not have.
  ...['0000-01', '9999-12', '0000-01-01', '9999-12-31', '0001-01-01T00:00:00%2B14:00', '9999-12-31T23:59:59-14:00'],
  // Time zones to `Intl`, and to nobody else.
  ...['US/Pacific-New', 'SystemV/EST5'],
];
