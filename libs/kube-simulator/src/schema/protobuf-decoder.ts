import { defineKey } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { Schema } from './schema.js';
import { TypeMismatchError } from './type-mismatch-error.js';

/** The kind of the object in a protobuf body, and its bytes (Kubernetes API, runtime.Unknown). */
export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** What every protobuf body of Kubernetes begins with. */
const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** One field as it stands on the wire. */
interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * Opens the envelope of a protobuf body.
 * @throws TypeMismatchError
 */
export function openEnvelope(body: Uint8Array): ProtobufEnvelope {
  if (!magic.equals(body.subarray(0, magic.length)))
    throw new TypeMismatchError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const fields = readFields(body.subarray(magic.length));
  const typeMeta = readFields(bytesOf(last(fields, 1)));
  return { apiVersion: textOf(last(typeMeta, 1)), kind: textOf(last(typeMeta, 2)), raw: bytesOf(last(fields, 2)) };
}

/**
 * Decodes a message of a built-in type into JSON.
 * @throws TypeMismatchError
 */
export function decodeProtobuf(bytes: Uint8Array, schema: Schema): JsonObject {
  return decodeMessage(bytes, schema, []);
}

function decodeMessage(bytes: Uint8Array, schema: Schema, prefix: readonly number[]): JsonObject {
  const fields = readFields(bytes);
  const result: JsonObject = {};
  for (const number of new Set(fields.map((field) => field.number))) {
    const path = [...prefix, number];
    const values = fields.filter((field) => field.number === number).map(({ value }) => value);
    const own = Object.entries(schema.properties ?? {}).find(([, property]) => isPath(property.proto, path));
    if (own !== undefined) {
      const decoded = decodeField(values, own[1]);
      if (decoded !== undefined) defineKey(result, own[0], decoded);
    } else if (Object.values(schema.properties ?? {}).some((property) => isPath(property.proto?.slice(0, path.length), path))) {
      for (const value of values) Object.assign(result, decodeMessage(bytesOf(value), schema, path));
    }
  }
  return result;
}

const isPath = (candidate: readonly number[] | undefined, path: readonly number[]): boolean =>
  candidate !== undefined && candidate.length === path.length && candidate.every((number, index) => number === path[index]);

function decodeField(values: readonly (bigint | Uint8Array)[], schema: Schema): JsonValue | undefined {
  if (schema.type === 'array') return decodeList(values, schema.items ?? {});
  if (schema.type === 'object' && schema.properties === undefined && schema.definition === undefined)
    return decodeMap(values, schema.additionalProperties ?? {});
  return decodeValue(values.at(-1) ?? new Uint8Array(), schema);
}

function decodeList(values: readonly (bigint | Uint8Array)[], items: Schema): JsonValue[] {
  return values.flatMap((value) => {
    const isPacked = value instanceof Uint8Array && (items.type === 'integer' || items.type === 'boolean');
    if (isPacked) return readVarints(value).map((number) => Number(BigInt.asIntN(64, number)));
    const decoded = decodeValue(value, items);
    return decoded === undefined ? [] : [decoded];
  });
}

function decodeMap(values: readonly (bigint | Uint8Array)[], items: Schema): JsonObject {
  const result: JsonObject = {};
  for (const value of values) {
    const entry = readFields(bytesOf(value));
    const found = entry.findLast(({ number }) => number === 2)?.value;
    const decoded =
      items.type === 'array' && found !== undefined
        ? decodeList(
            readFields(bytesOf(found)).map((field) => field.value),
            items.items ?? {},
          )
        : decodeValue(found ?? new Uint8Array(), items);
    if (decoded !== undefined) defineKey(result, textOf(last(entry, 1)), decoded);
  }
  return result;
}

function decodeValue(value: bigint | Uint8Array, schema: Schema): JsonValue | undefined {
  if (schema.properties !== undefined) return decodeMessage(bytesOf(value), schema, []);
  const special = schema.definition === undefined ? undefined : specials[schema.definition.slice(schema.definition.lastIndexOf('.') + 1)];
  if (special !== undefined) return special(bytesOf(value));
  if (schema.type === 'integer') return Number(BigInt.asIntN(64, numberOf(value)));
  if (schema.type === 'number') return new DataView(new BigUint64Array([numberOf(value)]).buffer).getFloat64(0, true);
  if (schema.type === 'boolean') return numberOf(value) !== 0n;
  return schema.format === 'byte' ? Buffer.from(bytesOf(value)).toString('base64') : textOf(value);
}

/** Types with a wire format of their own. */
const specials: Readonly<Record<string, (bytes: Uint8Array) => JsonValue | undefined>> = {
  Time: (bytes) => decodeTime(bytes, false),
  MicroTime: (bytes) => decodeTime(bytes, true),
  Quantity: (bytes) => textOf(last(readFields(bytes), 1)),
  IntOrString: (bytes) => {
    const fields = readFields(bytes);
    return numberOf(last(fields, 1)) === 1n ? textOf(last(fields, 3)) : Number(BigInt.asIntN(32, numberOf(last(fields, 2))));
  },
  FieldsV1: decodeRaw,
  JSON: decodeRaw,
  RawExtension: decodeRaw,
};

function decodeTime(bytes: Uint8Array, withMicroseconds: boolean): JsonValue | undefined {
  if (bytes.length === 0) return undefined;
  const fields = readFields(bytes);
  const seconds = Number(BigInt.asIntN(64, numberOf(last(fields, 1))));
  const microseconds = Math.floor(Number(numberOf(last(fields, 2))) / 1000);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return withMicroseconds ? `${text}.${String(microseconds).padStart(6, '0')}Z` : `${text}Z`;
}

function decodeRaw(bytes: Uint8Array): JsonValue | undefined {
  const text = textOf(last(readFields(bytes), 1));
  try {
    return text === '' ? undefined : (JSON.parse(text) as JsonValue);
  } catch {
    throw new TypeMismatchError('invalid JSON in a protobuf message');
  }
}

const last = (fields: readonly WireField[], number: number): bigint | Uint8Array =>
  fields.findLast((field) => field.number === number)?.value ?? new Uint8Array();
const bytesOf = (value: bigint | Uint8Array): Uint8Array => (typeof value === 'bigint' ? new Uint8Array() : value);
const numberOf = (value: bigint | Uint8Array): bigint => (typeof value === 'bigint' ? value : 0n);
const textOf = (value: bigint | Uint8Array): string => Buffer.from(bytesOf(value)).toString('utf8');

function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    at = key.next;
    const number = Number(key.value >> 3n);
    const wireType = Number(key.value & 7n);
    const { value, next } = readWireValue(bytes, at, wireType);
    fields.push({ number, value });
    at = next;
  }
  return fields;
}

function readWireValue(bytes: Uint8Array, at: number, wireType: number): { value: bigint | Uint8Array; next: number } {
  if (wireType === 0) return readVarint(bytes, at);
  if (wireType === 1 || wireType === 5) {
    const length = wireType === 1 ? 8 : 4;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (at + length > bytes.length) throw new TypeMismatchError('unexpected EOF');
    return { value: length === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true)), next: at + length };
  }
  if (wireType !== 2) throw new TypeMismatchError(`proto: illegal wireType ${wireType}`);
  const { value: length, next } = readVarint(bytes, at);
  const end = next + Number(length);
  if (end > bytes.length) throw new TypeMismatchError('unexpected EOF');
  return { value: bytes.subarray(next, end), next: end };
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new TypeMismatchError('unexpected EOF');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new TypeMismatchError('proto: integer overflow');
}

function readVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length;) {
    const { value, next } = readVarint(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}
