import { goValue } from '../object/go-quote.js';
import { isJsonObject } from '../object/json-value.js';
import type { JsonValue } from '../object/json-value.js';
import type { Schema } from '../schema/schema.js';
import { pathText } from './field-set.js';
import { itemStep, TypedValueError } from './typed-value.js';

/**
 * What keeps a configuration from being applied: fields that the schema does not have, values of another type, items without identity.
 * @returns one message for each, `.spec.x: field not declared in schema`
 */
export function validateTyped(value: JsonValue | undefined, schema: Schema | undefined, path: readonly string[] = []): string[] {
  if (schema === undefined || value === undefined || value === null) return [];
  const at = (message: string): string[] => [path.length === 0 ? message : `${pathText(path)}: ${message}`];
  if (schema.preserveUnknownFields === true && schema.properties === undefined) return [];
  if (schema.properties !== undefined || schema.additionalProperties !== undefined || schema.type === 'object')
    return validateMap(value, schema, path, at);
  if (schema.type === 'array') return validateItems(value, schema, path, at);
  if (schema.type === 'string' && typeof value !== 'string') return at(`expected string, got ${goText(value)}`);
  if ((schema.type === 'integer' || schema.type === 'number') && typeof value !== 'number')
    return at(`expected numeric (int or float), got ${goTypeName(value)}`);
  if (schema.type === 'boolean' && typeof value !== 'boolean') return at(`expected boolean, got ${goText(value)}`);
  return [];
}

function validateMap(value: JsonValue, schema: Schema, path: readonly string[], at: (message: string) => string[]): string[] {
  if (!isJsonObject(value)) return at(`expected map, got &{${goValue(value)}}`);
  return Object.entries(value).flatMap(([name, child]) => {
    const known =
      schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema.additionalProperties;
    const childPath = [...path, `f:${name}`];
    if (known !== undefined) return validateTyped(child, known, childPath);
    const isOpen = schema.preserveUnknownFields === true || (schema.properties === undefined && schema.additionalProperties === undefined);
    return isOpen ? [] : [`${pathText(childPath)}: field not declared in schema`];
  });
}

function validateItems(value: JsonValue, schema: Schema, path: readonly string[], at: (message: string) => string[]): string[] {
  if (!Array.isArray(value)) return at(`expected list, got &{${goValue(value)}}`);
  const isKeyed = schema.listType === 'map' || schema.listType === 'set';
  const seen = new Set<string>();
  const errors: string[] = [];
  for (const [index, item] of value.entries()) {
    let step = `i:${index}`;
    if (isKeyed) {
      try {
        step = itemStep(item, schema);
      } catch (error) {
        if (!(error instanceof TypedValueError)) throw error;
        return [...errors, ...at(`element ${index}: ${error.message}`)];
      }
      if (seen.has(step)) errors.push(...at(`duplicate entries for key ${pathText([step])}`));
      seen.add(step);
    }
    errors.push(...validateTyped(item, schema.items, [...path, step]));
  }
  return errors;
}

const goText = (value: JsonValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;

function goTypeName(value: JsonValue): string {
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}
