import { equalJson, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { child, duplicate, indexed, invalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { fieldSchema, mapKeyValues } from './schema.js';
import type { Schema } from './schema.js';

/** The item of the old list that is the same one, by its keys; only the items of a list of type map can be told apart. */
export function correlatedItem(item: JsonValue, listSchema: Schema, old: JsonValue | undefined): JsonValue | undefined {
  if (listSchema.listType !== 'map' || !Array.isArray(old) || !isJsonObject(item)) return undefined;
  const keys = mapKeyValues(listSchema, item);
  return old.find((candidate) => isJsonObject(candidate) && equalJson(mapKeyValues(listSchema, candidate), keys));
}

/** Finds items that occur twice in sets, and keys that occur twice in lists of type map, at every depth of a custom resource. */
export function validateListItems(value: JsonValue | undefined, schema: Schema, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const nested = value.flatMap((item, index) =>
      schema.items === undefined ? [] : validateListItems(item, schema.items, indexed(path, index)),
    );
    return [...nested, ...findDuplicates(value, schema, path)];
  }
  if (!isJsonObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const property = fieldSchema(schema, name);
    return property === undefined ? [] : validateListItems(value[name], property, child(path, name));
  });
}

function findDuplicates(list: readonly JsonValue[], schema: Schema, path: string): FieldError[] {
  if (schema.listType !== 'set' && schema.listType !== 'map') return [];
  const identities = list.map((item) => (schema.listType === 'map' && isJsonObject(item) ? mapKeyValues(schema, item) : item));
  const seen = new Map<string, number>();
  return identities.flatMap((identity, index) => {
    const key = identityText(identity);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (schema.listType === 'map' && !isJsonObject(identity) && identity !== null)
      return [invalid(indexed(path, index), identity, 'must be an object for an array of list-type map')];
    return count === 2 ? [duplicate(indexed(path, index), sorted(identity))] : [];
  });
}

const identityText = (value: JsonValue): string => JSON.stringify(sorted(value));

function sorted(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value).toSorted()) result[key] = value[key];
  return result;
}
