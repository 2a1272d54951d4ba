import { cloneJson, defineKey, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { Schema } from './schema.js';

/**
 * Fills in the defaults of a structural schema, in place. Null for a field that is not nullable counts as left out: it takes the default, or
 * goes (Kubernetes documentation, "Defaulting and Nullable").
 */
export function applyDefaults(value: JsonValue | undefined, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) defaultProperty(value, name, property);
  const values = schema.additionalProperties;
  if (values === undefined) return;
  for (const name of Object.keys(value)) if (!Object.hasOwn(schema.properties ?? {}, name)) defaultProperty(value, name, values, false);
}

function defaultProperty(parent: JsonObject, name: string, schema: Schema, addMissing = true): void {
  const isNull = Object.hasOwn(parent, name) && parent[name] === null && schema.nullable !== true;
  const isMissing = !Object.hasOwn(parent, name) || parent[name] === undefined;
  if (isNull || (isMissing && addMissing)) {
    if (schema.default !== undefined) defineKey(parent, name, cloneJson(schema.default));
    else if (isNull) delete parent[name];
  }
  applyDefaults(Object.hasOwn(parent, name) ? parent[name] : undefined, schema);
}
