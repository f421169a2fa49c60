/** What of JSON Schema zod writes, and what is said of it in one line. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** A JSON schema as people read it: one field a line, a star where it must be there. */
export function shapeOf(schema: object, indent = ''): string {
  const { enum: values, const: only, properties, items, anyOf, oneOf, allOf, additionalProperties } = schema as Schema;
  if (only !== undefined) return JSON.stringify(only);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.map((choice) => shapeOf(choice, indent)).join(' | ');
  if (allOf !== undefined) return allOf.map((part) => shapeOf(part, indent)).join(' & ');
  if (properties !== undefined) return fieldsOf(schema as Schema, indent);
  if (items !== undefined) return `[${shapeOf(items, indent)}, …]`;
  if (typeof additionalProperties === 'object') return `{ <name>: ${shapeOf(additionalProperties, indent)}, … }`;
  return wordsOf(schema as Schema);
}

function fieldsOf({ properties = {}, required = [] }: Schema, indent: string): string {
  const names = Object.entries(properties);
  if (names.length === 0) return '{}';
  const lines = names.map(([name, field]) => {
    const star = required.includes(name) ? '*' : '';
    const note = field.description === undefined ? '' : `  — ${field.description}`;
    return `${indent}  ${name}${star}: ${shapeOf(field, `${indent}  `)}${note}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function wordsOf({
  type = 'anything',
  format,
  minimum,
  maximum,
  minLength,
  maxLength,
  default: unless,
}: Schema): string {
  const range = rangeOf(minimum, maximum) ?? rangeOf(minLength, maxLength);
  return [
    ...[format ?? [type].flat().join(' | ')],
    ...(range === undefined ? [] : [range + (type === 'string' ? ' characters' : '')]),
    ...(unless === undefined ? [] : [`unless given ${JSON.stringify(unless)}`]),
  ].join(', ');
}

/** What any whole number is held to is not worth saying. */
function rangeOf(least: number | undefined, most: number | undefined): string | undefined {
  const [from, to] = [least, most].map((bound) =>
    Math.abs(bound ?? 0) === Number.MAX_SAFE_INTEGER ? undefined : bound,
  );
  if (from === undefined && to === undefined) return undefined;
  if (to === undefined) return `from ${from}`;
  return from === undefined ? `up to ${to}` : `${from} to ${to}`;
}
