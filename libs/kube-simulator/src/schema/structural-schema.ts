import { cloneJson, equalJson, isJsonObject, listAt, objectAt } from '../object/json-value.js';
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
  return { schema, errors: [...reader.errors, ...validateRoot(raw, path)] };
}

/** What the root may not say: it is an object of Kubernetes, whose metadata is known. */
function validateRoot(raw: JsonObject, path: string): FieldError[] {
  const properties = objectAt(raw, 'properties');
  const at = (name: string): string => keyed(child(path, 'properties'), name);
  const errors: FieldError[] = [];
  if (raw['additionalProperties'] !== undefined)
    errors.push(forbidden(child(path, 'additionalProperties'), 'must not be used at the root'));
  if (raw['nullable'] === true) errors.push(forbidden(child(path, 'nullable'), 'nullable cannot be true at the root'));
  for (const [name, type] of [
    ['apiVersion', 'string'],
    ['kind', 'string'],
    ['metadata', 'object'],
  ] as const) {
    const property = objectAt(properties, name);
    if (property === undefined) continue;
    if (property['type'] !== type) errors.push(invalid(child(at(name), 'type'), property['type'] ?? '', `must be ${type}`));
    if (property['default'] !== undefined) errors.push(forbidden(child(at(name), 'default'), `must not be set in top-level ${name}`));
  }
  const metadata = objectAt(properties, 'metadata') ?? {};
  const isRestricted =
    Object.keys(metadata).some((keyword) => !['type', 'properties', 'description', 'default'].includes(keyword)) ||
    Object.keys(objectAt(metadata, 'properties') ?? {}).some((name) => name !== 'name' && name !== 'generateName');
  if (isRestricted)
    errors.push(
      forbidden(at('metadata'), 'must not specify anything other than name and generateName, but metadata is implicitly specified'),
    );
  return errors;
}

/** The two ways to write out `x-kubernetes-int-or-string`, in which subschemas may name their types. */
function isIntOrStringPattern(raw: JsonObject): boolean {
  const anyOf = (value: JsonValue | undefined): boolean => equalJson(value, [{ type: 'integer' }, { type: 'string' }]);
  const [first] = listAt(raw, 'allOf');
  return raw['x-kubernetes-int-or-string'] === true && (anyOf(raw['anyOf']) || (isJsonObject(first) && anyOf(first['anyOf'])));
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

/** Keywords that count only where there is something in them. */
const emptyKeywords: readonly string[] = ['definitions', 'patternProperties'];

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
      ...this.readConstraints(raw, path, (sub, subPath) => this.readValueSchema(sub, subPath, isIntOrStringPattern(raw))),
    };
  }

  private checkDefault(value: JsonValue, schema: Schema, path: string): void {
    const field = child(path, 'default');
    const copy = cloneJson({ value });
    const unknown = prune(copy, { properties: { value: schema } });
    if (unknown.length > 0) this.errors.push(invalid(field, value, 'must not have unknown fields'));
    const errors = below(field, validateValue(value, schema, ''));
    this.errors.push(...errors.map((error) => ({ ...error, field: error.field.replace(`${field}[`, `${field}.[`) })));
  }

  private refuse(raw: JsonObject, path: string): void {
    for (const keyword of refusedKeywords)
      if (raw[keyword] !== undefined && !(emptyKeywords.includes(keyword) && equalJson(raw[keyword], {})))
        this.errors.push(forbidden(child(path, keyword), `${keyword} is not supported`));
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
    if (Array.isArray(items)) this.errors.push(forbidden(child(path, 'items'), 'items must be a schema object and not an array'));
    if (properties !== undefined && additional !== undefined) {
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
    this.errors.push(...validateMergeTypes(raw, path), ...validateOpenness(raw, path));
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
  private readValueSchema(raw: JsonObject, path: string, mayName = false): Schema {
    for (const [keyword, wanted] of valueKeywords) {
      if (keyword === 'type' && mayName) continue;
      if (raw[keyword] !== undefined && raw[keyword] !== false && raw[keyword] !== '')
        this.errors.push(forbidden(child(path, keyword), `must be ${wanted} to be structural`));
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
      ...this.readConstraints(raw, path, (sub, subPath) => this.readValueSchema(sub, subPath, mayName)),
    };
  }
}

/** What a schema inside allOf and its like may not say, and what it must be instead. */
const valueKeywords = [
  ['type', 'empty'],
  ['default', 'undefined'],
  ['description', 'empty'],
  ['title', 'empty'],
  ['nullable', 'false'],
  ['additionalProperties', 'undefined'],
] as const;

/** What must hold for `x-kubernetes-preserve-unknown-fields` and `x-kubernetes-embedded-resource`. */
function validateOpenness(raw: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const preserve = raw['x-kubernetes-preserve-unknown-fields'];
  if (preserve === false) errors.push(invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  if (raw['x-kubernetes-embedded-resource'] !== true) return errors;
  if (raw['type'] !== 'object')
    errors.push(invalid(child(path, 'type'), raw['type'] ?? '', 'must be object if x-kubernetes-embedded-resource is true'));
  if (preserve !== true && Object.keys(objectAt(raw, 'properties') ?? {}).length === 0) {
    const why = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(child(path, 'properties'), why));
  }
  return errors;
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
