import { badRequest } from '../status/api-error.js';

interface Term {
  readonly field: string;
  readonly value: string;
  readonly negated: boolean;
}

/** The fields of an object that can be selected by, as text. */
export type SelectableFields = Readonly<Record<string, string>>;

/** A field selector, parsed (Kubernetes documentation, "Field Selectors"). */
export interface FieldSelector {
  readonly isEmpty: boolean;
  /** Whether only name and namespace are asked for, which can be told without decoding the object. */
  readonly namesOnly: boolean;
  matches(fields: SelectableFields): boolean;
  /** The value that a field must have, or undefined where the selector does not pin it. */
  exact(field: string): string | undefined;
}

/** Selects everything. */
export const everyField: FieldSelector = { isEmpty: true, namesOnly: true, matches: () => true, exact: () => undefined };

/** The selector of a request that names one object. */
export function selectName(name: string): FieldSelector {
  return fromTerms([{ field: 'metadata.name', value: name, negated: false }]);
}

/**
 * Parses a field selector as it stands in a query; only the given fields may be named.
 * @throws ApiError 400 with the API server's words
 */
export function parseFieldSelector(
  text: string,
  isSupported: (field: string) => boolean,
  unsupported: (field: string) => string,
): FieldSelector {
  const terms = splitTerms(text)
    .toSorted()
    .filter((part) => part !== '')
    .map((part) => parseTerm(text, part));
  for (const { field } of terms) if (!isSupported(field)) throw badRequest(unsupported(field));
  return terms.length === 0 ? everyField : fromTerms(terms);
}

function fromTerms(terms: readonly Term[]): FieldSelector {
  return {
    isEmpty: terms.length === 0,
    namesOnly: terms.every(({ field }) => field === 'metadata.name' || field === 'metadata.namespace'),
    matches: (fields) => terms.every(({ field, value, negated }) => ((fields[field] ?? '') === value) !== negated),
    exact: (field) => terms.find((term) => term.field === field && !term.negated)?.value,
  };
}

function splitTerms(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\') {
      part += character + text.charAt(index + 1);
      index += 1;
    } else if (character === ',') {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

function parseTerm(selector: string, part: string): Term {
  const operator = /!=|==|=/.exec(part);
  if (operator === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${part}'`);
  const raw = part.slice(operator.index + operator[0].length);
  return { field: part.slice(0, operator.index), value: unescapeValue(raw), negated: operator[0] === '!=' };
}

function unescapeValue(raw: string): string {
  let value = '';
  for (let index = 0; index < raw.length; index += 1) {
    const character = raw.charAt(index);
    if (character === '\\') {
      const following = raw.charAt(index + 1);
      if (!['\\', ',', '='].includes(following)) throw badRequest(`invalid field selector: invalid escape sequence: \\${following}`);
      value += following;
      index += 1;
    } else if (character === ',' || character === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${character.codePointAt(0)}`);
    } else value += character;
  }
  return value;
}
