import { stringify } from 'yaml';

import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';

/** Under which names clients ask for the OpenAPI 2 document in protobuf. */
export const openApiProtobufTypes: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
];

/**
 * Writes an OpenAPI 2 document in protobuf (gnostic, openapiv2.proto): its definitions, by which kubectl checks objects of kinds that can't be
 * patched. Paths are left out.
 */
export function encodeOpenApiV2(document: JsonObject): Buffer {
  const info = objectAt(document, 'info');
  const definitions = Object.entries(objectAt(document, 'definitions') ?? {}).map(([name, schema]) =>
    message(1, namedSchema(name, schema)),
  );
  return Buffer.concat([
    text(1, stringAt(document, 'swagger')),
    message(2, [text(1, stringAt(info, 'title')), text(2, stringAt(info, 'version'))]),
    message(9, definitions),
  ]);
}

function namedSchema(name: string, schema: JsonValue | undefined): Buffer[] {
  return [text(1, name), message(2, isJsonObject(schema) ? encodeSchema(schema) : [])];
}

function encodeSchema(schema: JsonObject): Buffer[] {
  const [target] = listAt(schema, 'allOf').filter(isJsonObject);
  const reference = stringAt(schema, '$ref') || stringAt(target, '$ref');
  const type = stringAt(schema, 'type');
  const items = objectAt(schema, 'items');
  const additional = objectAt(schema, 'additionalProperties');
  const properties = Object.entries(objectAt(schema, 'properties') ?? {});
  const extensions = Object.entries(schema).filter(([key]) => key.startsWith('x-'));
  return [
    text(1, reference),
    text(2, stringAt(schema, 'format')),
    text(4, stringAt(schema, 'description')),
    ...stringsAt(schema, 'required').map((name) => text(19, name)),
    ...(additional === undefined ? [] : [message(21, [message(1, encodeSchema(additional))])]),
    ...(type === '' ? [] : [message(22, [text(1, type)])]),
    ...(items === undefined ? [] : [message(23, [message(1, encodeSchema(items))])]),
    ...(properties.length === 0
      ? []
      : [
          message(
            25,
            properties.map(([name, property]) => message(1, namedSchema(name, property))),
          ),
        ]),
    ...extensions.map(([name, value]) => message(31, [text(1, name), message(2, [text(2, stringify(value ?? null))])])),
  ];
}

/** A field of text; none where it is empty. */
const text = (field: number, value: string): Buffer => (value === '' ? Buffer.alloc(0) : delimited(field, Buffer.from(value)));
const message = (field: number, parts: readonly Buffer[]): Buffer => delimited(field, Buffer.concat(parts));

function delimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
