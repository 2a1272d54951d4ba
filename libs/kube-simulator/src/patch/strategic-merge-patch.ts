import { cloneJson, defineKey, equalJson, isJsonObject } from '../object/json-value.js';
import { goValue } from '../object/go-quote.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { fieldSchema } from '../schema/schema.js';
import type { Schema } from '../schema/schema.js';

/** A strategic merge patch that can't be applied; the message is the API server's. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';

  /** @param isMalformed whether the patch itself is at fault, and not what it meets */
  constructor(
    message: string,
    readonly isMalformed = false,
  ) {
    super(message);
  }
}

const patchDirective = '$patch';
const retainKeys = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

/**
 * Applies a strategic merge patch (Kubernetes documentation, "Strategic merge patch"): as a merge patch, except that lists are merged item by
 * item where the type says so, and that directives may delete, replace and order.
 * @throws StrategicMergeError
 */
export function applyStrategicMergePatch(target: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  return mergeMaps(target, patch, schema);
}

function mergeMaps(target: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  const directive = patch[patchDirective];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge')
    throw new StrategicMergeError(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`);
  const result = retained(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key === patchDirective || key === retainKeys || key.startsWith(orderPrefix)) continue;
    if (key === deletePrefix.slice(0, -1)) throw new StrategicMergeError('invalid patch format of primitive list', true);
    if (key.startsWith(deletePrefix)) deletePrimitives(result, key.slice(deletePrefix.length), value);
    else if (value === null) delete result[key];
    else {
      checkOrder(key, value, patch, fieldSchema(schema, key)?.patchMergeKey);
      defineKey(result, key, mergeValue(Object.hasOwn(result, key) ? result[key] : undefined, value, fieldSchema(schema, key)));
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    if (!Array.isArray(order)) throw new StrategicMergeError(`expected a []interface {}, but received a ${kindOf(order)}`);
    const name = key.slice(orderPrefix.length);
    const list = Object.hasOwn(result, name) ? result[name] : undefined;
    const before = Object.hasOwn(target, name) ? target[name] : undefined;
    if (Array.isArray(list))
      result[name] = inOrder(list, order, Array.isArray(before) ? before : [], fieldSchema(schema, name)?.patchMergeKey);
  }
  return result;
}

const kindOf = (value: JsonValue | undefined): string =>
  isJsonObject(value) ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

/** A map that is new: what directives say of an old one means nothing to it. */
function plainMap(patch: JsonObject): JsonObject {
  const { [patchDirective]: _directive, [retainKeys]: _keys, ...rest } = patch;
  return rest;
}

/** Refuses a list whose items do not come in the order that is asked for, or are not in it. */
function checkOrder(key: string, list: JsonValue, patch: JsonObject, mergeKey: string | undefined): void {
  const order = patch[`${orderPrefix}${key}`];
  if (!Array.isArray(order) || !Array.isArray(list)) return;
  const identity = (item: JsonValue): JsonValue | undefined => (mergeKey !== undefined && isJsonObject(item) ? item[mergeKey] : item);
  const given = list.filter((item) => !isJsonObject(item) || item[patchDirective] === undefined);
  let next = 0;
  for (const place of order) {
    const item = given[next];
    if (item !== undefined && equalJson(identity(item), identity(place))) next += 1;
  }
  if (next < given.length)
    throw new StrategicMergeError(
      `The order in patch list:\n${goValue(list)}\n doesn't match ${orderPrefix.slice(0, -1)} list:\n${goValue(order)}\n`,
    );
}

function retained(target: JsonObject, patch: JsonObject): JsonObject {
  const keep = patch[retainKeys];
  if (keep === undefined) return { ...target };
  if (!Array.isArray(keep)) throw new StrategicMergeError('invalid patch format of retainKeys', true);
  return Object.fromEntries(Object.entries(target).filter(([key]) => keep.includes(key)));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  const { [patchDirective]: _directive, ...rest } = patch;
  return cloneJson(rest);
}

