import { isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { isAtomic, mapKeyValues } from '../schema/schema.js';
import type { Schema } from '../schema/schema.js';

/** A value that does not fit the schema by which it is to be merged. */
export class TypedValueError extends Error {
  override readonly name = 'TypedValueError';
}

/** How a value is taken apart by the owners of fields. */
export type Shape = 'leaf' | 'map' | 'list';

/**
 * Whether a value is one leaf or has parts with owners of their own. Without a schema maps have parts and lists have none, as for everything
 * that a custom resource keeps unknown.
 */
export function shapeOf(value: JsonValue | undefined, schema: Schema | undefined): Shape {
  if (Array.isArray(value)) return schema === undefined || schema.type !== 'array' || isAtomic(schema) ? 'leaf' : 'list';
  if (!isJsonObject(value)) return 'leaf';
  return schema !== undefined && isAtomic(schema) ? 'leaf' : 'map';
}

/** The schema of a field of a map; undefined where nothing is known of it. */
export function childSchema(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema?.properties !== undefined && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  return schema?.additionalProperties;
}

/** Whether the field is one that the type names, not a key of a map. */
export function isNamedField(schema: Schema | undefined, name: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, name);
}

/**
 * The step that stands for an item of a set or of a list of type map.
 * @throws TypedValueError where the item has no identity
 */
export function itemStep(item: JsonValue, schema: Schema): string {
  if (schema.listType !== 'map') {
    if (isJsonObject(item)) throw new TypedValueError("associative list without keys has an element that's a map type");
    if (Array.isArray(item)) throw new TypedValueError('not supported: associative list with lists as elements');
    if (item === null) throw new TypedValueError("associative list without keys has an element that's an explicit null");
    return `v:${JSON.stringify(item)}`;
  }
  if (item === null) throw new TypedValueError('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new TypedValueError('associative list with keys may not have non-map elements');
  const values = mapKeyValues(schema, item);
  const names = Object.keys(values).toSorted();
  if (names.length === 0) {
    const keys = (schema.listMapKeys ?? []).map((key) => JSON.stringify(key)).join(' ');
    throw new TypedValueError(
      `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
    );
  }
  const sorted: JsonObject = {};
  for (const name of names) sorted[name] = values[name];
  return `k:${JSON.stringify(sorted)}`;
}

/** The steps of the items of a list, in their order. */
export function itemSteps(list: readonly JsonValue[], schema: Schema): string[] {
  return list.map((item, index) => {
    try {
      return itemStep(item, schema);
    } catch (error) {
      throw error instanceof TypedValueError ? new TypedValueError(`element ${index}: ${error.message}`) : error;
    }
  });
}
