import { encodeJson } from '../object/encode-json.js';
import { goQuote } from '../object/go-quote.js';
import type { JsonValue } from '../object/json-value.js';

/** The kinds of field errors, with the word that stands in messages (Kubernetes API conventions, "Validation"). */
const words = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  InternalError: 'Internal error',
} as const;

export type FieldErrorType = keyof typeof words;

/** One thing that is wrong with one field of an object. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** What stands behind the field's name in the message. */
  readonly body: string;
}

/** A path such as `spec.ports[0].name`, built from its parent. */
export const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
export const indexed = (path: string, index: number): string => `${path}[${index}]`;
export const keyed = (path: string, key: string): string => `${path}[${key}]`;

/** The field of an error that is about no field. */
export const nowhere = '<nil>';

/** Errors of a part, as errors of the whole: their fields are below the field of the part. */
export function below(parent: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => {
    if (error.field === nowhere) return error;
    return {
      ...error,
      field: error.field.startsWith('[') ? `${parent}${error.field}` : error.field === '' ? parent : `${parent}.${error.field}`,
    };
  });
}

const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`);

function withValue(type: FieldErrorType, field: string, value: JsonValue | undefined, detail: string): FieldError {
  const shown = typeof value === 'string' ? goQuote(value) : value === undefined ? 'null' : encodeJson(value);
  return { type, field, body: withDetail(`${words[type]}: ${shown}`, detail) };
}

const withoutValue = (type: FieldErrorType, field: string, detail: string): FieldError => ({
  type,
  field,
  body: withDetail(words[type], detail),
});

export const invalid = (field: string, value: JsonValue | undefined, detail: string): FieldError =>
  withValue('FieldValueInvalid', field, value, detail);
export const typeInvalid = (field: string, value: JsonValue, detail: string): FieldError =>
  withValue('FieldValueTypeInvalid', field, value, detail);
export const duplicate = (field: string, value: JsonValue): FieldError => withValue('FieldValueDuplicate', field, value, '');
export const required = (field: string, detail = ''): FieldError => withoutValue('FieldValueRequired', field, detail);
export const forbidden = (field: string, detail: string): FieldError => withoutValue('FieldValueForbidden', field, detail);
export const tooLong = (field: string, maxBytes: number): FieldError =>
  withoutValue('FieldValueTooLong', field, `may not be more than ${maxBytes} ${maxBytes === 1 ? 'byte' : 'bytes'}`);
export const tooMany = (field: string, actual: number, max: number): FieldError =>
  withValue('FieldValueTooMany', field, actual, `must have at most ${max} ${max === 1 ? 'item' : 'items'}`);
export const notSupported = (field: string, value: JsonValue | undefined, supported: readonly string[]): FieldError =>
  withValue('FieldValueNotSupported', field, value, supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`);

/** The error as it stands in a message. */
export const fieldErrorText = (error: FieldError): string => `${error.field === '' ? nowhere : error.field}: ${error.body}`;

/** Several errors in one line: one alone stands bare, equal ones once, more in brackets. */
export function aggregateErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