function mergeValue(present: JsonValue | undefined, value: JsonValue, schema: Schema | undefined): JsonValue {
  if (isJsonObject(value)) {
    if (schema?.patchStrategy?.split(',').includes('replace') === true) return cloneJson(value);
    return present === undefined ? mergeMaps({}, plainMap(value), schema) : mergeMaps(isJsonObject(present) ? present : {}, value, schema);
  }
  if (Array.isArray(value) && isMerged(schema)) return mergeLists(Array.isArray(present) ? present : [], value, schema);
  return cloneJson(value);
}

const isMerged = (schema: Schema | undefined): schema is Schema => schema?.patchStrategy?.split(',').includes('merge') === true;

function mergeLists(present: readonly JsonValue[], patch: readonly JsonValue[], schema: Schema): JsonValue[] {
  if (schema.patchMergeKey === undefined || !patch.some(isJsonObject)) {
    const merged = [...present, ...patch.filter((item) => !present.some((other) => equalJson(other, item)))].map((item) => cloneJson(item));
    return inOrder(merged, patch, present, undefined);
  }
  const mergeKey = schema.patchMergeKey;
  const items = patch.map((item) => {
    if (!isJsonObject(item)) throw new StrategicMergeError(`expected a map in the list with merge key ${mergeKey}`);
    return item;
  });
  if (items.some((item) => item[patchDirective] === 'replace'))
    return items.filter((item) => item[patchDirective] !== 'replace').map((item) => cloneJson(item));
  let result: JsonValue[] = present.map((item) => cloneJson(item));
  for (const item of items) result = mergeItem(result, item, mergeKey, schema);
  return inOrder(result, items, present, mergeKey);
}

function mergeItem(list: JsonValue[], item: JsonObject, mergeKey: string, schema: Schema): JsonValue[] {
  const key = item[mergeKey];
  if (key === undefined) {
    throw new StrategicMergeError(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
  }
  const matches = (candidate: JsonValue): boolean => isJsonObject(candidate) && equalJson(candidate[mergeKey], key);
  if (item[patchDirective] === 'delete') return list.filter((candidate) => !matches(candidate));
  const index = list.findIndex(matches);
  const old = list[index];
  if (isJsonObject(old)) return list.with(index, mergeMaps(old, item, schema.items));
  const created = mergeMaps({}, item, schema.items);
  return [...list, created];
}

function deletePrimitives(target: JsonObject, name: string, values: JsonValue): void {
  const list = target[name];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
  target[name] = list.filter((item) => !values.some((value) => equalJson(item, value)));
}

/**
 * The list with the named items in the given order. The others come between them: each before the first named one that it stood before.
 * @param before the list before the patch
 */
function inOrder(
  list: readonly JsonValue[],
  order: readonly JsonValue[],
  before: readonly JsonValue[],
  mergeKey: string | undefined,
): JsonValue[] {
  const identity = (item: JsonValue): JsonValue | undefined => (mergeKey !== undefined && isJsonObject(item) ? item[mergeKey] : item);
  const placeIn = (places: readonly JsonValue[], item: JsonValue): number =>
    places.findIndex((place) => equalJson(identity(place), identity(item)));
  const by = (places: readonly JsonValue[]) => (left: JsonValue, right: JsonValue) => placeIn(places, left) - placeIn(places, right);
  const named = list.filter((item) => placeIn(order, item) >= 0).toSorted(by(order));
  const others = list.filter((item) => placeIn(order, item) < 0).toSorted(by(before));
  const result: JsonValue[] = [];
  for (const item of named) {
    const place = placeIn(before, item);
    const isEarlier = (other: JsonValue): boolean => placeIn(before, other) >= 0 && placeIn(before, other) < place;
    const firstLater = others.findIndex((other) => !isEarlier(other));
    result.push(...others.splice(0, firstLater < 0 ? others.length : firstLater), item);
  }
  return [...result, ...others];
}
