import { isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { Schema } from './schema.js';

/** A built-in object as it comes back out of storage, whose format can't tell an empty list or map from none. */
export function withoutEmpty(object: JsonObject, schema: Schema): JsonObject {
  return strip(object, schema) as JsonObject;
}

function strip(value: JsonValue, schema: Schema): JsonValue {
  if (Array.isArray(value)) {
    const { items } = schema;
    return value.length === 0 ? null : items === undefined ? value : value.map((item) => strip(item, items));
  }
  if (!isJsonObject(value)) return value;
  const { additionalProperties, properties } = schema;
  if (additionalProperties !== undefined) return Object.keys(value).length === 0 ? null : value;
  if (properties === undefined) return value;
  for (const [key, child] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (child !== undefined && child !== null && property !== undefined) value[key] = strip(child, property);
  }
  return value;
}
