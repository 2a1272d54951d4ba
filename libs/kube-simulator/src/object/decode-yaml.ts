import { parseDocument } from 'yaml';

import { decodeJson } from './decode-json.js';
import { isJsonObject } from './json-value.js';
import type { JsonValue } from './json-value.js';

/** What a YAML text holds, and in which line a key is repeated. */
export interface DecodedYaml {
  readonly value: JsonValue;
  readonly repeatedKeyLine: number | undefined;
}

/** A text that is no YAML, or that holds what JSON can't. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError';
}

/**
 * Decodes YAML, of which JSON is a part, into JSON. The last of two equal keys wins.
 * @throws YamlSyntaxError
 */
export function decodeYaml(text: string): DecodedYaml {
  const json = asJson(text);
  if (json !== undefined) return { value: json.value, repeatedKeyLine: json.duplicateFields.length > 0 ? 1 : undefined };
  const document = parseDocument(text, { uniqueKeys: false, merge: true });
  const [problem] = document.errors;
  if (problem !== undefined) throw new YamlSyntaxError(`yaml: line ${problem.linePos?.[0].line ?? 1}: did not find expected node content`);
  const [repeated] = parseDocument(text, { uniqueKeys: true, merge: true }).errors;
  return { value: toJson(document), repeatedKeyLine: repeated?.linePos?.[0].line };
}

function asJson(text: string): ReturnType<typeof decodeJson> | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return decodeJson(text);
  } catch {
    return undefined;
  }
}

function toJson(document: ReturnType<typeof parseDocument>): JsonValue {
  try {
    return asJsonValue(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    throw new YamlSyntaxError(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What YAML made of the text, with the names of map keys as strings and without numbers that JSON has not. */
function asJsonValue(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new YamlSyntaxError(`json: unsupported value: ${value}`);
    return value;
  }
  if (Array.isArray(value)) return value.map(asJsonValue);
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, asJsonValue(child)]));
  throw new YamlSyntaxError('the text holds a value that JSON has not');
}
