import type { JsonObject } from '../object/json-value.js';
import { definition, definitions } from '../schema/definitions.js';
import type { Schema } from '../schema/schema.js';
import { fieldDescriptions, kindDescriptions } from './descriptions.js';

/** Where the definitions stand in a document: OpenAPI 3 keeps them elsewhere than OpenAPI 2. */
export type RefPrefix = '#/components/schemas/' | '#/definitions/';

/** The kinds that a definition is the schema of. */
export type KindIndex = ReadonlyMap<string, readonly JsonObject[]>;

/** Writes schemas as OpenAPI, and remembers which definitions they refer to. */
export class OpenApiWriter {
  private readonly wanted = new Set<string>();

  constructor(
    private readonly prefix: RefPrefix,
    private readonly kinds: KindIndex,
  ) {}

  /** A reference to a built-in type. */
  refer(name: string): JsonObject {
    this.wanted.add(name);
    return { $ref: `${this.prefix}${name}` };
  }

  /** Every built-in type that was referred to, and those to which they refer in turn. */
  referred(): Record<string, JsonObject> {
    const written: Record<string, JsonObject> = {};
    for (const name of this.wanted) if (definitions.has(name)) written[name] = this.writeDefinition(name);
    return Object.fromEntries(Object.entries(written).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** A schema as OpenAPI; built-in types become references. */
  write(schema: Schema): JsonObject {
    if (schema.definition !== undefined) return this.writeReference(schema.definition, schema);
    return this.writeInline(schema);
  }

  private writeReference(name: string, schema: Schema): JsonObject {
    const own = this.writeExtras(schema, definition(name));
    return Object.keys(own).length === 0 ? this.refer(name) : { ...own, allOf: [this.refer(name)] };
  }

  private writeDefinition(name: string): JsonObject {
    const schema = definition(name);
    const kind = name.slice(name.lastIndexOf('.') + 1);
    const kinds = this.kinds.get(name);
    const description = kinds === undefined ? undefined : kindDescriptions[kind];
    return {
      ...(description === undefined ? {} : { description }),
      ...this.writeInline(schema, kinds !== undefined),
      ...(kinds === undefined ? {} : { 'x-kubernetes-group-version-kind': [...kinds] }),
    };
  }

  /** The body of a schema; of an object of the API the fields that all have are described. */
  writeInline(schema: Schema, isKind = false): JsonObject {
    const {
      type,
      properties,
      items,
      additionalProperties,
      preserveUnknownFields,
      embeddedResource,
      intOrString,
      listType,
      listMapKeys,
      mapType,
      patchMergeKey,
      patchStrategy,
    } = schema;
    const open: JsonObject = {
      oneOf: schema.format === 'int-or-string' ? [{ type: 'integer' }, { type: 'string' }] : [{ type: 'string' }, { type: 'number' }],
    };
    const isScalarUnion = type === 'any' && (schema.format === 'int-or-string' || schema.definition?.endsWith('Quantity') === true);
    return {
      ...(schema.description === undefined ? {} : { description: schema.description }),
      ...(type === undefined || type === 'any' ? {} : { type }),
      ...(isScalarUnion ? open : {}),
      ...(schema.format === undefined ? {} : { format: schema.format }),
      ...(schema.required === undefined ? {} : { required: [...schema.required] }),
      ...(schema.default === undefined ? {} : { default: schema.default }),
      ...(schema.enum === undefined ? {} : { enum: [...schema.enum] }),
      ...(schema.nullable === true ? { nullable: true } : {}),
      ...this.writeValues(schema),
      ...(properties === undefined ? {} : { properties: this.writeProperties(properties, isKind) }),
      ...(items === undefined ? {} : { items: this.write(items) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties: this.write(additionalProperties) }),
      ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
      ...(listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': [...listMapKeys] }),
      ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
      ...(patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patchMergeKey }),
      ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
      ...(preserveUnknownFields === true ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      ...(embeddedResource === true ? { 'x-kubernetes-embedded-resource': true } : {}),
      ...(intOrString === true ? { 'x-kubernetes-int-or-string': true } : {}),
    };
  }

  private writeProperties(properties: Readonly<Record<string, Schema>>, isKind: boolean): JsonObject {
    const written: JsonObject = {};
    for (const name of Object.keys(properties).toSorted()) {
      const property = this.write(properties[name] ?? {});
      const description = isKind ? fieldDescriptions[name] : undefined;
      written[name] = description === undefined || property['description'] !== undefined ? property : describe(property, description);
    }
    return written;
  }

  /** What a field says beyond the type that it is of. */
  private writeExtras(schema: Schema, target: Schema): JsonObject {
    return {
      ...(schema.description !== undefined && schema.description !== target.description ? { description: schema.description } : {}),
      ...(schema.default === undefined ? {} : { default: schema.default }),
    };
  }

  private writeValues({ values }: Schema): JsonObject {
    if (values === undefined) return {};
    const { allOf, anyOf, oneOf, not, ...plain } = values;
    const list = (name: string, schemas: readonly Schema[] | undefined): JsonObject =>
      schemas === undefined ? {} : { [name]: schemas.map((schema) => this.write(schema)) };
    return {
      ...plain,
      ...list('allOf', allOf),
      ...list('anyOf', anyOf),
      ...list('oneOf', oneOf),
      ...(not === undefined ? {} : { not: this.write(not) }),
    };
  }
}

function describe(property: JsonObject, description: string): JsonObject {
  return property['$ref'] === undefined ? { description, ...property } : { description, allOf: [property] };
}
