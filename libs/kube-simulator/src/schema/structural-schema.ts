import { cloneJson, isJsonObject, listAt, objectAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { below, child, forbidden, indexed, invalid, keyed, notSupported, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { patternProblem } from './pattern.js';
import { prune } from './pruning.js';
import type { Schema, SchemaType } from './schema.js';
import { validateMergeTypes } from './validate-merge-types.js';
import { validateValue } from './value-validator.js';

/** The schema of a custom resource, and what is wrong with it. */
export interface StructuralSchema {
  readonly schema: Schema;
  readonly errors: readonly FieldError[];
}

/**
 * Reads `openAPIV3Schema` of a CustomResourceDefinition as a structural schema (Kubernetes documentation, "Specifying a structural schema").
 * Validation rules in CEL are refused by name: the simulator does not evaluate them.
 * @param path where the schema stands in the definition, for the messages
 */
export function readStructuralSchema(raw: JsonObject, path: string): StructuralSchema {
  const reader = new StructuralReader();
  const schema = reader.read(raw, path);
  if (raw['type'] !== 'object') {
    const shown = typeof raw['type'] === 'string' ? raw['type'] : '';
    if (shown !== '') reader.errors.push(invalid(child(path, 'type'), shown, 'must be object at the root'));
  }
  return { schema, errors: reader.errors };
}

const types: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const constraintNames = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;
const refusedKeywords = [
  '$ref',
  'definitions',
  'dependencies',
  'deprecated',
  'discriminator',
  'id',
  'patternProperties',
  'readOnly',
  'writeOnly',
  'xml',
  'additionalItems',
];

class StructuralReader {
  readonly errors: FieldError[] = [];

  read(raw: JsonObject, path: string): Schema {
    this.refuse(raw, path);
    if (raw['$ref'] !== undefined) return {};
    const schema = this.readAll(raw, path);
    if (raw['default'] !== undefined) this.checkDefault(raw['default'], schema, path);
    return schema;
  }

  private readAll(raw: JsonObject, path: string): Schema {
    return {
      ...this.readType(raw, path),
      ...this.readChildren(raw, path),
      ...readPlainKeywords(raw),
      ...this.readExtensions(raw, path),
      ...this.readConstraints(raw, path, (sub, subPath) => this.readValueSchema(sub, subPath)),
    };
  }

  private checkDefault(value: JsonValue, schema: Schema, path: string): void {
    const field = child(path, 'default');
    const copy = cloneJson({ value });
    const unknown = prune(copy, { properties: { value: schema } });
    if (unknown.length > 0) this.errors.push(invalid(field, value, 'must not have unknown fields'));
    this.errors.push(...below(field, validateValue(value, schema, '')));
  }

  private refuse(raw: JsonObject, path: string): void {
    for (const keyword of refusedKeywords)
      if (raw[keyword] !== undefined) this.errors.push(forbidden(child(path, keyword), `${keyword} is not supported`));
    if (raw['uniqueItems'] === true)
      this.errors.push(
        forbidden(child(path, 'uniqueItems'), 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'),
      );
    if (listAt(raw, 'x-kubernetes-validations').length > 0) {
      this.errors.push(forbidden(child(path, 'x-kubernetes-validations'), 'validation rules (CEL) are not evaluated by this simulator'));
    }
  }

  private readType(raw: JsonObject, path: string): Schema {
    const type = raw['type'];
    const open = raw['x-kubernetes-int-or-string'] === true || raw['x-kubernetes-preserve-unknown-fields'] === true;
    if (type === undefined || type === '') {
      if (!open)
        this.errors.push(
          required(
            child(path, 'type'),
            path.endsWith('openAPIV3Schema') ? 'must not be empty at the root' : 'must not be empty for specified object fields',
          ),
        );
      return {};
    }
    if (typeof type === 'string' && types.includes(type)) return { type: type as SchemaType };
    this.errors.push(notSupported(child(path, 'type'), type, types));
    return {};
  }

  private readChildren(raw: JsonObject, path: string): Schema {
    const properties = objectAt(raw, 'properties');
    const items = raw['items'];
    const additional = raw['additionalProperties'];
    if (raw['type'] === 'array' && items === undefined) this.errors.push(required(child(path, 'items'), 'must be specified'));
    if (properties !== undefined && isJsonObject(additional)) {
      this.errors.push(forbidden(child(path, 'additionalProperties'), 'additionalProperties and properties are mutual exclusive'));
    }
    return {
      ...(properties === undefined ? {} : { properties: this.readProperties(properties, child(path, 'properties')) }),
      ...(isJsonObject(items) ? { items: this.read(items, child(path, 'items')) } : {}),
      ...(isJsonObject(additional) ? { additionalProperties: this.read(additional, child(path, 'additionalProperties')) } : {}),
      ...(additional === true ? { additionalProperties: { preserveUnknownFields: true } } : {}),
    };
  }

  private readProperties(properties: JsonObject, path: string): Record<string, Schema> {
    const result: Record<string, Schema> = {};
    for (const name of Object.keys(properties).toSorted()) {
      const property = properties[name];
      if (isJsonObject(property)) result[name] = this.read(property, keyed(path, name));
    }
    return result;
  }

  private readExtensions(raw: JsonObject, path: string): Schema {
    const listType = raw['x-kubernetes-list-type'];
    const keys = listAt(raw, 'x-kubernetes-list-map-keys').filter((key) => typeof key === 'string');
    this.errors.push(...validateMergeTypes(raw, path));
    const mapType = raw['x-kubernetes-map-type'];
    return {
      ...(listType === 'atomic' || listType === 'set' || listType === 'map' ? { listType } : {}),
      ...(keys.length === 0 ? {} : { listMapKeys: keys }),
      ...(mapType === 'atomic' || mapType === 'granular' ? { mapType } : {}),
      ...(raw['x-kubernetes-preserve-unknown-fields'] === true ? { preserveUnknownFields: true } : {}),
      ...(raw['x-kubernetes-embedded-resource'] === true ? { embeddedResource: true } : {}),
      ...(raw['x-kubernetes-int-or-string'] === true ? { intOrString: true } : {}),
    };
  }

  private readConstraints(raw: JsonObject, path: string, readSub: (sub: JsonObject, subPath: string) => Schema): Schema {
    const values: Record<string, unknown> = {};
    for (const name of constraintNames) if (raw[name] !== undefined && raw[name] !== null) values[name] = raw[name];
    const problem = typeof raw['pattern'] === 'string' ? patternProblem(raw['pattern']) : undefined;
    if (problem !== undefined) {
      this.errors.push(invalid(child(path, 'pattern'), raw['pattern'], `must be a valid regular expression, but isn't: ${problem}`));
      delete values['pattern'];
    }
    for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
      const subs = listAt(raw, name).filter(isJsonObject);
      if (subs.length > 0) values[name] = subs.map((sub, index) => readSub(sub, indexed(child(path, name), index)));
    }
    if (isJsonObject(raw['not'])) values['not'] = readSub(raw['not'], child(path, 'not'));
    return Object.keys(values).length === 0 ? {} : { values };
  }

  /** A schema inside allOf and its like: it constrains values, and may not say of which type they are. */
  private readValueSchema(raw: JsonObject, path: string): Schema {
    for (const keyword of ['default', 'description', 'title', 'nullable', 'additionalProperties']) {
      if (raw[keyword] !== undefined && raw[keyword] !== false && raw[keyword] !== '') {
        this.errors.push(forbidden(child(path, keyword), 'must be undefined to be structural'));
      }
    }
    const properties = objectAt(raw, 'properties');
    const items = raw['items'];
    return {
      ...(typeof raw['type'] === 'string' && raw['type'] !== '' ? { type: raw['type'] as SchemaType } : {}),
      ...readPlainKeywords(raw),
      ...(properties === undefined
        ? {}
        : {
            properties: Object.fromEntries(
              Object.entries(properties).flatMap(([name, sub]) =>
                isJsonObject(sub) ? [[name, this.readValueSchema(sub, keyed(child(path, 'properties'), name))]] : [],
              ),
            ),
          }),
      ...(isJsonObject(items) ? { items: this.readValueSchema(items, child(path, 'items')) } : {}),
      ...this.readConstraints(raw, path, (sub, subPath) => this.readValueSchema(sub, subPath)),
    };
  }
}

function readPlainKeywords(raw: JsonObject): Schema {
  const names = listAt(raw, 'required').filter((name) => typeof name === 'string');
  const values: JsonValue[] = listAt(raw, 'enum');
  return {
    ...(typeof raw['description'] === 'string' ? { description: raw['description'] } : {}),
    ...(typeof raw['format'] === 'string' && raw['format'] !== '' ? { format: raw['format'] } : {}),
    ...(raw['nullable'] === true ? { nullable: true } : {}),
    ...(raw['default'] === undefined ? {} : { default: raw['default'] }),
    ...(names.length === 0 ? {} : { required: names }),
    ...(values.length === 0 ? {} : { enum: values }),
  };
}
