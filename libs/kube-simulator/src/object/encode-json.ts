import type { JsonObject, JsonValue } from './json-value.js';

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text as Go's encoder writes it: `<`, `>`, `&` and the two line separators are escaped. */
export function encodeJson(value: JsonValue, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  return /[<>&\u2028\u2029]/.test(text) ? text.replaceAll(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character) : text;
}

const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** Kind, version and metadata first, in the order of the built-in types; the rest as it is. */
export function orderAsBuiltIn(object: JsonObject): JsonObject {
  const { kind, apiVersion, metadata, ...rest } = object;
  const ordered: JsonObject = {};
  if (kind !== undefined) ordered['kind'] = kind;
  if (apiVersion !== undefined) ordered['apiVersion'] = apiVersion;
  if (metadata !== undefined) ordered['metadata'] = orderMetadata(metadata);
  return Object.assign(ordered, rest);
}

function orderMetadata(metadata: JsonValue): JsonValue {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return metadata;
  const ordered: JsonObject = {};
  for (const key of metadataOrder) if (metadata[key] !== undefined) ordered[key] = metadata[key];
  for (const key of Object.keys(metadata)) if (!(key in ordered)) ordered[key] = metadata[key];
  return ordered;
}

/** Every key in byte order at every depth, as a custom resource is written. */
export function orderAsCustom(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(orderAsCustom);
  const ordered: JsonObject = {};
  for (const key of Object.keys(value).toSorted()) {
    const child = value[key];
    if (child !== undefined)
      Object.defineProperty(ordered, key, { value: orderAsCustom(child), enumerable: true, configurable: true, writable: true });
  }
  return ordered;
}
