import { goQuote } from '../object/go-quote.js';
import { TypeMismatchError } from './type-mismatch-error.js';

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A time as the API server writes it: UTC and to the second.
 * @throws TypeMismatchError where the text is no RFC 3339 time
 */
export function canonicalTime(text: string): string {
  const epochMs = Date.parse(text.replace(',', '.'));
  if (!rfc3339.test(text) || Number.isNaN(epochMs)) throw unreadable(text, '2006-01-02T15:04:05Z07:00', text, '2006');
  return `${new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/**
 * A time of the types that are exact to the microsecond: six decimals, no fewer and no more.
 * @throws TypeMismatchError
 */
export function canonicalMicroTime(text: string): string {
  const layout = '2006-01-02T15:04:05.000000Z07:00';
  const match = rfc3339.exec(text);
  const epochMs = Date.parse(text);
  if (match === null || Number.isNaN(epochMs)) throw unreadable(text, layout, text, '2006');
  const fraction = match[7];
  if (fraction?.length !== 6) throw unreadable(text, layout, text.slice(19), '.000000');
  return `${new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

function unreadable(text: string, layout: string, rest: string, expected: string): TypeMismatchError {
  return new TypeMismatchError(`parsing time ${goQuote(text)} as "${layout}": cannot parse ${goQuote(rest)} as "${expected}"`);
}
