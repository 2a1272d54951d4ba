import type { JsonObject, JsonValue } from '../object/json-value.js';

/** The JSON type of a value; `any` where the type is decided by the value itself (quantities, int-or-string, raw JSON). */
export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'any';

/** How the items of a list belong together (Kubernetes structural schemas, `x-kubernetes-list-type`). */
export type ListType = 'atomic' | 'set' | 'map';

/**
 * The schema of a value, of a built-in kind and of a custom one alike: what the API server knows about a field. The names of the
 * `x-kubernetes-…` extensions are written without the prefix.
 */
export interface Schema {
  readonly type?: SchemaType;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly nullable?: boolean;
  readonly listType?: ListType;
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  /** Strategic merge patch: by which key the items of a list are one, and what is done with them. */
  readonly patchMergeKey?: string;
  readonly patchStrategy?: string;
  readonly preserveUnknownFields?: boolean;
  readonly embeddedResource?: boolean;
  readonly intOrString?: boolean;
  /** The name of the definition of a built-in type, such as `io.k8s.api.core.v1.ServiceSpec`. */
  readonly definition?: string;
  /** The Go type of a field, where it can't be told from the schema: error messages name it. */
  readonly goType?: string;
  /** What a built-in kind does with an empty field: writes it always, never, or as the client gave it. */
  readonly empty?: 'write' | 'omit';
  /** The numbers by which protobuf reaches a field of a built-in type: more than one where it is in a message that JSON does not have. */
  readonly proto?: readonly number[];
  /** Constraints on values, of custom resources. */
  readonly values?: ValueConstraints;
}

/** What a value must be beyond its type (JSON Schema, as far as structural schemas allow it). */
export interface ValueConstraints {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
}

/** The schema of a property, or of the values of a map; undefined where the field is not known. */
export function fieldSchema(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema === undefined) return undefined;
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
}

/** Whether a change of any part of the value is a change of the whole, as far as the owners of fields are concerned. */
export function isAtomic(schema: Schema): boolean {
  if (schema.type === 'array') return schema.listType === undefined || schema.listType === 'atomic';
  return schema.mapType === 'atomic';
}

/** What stands for a field of a built-in kind that is left out and written all the same. */
const zeroOf = ({ type }: Schema): JsonValue => (type === 'string' ? '' : type === 'integer' || type === 'number' ? 0 : null);

/** The values of the keys of an item in a list of type map; a key that is left out counts with its default. */
export function mapKeyValues(listSchema: Schema, item: JsonObject): JsonObject {
  const values: JsonObject = {};
  for (const key of listSchema.listMapKeys ?? []) {
    const property = listSchema.items?.properties?.[key];
    const value = item[key] ?? property?.default ?? (property?.empty === 'write' ? zeroOf(property) : undefined);
    if (value !== undefined) values[key] = value;
  }
  return values;
}
