import { goValue } from '../object/go-quote.js';
import { cloneJson, defineKey, equalJson, isJsonObject, stringAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';

/** A JSON patch that can't be applied to the object: an operation that is none, a path that leads nowhere, a test that fails. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError';
}

/** How many operations one patch may have, the API server's limit. */
export const maxOperations = 10_000;

/**
 * Applies a JSON patch (RFC 6902) and returns the result; the target stays as it is.
 * @throws JsonPatchError
 */
export function applyJsonPatch(target: JsonValue, operations: readonly JsonObject[]): JsonValue {
  const root: { value: JsonValue } = { value: cloneJson(target) };
  for (const operation of operations) applyOperation(root, operation);
  return root.value;
}

function applyOperation(root: { value: JsonValue }, operation: JsonObject): void {
  const path = pointer(operation['path'], 'path');
  switch (stringAt(operation, 'op')) {
    case 'add':
      addAt(root, path, valueOf(operation));
      return;
    case 'replace':
      getAt(root.value, path);
      replaceAt(root, path, valueOf(operation));
      return;
    case 'remove':
      removeAt(root, path);
      return;
    case 'test':
      if (!equalJson(findAt(root.value, path) ?? null, operation['value'] ?? null))
        throw new JsonPatchError(`testing value ${goValue(operation['path'])} failed`);
      return;
    case 'move': {
      const from = pointer(operation['from'], 'from');
      const value = getAt(root.value, from);
      removeAt(root, from);
      addAt(root, path, value);
      return;
    }
    case 'copy':
      addAt(root, path, copyFrom(root.value, pointer(operation['from'], 'from')));
      return;
    default:
      throw new JsonPatchError(`unexpected kind: ${goValue(operation['op'])}`);
  }
}

/** The API server copies null from where a field of an object could be but is not. */
function copyFrom(root: JsonValue, from: readonly string[]): JsonValue {
  const parent = getAt(root, from.slice(0, -1));
  return cloneJson(isJsonObject(parent) && from.length > 0 ? (findAt(root, from) ?? null) : getAt(root, from));
}

function valueOf(operation: JsonObject): JsonValue {
  const value = operation['value'];
  if (value === undefined) throw new JsonPatchError('the operation has no value');
  return cloneJson(value);
}

function pointer(value: JsonValue | undefined, name: string): string[] {
  if (typeof value !== 'string') throw new JsonPatchError(`the operation has no ${name}`);
  if (value === '') return [];
  if (!value.startsWith('/')) throw new JsonPatchError(`${name} is no JSON pointer: ${value}`);
  return value
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function findAt(value: JsonValue, path: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const part of path) {
    if (Array.isArray(current)) current = current[indexOf(part, current.length - 1)];
    else if (isJsonObject(current)) current = Object.hasOwn(current, part) ? current[part] : undefined;
    else return undefined;
  }
  return current;
}

function getAt(value: JsonValue, path: readonly string[]): JsonValue {
  const found = findAt(value, path);
  if (found === undefined) throw new JsonPatchError(`nothing is at /${path.join('/')}`);
  return found;
}

/** The place in a list: negative numbers count from its end, as the API server allows. */
function indexOf(part: string, last: number): number {
  if (!/^-?\d+$/.test(part)) throw new JsonPatchError(`${part} is no index`);
  const index = Number(part);
  const place = index < 0 ? last + 1 + index : index;
  if (place < 0 || place > last) throw new JsonPatchError(`index ${part} is out of bounds`);
  return place;
}

function containerOf(root: { value: JsonValue }, path: readonly string[]): { container: JsonValue[] | JsonObject; last: string } {
  const last = path.at(-1);
  const container = getAt(root.value, path.slice(0, -1));
  if (last === undefined || typeof container !== 'object' || container === null)
    throw new JsonPatchError('the path leads into a value without parts');
  return { container, last };
}

function addAt(root: { value: JsonValue }, path: readonly string[], value: JsonValue): void {
  if (path.length === 0) {
    root.value = value;
    return;
  }
  const { container, last } = containerOf(root, path);
  if (!Array.isArray(container)) defineKey(container, last, value);
  else if (last === '-') container.push(value);
  else container.splice(indexOf(last, container.length), 0, value);
}

function replaceAt(root: { value: JsonValue }, path: readonly string[], value: JsonValue): void {
  if (path.length === 0) {
    root.value = value;
    return;
  }
  const { container, last } = containerOf(root, path);
  if (Array.isArray(container)) container[indexOf(last, container.length - 1)] = value;
  else defineKey(container, last, value);
}

function removeAt(root: { value: JsonValue }, path: readonly string[]): void {
  getAt(root.value, path);
  const { container, last } = containerOf(root, path);
  if (Array.isArray(container)) container.splice(indexOf(last, container.length - 1), 1);
  else delete container[last];
}
