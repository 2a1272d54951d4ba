import { isRecord } from '../validation/is-record.js';
import { RequestFailure } from './request-failure.js';

/** The object in a JSON body; an empty body is an empty object. Throws a RequestFailure `cannotParse`. */
export function jsonObject(body: Buffer): Readonly<Record<string, unknown>> {
  const text = decodeUtf8(body);
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (!isRecord(value)) throw new RequestFailure('cannotParse', 'Start of structure or map found where not expected.');
  return value;
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new RequestFailure('cannotParse', 'The body is not valid UTF-8.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestFailure('cannotParse', 'The body is not valid JSON.');
  }
}
