import { cloneJson, defineKey, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';

/**
 * Applies a JSON merge patch (RFC 7386) and returns the result; the target stays as it is. Objects that the patch reaches have their keys in
 * alphabetical order, as Go writes maps.
 */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return cloneJson(patch);
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const present = Object.hasOwn(result, name) ? result[name] : undefined;
    if (value === null) delete result[name];
    else defineKey(result, name, applyMergePatch(present, value));
  }
  return sorted(result);
}

function sorted(object: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(object).toSorted()) {
    const value = object[key];
    if (value !== undefined) defineKey(result, key, value);
  }
  return result;
}
