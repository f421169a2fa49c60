import type { z } from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  ...{ object: 'an object', record: 'an object', array: 'a list', string: 'a text', boolean: 'true or false' },
  ...{ int: 'a whole number', number: 'a number', nan: 'a number', null: 'null' },
};
const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  email: 'an email address',
  datetime: 'a time such as 2026-01-31T12:00:00Z',
  date: 'a day such as 2026-01-31',
};

/** For parsing what people send: what is wrong in words they can act on. A schema's own message goes first. */
export const IN_WORDS = { error: (issue: z.core.$ZodRawIssue) => inWords(issue) };

function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'unrecognized_keys':
      return `holds what is not known here: ${issue.keys.map((key) => key.slice(0, 64)).join(', ')}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] === undefined
        ? 'is not written as it should be'
        : `must be ${FORMATS[issue.format]}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : 'is none of the forms that are known here';
    case 'invalid_key':
    case 'invalid_element':
      return 'holds something that is not well formed';
    default:
      return undefined;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' || origin === 'set' ? ' long' : '';
}
