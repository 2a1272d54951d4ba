import { isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { Schema } from './schema.js';

/**
 * Removes what a structural schema does not know, in place (Kubernetes documentation, "Field pruning"). Kind, version and metadata of the root
 * and of embedded objects stay.
 * @returns the paths of what was removed, in byte order
 */
export function prune(object: JsonObject, schema: Schema): string[] {
  const removed: string[] = [];
  pruneObject(object, schema, '', true, removed);
  return removed.toSorted();
}

const objectFields = ['apiVersion', 'kind', 'metadata'];

function pruneValue(value: JsonValue | undefined, schema: Schema, path: string, removed: string[]): void {
  if (Array.isArray(value)) {
    if (schema.items === undefined) return;
    for (const [index, item] of value.entries()) pruneValue(item, schema.items, `${path}[${index}]`, removed);
    return;
  }
  if (isJsonObject(value)) pruneObject(value, schema, path, schema.embeddedResource === true, removed);
}

function pruneObject(value: JsonObject, schema: Schema, path: string, isKubeObject: boolean, removed: string[]): void {
  for (const name of Object.keys(value)) {
    if (isKubeObject && objectFields.includes(name)) continue;
    const childPath = path === '' ? name : `${path}.${name}`;
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const property = known ?? schema.additionalProperties;
    if (property !== undefined) pruneValue(value[name], property, childPath, removed);
    else if (schema.preserveUnknownFields !== true) {
      delete value[name];
      removed.push(childPath);
    }
  }
}
