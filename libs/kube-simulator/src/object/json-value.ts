/** Any value that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. A key that is `undefined` counts as absent. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** Tells a JSON object from every other JSON value. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a key, or undefined where there is none. */
export function objectAt(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent?.[key];
  return isJsonObject(value) ? value : undefined;
}

/** The list under a key, or an empty one. */
export function listAt(parent: JsonObject | undefined, key: string): JsonValue[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value : [];
}

/** The string under a key, or an empty one, as Go reads a field that is left out. */
export function stringAt(parent: JsonObject | undefined, key: string): string {
  const value = parent?.[key];
  return typeof value === 'string' ? value : '';
}

/** The number under a key, or undefined. */
export function numberAt(parent: JsonObject | undefined, key: string): number | undefined {
  const value = parent?.[key];
  return typeof value === 'number' ? value : undefined;
}

/** The strings of the list under a key; what is no string is left out. */
export function stringsAt(parent: JsonObject | undefined, key: string): string[] {
  return listAt(parent, key).filter((item) => typeof item === 'string');
}

/** The string-to-string map under a key, or an empty one. */
export function stringMapAt(parent: JsonObject | undefined, key: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(parent, key) ?? {})) if (typeof value === 'string') result[name] = value;
  return result;
}

/** The object under a key, put there first where it is missing. */
export function ensureObject(parent: JsonObject, key: string): JsonObject {
  const present = parent[key];
  if (isJsonObject(present)) return present;
  const created: JsonObject = {};
  parent[key] = created;
  return created;
}

/** A deep copy; keys that are undefined are left out. */
export function cloneJson<T extends JsonValue>(value: T): T {
  return cloneValue(value) as T;
}

function cloneValue(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneValue);
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) {
    const child = value[key];
    if (child !== undefined) defineKey(copy, key, cloneValue(child));
  }
  return copy;
}

/** Sets a key that came from outside: `__proto__` is a name like any other. */
export function defineKey(target: JsonObject, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** Deep equality; a key that is undefined equals one that is absent. The order of keys does not count, the order of lists does. */
export function equalJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => equalJson(item, right[index]));
  }
  for (const key of Object.keys(left)) if (left[key] !== undefined && !equalJson(left[key], ownValue(right, key))) return false;
  for (const key of Object.keys(right)) if (right[key] !== undefined && ownValue(left, key) === undefined) return false;
  return true;
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
