import type { JsonValue } from '../object/json-value.js';
import { nameOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { ageOf } from './age.js';
import type { Column } from './column.js';

/** The name of the object. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique for its kind and namespace.',
  priority: 0,
  cell: (object) => nameOf(object),
};

/** How long the object exists. */
export const ageColumn: Column = {
  name: 'Age',
  type: 'date',
  format: '',
  description: 'How long ago the server created the object.',
  priority: 0,
  cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs),
};

/** The age as built-in kinds show it. */
export const builtInAgeColumn: Column = { ...ageColumn, type: 'string' };

/** When the object was created, for kinds without columns of their own. */
export const createdAtColumn: Column = {
  ...ageColumn,
  name: 'Created At',
  description: 'When the server created the object.',
  cell: (object) => object.metadata.creationTimestamp ?? null,
};

/** A column of text that is always shown. */
export function textColumn(name: string, description: string, cell: (object: KubeObject, nowMs: number) => JsonValue): Column {
  return { name, type: 'string', format: '', description, priority: 0, cell };
}

/** A column of text for `-o wide`. */
export function wideColumn(name: string, description: string, cell: (object: KubeObject, nowMs: number) => JsonValue): Column {
  return { ...textColumn(name, description, cell), priority: 1 };
}

/** A text, or what stands for none. */
export const orNone = (text: string, none = '<none>'): string => (text === '' ? none : text);
