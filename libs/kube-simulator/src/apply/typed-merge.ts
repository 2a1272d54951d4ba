import { defineKey, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { Schema } from '../schema/schema.js';
import { FieldSet } from './field-set.js';
import { childSchema, isNamedField, itemStep, itemSteps, shapeOf } from './typed-value.js';

/**
 * Lays an applied configuration over the live object: leaves are replaced, maps and associative lists are merged. Items of lists keep the order
 * of the configuration where both have them.
 */
export function mergeTyped(live: JsonValue | undefined, config: JsonValue | undefined, schema: Schema | undefined): JsonValue | undefined {
  if (config === undefined) return live;
  if (live === undefined) return config;
  const shape = shapeOf(config, schema);
  if (shape === 'map' && isJsonObject(config) && isJsonObject(live)) return mergeMaps(live, config, schema);
  if (shape === 'list' && Array.isArray(config) && Array.isArray(live) && config.length + live.length > 0)
    return mergeLists(live, config, schema ?? {});
  return config;
}

function mergeMaps(live: JsonObject, config: JsonObject, schema: Schema | undefined): JsonObject {
  const merged: JsonObject = {};
  for (const name of new Set([...Object.keys(live), ...Object.keys(config)])) {
    const value = mergeTyped(own(live, name), own(config, name), childSchema(schema, name));
    if (value !== undefined) defineKey(merged, name, value);
  }
  return merged;
}

const own = (object: JsonObject, name: string): JsonValue | undefined => (Object.hasOwn(object, name) ? object[name] : undefined);

function mergeLists(live: readonly JsonValue[], config: readonly JsonValue[], schema: Schema): JsonValue[] {
  const configSteps = itemSteps(config, schema);
  const configItems = new Map(configSteps.map((step, index) => [step, config[index]]));
  const liveSteps = itemSteps(live, schema);
  const liveItems = new Map(liveSteps.map((step, index) => [step, live[index]]));
  const merged: JsonValue[] = [];
  const emit = (step: string): void => {
    const value = mergeTyped(liveItems.get(step), configItems.get(step), schema.items);
    if (value !== undefined) merged.push(value);
  };
  let next = 0;
  const emitConfigUpTo = (step: string): void => {
    const end = configSteps.indexOf(step);
    for (; next <= end; next += 1) emit(configSteps[next] ?? '');
  };
  for (const [index, step] of liveSteps.entries()) {
    const nextShared = configSteps.slice(next).find((candidate) => liveItems.has(candidate));
    if (step === nextShared) emitConfigUpTo(step);
    else if (!configItems.has(step) && live[index] !== undefined) merged.push(live[index]);
  }
  for (; next < configSteps.length; next += 1) emit(configSteps[next] ?? '');
  return merged;
}

/** The value without the given fields and items. What loses its last part goes too, as far as the type does not hold it. */
export function removeFields(value: JsonValue, removed: FieldSet, schema: Schema | undefined): JsonValue | undefined {
  if (removed.isEmpty) return value;
  const shape = shapeOf(value, schema);
  if (shape === 'map' && isJsonObject(value)) return removeFromMap(value, removed, schema);
  if (shape === 'list' && Array.isArray(value)) return removeFromList(value, removed, schema ?? {});
  return shape === 'leaf' && typeof value === 'object' && value !== null ? undefined : value;
}

function removeFromMap(value: JsonObject, removed: FieldSet, schema: Schema | undefined): JsonValue | undefined {
  if (Object.keys(value).length === 0) return undefined;
  const kept: JsonObject = {};
  for (const [name, child] of Object.entries(value)) {
    const step = `f:${name}`;
    if (child === undefined || removed.hasMember(step)) continue;
    const below = removed.below(step);
    const rest = below.isEmpty ? child : removeFields(child, below, childSchema(schema, name));
    defineKey(kept, name, rest ?? null);
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function removeFromList(value: readonly JsonValue[], removed: FieldSet, schema: Schema): JsonValue | undefined {
  const kept: JsonValue[] = [];
  for (const item of value) {
    const step = itemStep(item, schema);
    if (removed.hasMember(step)) continue;
    const below = removed.below(step);
    kept.push(below.isEmpty ? item : (removeFields(item, below, schema.items) ?? null));
  }
  return kept.length === 0 ? undefined : kept;
}

/** The set with every named field that is only on the way to others made a member of its own. */
export function withNamedFields(set: FieldSet, schema: Schema | undefined): FieldSet {
  const members = new Set(set.memberSteps);
  const children = new Map<string, FieldSet>();
  for (const [step, child] of set.childSteps) {
    const name = step.startsWith('f:') ? step.slice(2) : undefined;
    if (name !== undefined && isNamedField(schema, name)) members.add(step);
    children.set(step, withNamedFields(child, name === undefined ? schema?.items : childSchema(schema, name)));
  }
  return FieldSet.make(members, children);
}
