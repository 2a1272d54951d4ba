import { equalJson, isJsonObject } from '../object/json-value.js';
import type { JsonValue } from '../object/json-value.js';
import type { Schema } from '../schema/schema.js';
import { FieldSetBuilder } from './field-set.js';
import type { FieldSet } from './field-set.js';
import { childSchema, itemSteps, shapeOf } from './typed-value.js';

/** Which fields came, went and changed between two states of an object. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/**
 * Compares two states of an object, field by field, as the schema takes them apart (server-side apply, structured merge).
 * @throws TypedValueError where a list has items without identity
 */
export function compareTyped(before: JsonValue, after: JsonValue, schema: Schema): Comparison {
  const comparer = new Comparer();
  comparer.compare(before, after, schema, []);
  return { added: comparer.added.build(), modified: comparer.modified.build(), removed: comparer.removed.build() };
}

/** What is left of a comparison without these fields and all that is below them. */
export function excludeFields(comparison: Comparison, excluded: FieldSet): Comparison {
  return {
    added: comparison.added.recursiveDifference(excluded),
    modified: comparison.modified.recursiveDifference(excluded),
    removed: comparison.removed.recursiveDifference(excluded),
  };
}

class Comparer {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();

  compare(before: JsonValue | undefined, after: JsonValue | undefined, schema: Schema | undefined, path: readonly string[]): void {
    const shape = commonShape(before, after, schema);
    if (shape === 'leaf') {
      this.compareLeaf(before, after, path);
      return;
    }
    if (shape === 'map') this.compareMaps(before, after, schema, path);
    else this.compareLists(before, after, schema ?? {}, path);
    if (before === undefined) this.added.add(path);
    else if (after === undefined) this.removed.add(path);
  }

  private compareLeaf(before: JsonValue | undefined, after: JsonValue | undefined, path: readonly string[]): void {
    if (before === undefined) this.added.add(path);
    else if (after === undefined) this.removed.add(path);
    else if (!equalJson(before, after)) this.modified.add(path);
  }

  private compareMaps(
    before: JsonValue | undefined,
    after: JsonValue | undefined,
    schema: Schema | undefined,
    path: readonly string[],
  ): void {
    const left = isJsonObject(before) ? before : {};
    const right = isJsonObject(after) ? after : {};
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const leftValue = Object.hasOwn(left, name) ? left[name] : undefined;
      const rightValue = Object.hasOwn(right, name) ? right[name] : undefined;
      if (leftValue === undefined && rightValue === undefined) continue;
      this.compare(leftValue, rightValue, childSchema(schema, name), [...path, `f:${name}`]);
    }
  }

  private compareLists(before: JsonValue | undefined, after: JsonValue | undefined, schema: Schema, path: readonly string[]): void {
    const left = groupItems(before, schema);
    const right = groupItems(after, schema);
    for (const step of new Set([...left.keys(), ...right.keys()])) {
      this.compareItems(left.get(step) ?? [], right.get(step) ?? [], schema, [...path, step]);
    }
  }

  /** Items of one identity; where there are several on one side, the identity is owned as a whole. */
  private compareItems(left: readonly JsonValue[], right: readonly JsonValue[], schema: Schema, path: readonly string[]): void {
    if (left.length <= 1 && right.length <= 1) this.compare(left[0], right[0], schema.items, path);
    else if (left.length > 1 && right.length > 1) {
      if (!equalJson([...left], [...right])) this.modified.add(path);
    } else if (left.length > 1) {
      if (right[0] !== undefined) this.compare(undefined, right[0], schema.items, path);
      this.removed.add(path);
    } else {
      if (left[0] !== undefined) this.compare(left[0], undefined, schema.items, path);
      this.added.add(path);
    }
  }
}

function groupItems(list: JsonValue | undefined, schema: Schema): Map<string, JsonValue[]> {
  const groups = new Map<string, JsonValue[]>();
  if (!Array.isArray(list)) return groups;
  for (const [index, step] of itemSteps(list, schema).entries()) {
    const item = list[index];
    if (item !== undefined) groups.set(step, [...(groups.get(step) ?? []), item]);
  }
  return groups;
}

/** How two values are compared: two that are empty are leaves, so that empty and absent can be told apart. */
function commonShape(before: JsonValue | undefined, after: JsonValue | undefined, schema: Schema | undefined): 'leaf' | 'map' | 'list' {
  const shape = shapeOf(after === undefined || after === null ? before : after, schema);
  return isEmptyContainer(before) && isEmptyContainer(after) ? 'leaf' : shape;
}

function isEmptyContainer(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Every field of an object, as the one who applies it owns them. */
export function fieldSetOf(value: JsonValue, schema: Schema | undefined): FieldSet {
  const builder = new FieldSetBuilder();
  collect(value, schema, [], builder);
  return builder.build();
}

function collect(value: JsonValue, schema: Schema | undefined, path: readonly string[], builder: FieldSetBuilder): void {
  const shape = shapeOf(value, schema);
  if (shape === 'leaf') {
    builder.add(path);
  } else if (isJsonObject(value)) {
    for (const [name, child] of Object.entries(value)) {
      if (child === undefined) continue;
      const childPath = [...path, `f:${name}`];
      collect(child, childSchema(schema, name), childPath, builder);
      const isNamed = schema?.properties !== undefined && Object.hasOwn(schema.properties, name);
      if (!isNamed || child === null || (isJsonObject(child) && Object.keys(child).length === 0)) builder.add(childPath);
    }
  } else if (Array.isArray(value)) {
    collectItems(value, schema ?? {}, path, builder);
  }
}

function collectItems(list: readonly JsonValue[], schema: Schema, path: readonly string[], builder: FieldSetBuilder): void {
  const steps = itemSteps(list, schema);
  for (const [index, step] of steps.entries()) {
    const item = list[index];
    builder.add([...path, step]);
    if (item !== undefined && steps.indexOf(step) === steps.lastIndexOf(step)) collect(item, schema.items, [...path, step], builder);
  }
}
