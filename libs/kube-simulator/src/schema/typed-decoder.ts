import { defineKey, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { canonicalQuantity } from './quantity.js';
import type { Schema } from './schema.js';
import { canonicalMicroTime, canonicalTime } from './time.js';
import { TypeMismatchError } from './type-mismatch-error.js';

/** What was decoded, and which fields of the input are not part of the type. */
export interface TypedValue<T extends JsonValue> {
  readonly value: T;
  readonly unknownFields: readonly string[];
}

/**
 * Decodes JSON into a built-in type, as the API server decodes into its Go structs: unknown fields are dropped and named, null counts as
 * absent, empty fields are left out or written as the type says, times and quantities take their canonical form.
 * @param pathPrefix how the value is reached from the root, for messages about unknown fields
 * @throws TypeMismatchError
 */
export function decodeTyped(value: JsonObject, schema: Schema, pathPrefix = ''): TypedValue<JsonObject> {
  const decoder = new TypedDecoder();
  const decoded = decoder.decodeStruct(value, schema, { struct: shortName(schema), names: [], path: pathPrefix });
  return { value: decoded, unknownFields: decoder.unknownFields };
}

/** The name of a Go type in messages: `v1.ServicePort`. */
function shortName(schema: Schema): string {
  return (schema.definition ?? '').split('.').slice(-1).join('.');
}

interface Place {
  /** The innermost struct, and the names of the fields that lead here, as Go tells them. */
  readonly struct: string;
  readonly names: readonly string[];
  /** The path with indexes, for unknown fields. */
  readonly path: string;
}

class TypedDecoder {
  readonly unknownFields: string[] = [];

  decodeStruct(value: JsonObject, schema: Schema, place: Place): JsonObject {
    const struct = { ...place, struct: shortName(schema) };
    const properties = schema.properties ?? {};
    const decoded = new Map<string, JsonValue>();
    for (const [key, child] of Object.entries(value)) {
      const path = place.path === '' ? key : `${place.path}.${key}`;
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (property === undefined) this.unknownFields.push(path);
      else if (child !== undefined && child !== null)
        decoded.set(key, this.decode(child, property, { struct: struct.struct, names: [...place.names, key], path }));
    }
    const result: JsonObject = {};
    for (const [key, property] of Object.entries(properties)) {
      const written = writeField(decoded.get(key), property);
      if (written !== undefined) result[key] = written;
    }
    return result;
  }

  private decode(value: JsonValue, schema: Schema, place: Place): JsonValue {
    if (schema.properties !== undefined) {
      if (!isJsonObject(value)) throw mismatch(value, place, goTypeOf(schema));
      return this.decodeStruct(value, schema, place);
    }
    const { type = 'any' } = schema;
    switch (type) {
      case 'array':
        return this.decodeList(value, schema, place);
      case 'object':
        return this.decodeMap(value, schema, place);
      case 'string':
        return decodeString(value, schema, place);
      case 'integer':
        return decodeInteger(value, schema, place);
      case 'boolean':
        if (typeof value !== 'boolean') throw mismatch(value, place, 'bool');
        return value;
      case 'number':
        if (typeof value !== 'number') throw mismatch(value, place, 'float64');
        return value;
      case 'any':
        return decodeOpen(value, schema, place);
    }
  }

  private decodeList(value: JsonValue, schema: Schema, place: Place): JsonValue {
    if (!Array.isArray(value)) throw mismatch(value, place, goTypeOf(schema));
    const items = schema.items ?? {};
    return value.map((item, index) =>
      item === null ? zeroOf(items) : this.decode(item, items, { ...place, path: `${place.path}[${index}]` }),
    );
  }

  private decodeMap(value: JsonValue, schema: Schema, place: Place): JsonValue {
    if (!isJsonObject(value)) throw mismatch(value, place, goTypeOf(schema));
    const items = schema.additionalProperties;
    if (items === undefined) return value;
    const result: JsonObject = {};
    for (const key of Object.keys(value).toSorted()) {
      const child = value[key] ?? null;
      defineKey(result, key, child === null ? zeroOf(items) : this.decode(child, items, { ...place, path: `${place.path}.${key}` }));
    }
    return result;
  }
}

/** What is written of a field: undefined leaves it out. */
function writeField(decoded: JsonValue | undefined, schema: Schema): JsonValue | undefined {
  if (schema.empty === 'write') return decoded ?? zeroOf(schema);
  if (schema.empty === 'omit' && decoded !== undefined && isEmpty(decoded) && schema.properties === undefined) return undefined;
  return decoded;
}

function isEmpty(value: JsonValue): boolean {
  if (typeof value === 'object') return value === null || Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

/** What Go writes for a field that was never set. */
function zeroOf(schema: Schema): JsonValue {
  if (schema.properties !== undefined) {
    const zero: JsonObject = {};
    for (const [key, property] of Object.entries(schema.properties)) if (property.empty === 'write') zero[key] = zeroOf(property);
    return zero;
  }
  if (schema.format === 'date-time') return null;
  if (schema.format === 'int-or-string') return 0;
  if (schema.type === 'string') return '';
  if (schema.type === 'integer' || schema.type === 'number') return 0;
  if (schema.type === 'boolean') return false;
  return schema.definition?.endsWith('resource.Quantity') === true ? '0' : null;
}

function decodeString(value: JsonValue, schema: Schema, place: Place): JsonValue {
  if (schema.format === 'date-time') {
    if (typeof value !== 'string')
      throw new TypeMismatchError(`json: cannot unmarshal ${jsonTypeName(value)} into Go value of type string`);
    return schema.definition?.endsWith('MicroTime') === true ? canonicalMicroTime(value) : canonicalTime(value);
  }
  if (typeof value !== 'string') throw mismatch(value, place, goTypeOf(schema));
  if (schema.format === 'byte') return decodeBase64(value);
  return value;
}

function decodeBase64(text: string): string {
  const compact = text.replaceAll(/[\r\n]/g, '');
  const illegal = /[^A-Za-z0-9+/=]|=(?!=?$)/.exec(compact);
  if (illegal !== null || compact.length % 4 !== 0)
    throw new TypeMismatchError(`illegal base64 data at input byte ${illegal?.index ?? compact.length - (compact.length % 4)}`);
  return compact;
}

function decodeInteger(value: JsonValue, schema: Schema, place: Place): JsonValue {
  if (typeof value !== 'number') throw mismatch(value, place, goTypeOf(schema));
  const limit = schema.format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (!Number.isInteger(value) || value < -limit || value >= limit) throw mismatch(value, place, goTypeOf(schema), ` ${value}`);
  return value;
}

function decodeOpen(value: JsonValue, schema: Schema, place: Place): JsonValue {
  if (schema.format === 'int-or-string') {
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') throw mismatch(value, place, 'int32');
    if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 31) throw mismatch(value, place, 'int32', ` ${value}`);
    return value;
  }
  if (schema.definition?.endsWith('resource.Quantity') === true) {
    const canonical = typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(String(value)) : undefined;
    if (canonical === undefined)
      throw new TypeMismatchError(String.raw`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
    return canonical;
  }
  return value;
}

/** The Go type of a field, as far as the schema tells it. */
function goTypeOf(schema: Schema): string {
  if (schema.goType !== undefined) return schema.goType;
  if (schema.definition !== undefined) return schema.definition.split('.').slice(-2).join('.');
  if (schema.type === 'array') return `[]${goTypeOf(schema.items ?? {})}`;
  if (schema.type === 'object') return `map[string]${goTypeOf(schema.additionalProperties ?? {})}`;
  if (schema.type === 'integer') return schema.format ?? 'int64';
  return schema.type ?? 'interface {}';
}

function jsonTypeName(value: JsonValue): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'object') return Array.isArray(value) ? 'array' : 'object';
  return typeof value;
}

function mismatch(value: JsonValue, { struct, names }: Place, goType: string, shown = ''): TypeMismatchError {
  const target = names.length === 0 ? `Go value of type ${goType}` : `Go struct field ${struct}.${names.join('.')} of type ${goType}`;
  return new TypeMismatchError(`json: cannot unmarshal ${jsonTypeName(value)}${shown} into ${target}`, mergedMismatch(value, goType));
}

/** The words of the converter for objects that are in memory already. */
function mergedMismatch(value: JsonValue, goType: string): string {
  const from = goKind(value);
  if (goType.startsWith('[]')) return `cannot restore slice from ${from}`;
  if (goType.startsWith('map[')) return `cannot restore map from ${from}`;
  if (/\.[A-Z]/.test(goType)) return `cannot restore struct from: ${from}`;
  const isConvertible = (from === 'int64' && goType === 'string') || (from === 'float64' && goType.startsWith('int'));
  return isConvertible ? `cannot convert ${from} to ${goType}` : `unrecognized type: ${goType}`;
}

function goKind(value: JsonValue): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'object') return Array.isArray(value) ? 'slice' : 'map';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
