import { goQuote } from '../object/go-quote.js';
import { equalJson, isJsonObject } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { child, indexed, invalid, nowhere, notSupported, required, tooLong, tooMany, typeInvalid } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';
import { isOfFormat } from './formats.js';
import { correlatedItem } from './list-items.js';
import { validateNumber } from './number-validator.js';
import type { Schema, ValueConstraints } from './schema.js';
import { compilePattern } from './pattern.js';

/**
 * Validates a value of a custom resource with the API server's words. What was there before and did not change is not judged again
 * (CRD validation ratcheting).
 * @param old the value before an update, or undefined
 */
export function validateValue(value: JsonValue | undefined, schema: Schema, path: string, old?: JsonValue): FieldError[] {
  if (value === undefined) return [];
  if (old !== undefined && path !== '' && equalJson(value, old)) return [];
  if (value === null) return schema.nullable === true || schema.type === undefined ? [] : [wrongType(path, schema.type, 'null')];
  return [
    ...validateType(value, schema, path),
    ...validateCombinations(value, schema.values, path, old),
    ...(typeof value === 'string' ? validateString(value, schema, path) : []),
    ...(typeof value === 'number' ? validateNumber(value, schema, path) : []),
    ...(Array.isArray(value) ? validateList(value, schema, path, old) : []),
    ...validateEnum(value, schema, path),
    ...(isJsonObject(value) ? validateObject(value, schema, path, old) : []),
  ];
}

/** The name of a place in messages: the root is the body itself. */
const inBody = (path: string): string => `${path} in body`;

function wrongType(path: string, expected: string, actual: string): FieldError {
  return typeInvalid(path, actual, `${inBody(path)} must be of type ${expected}: ${goQuote(actual)}`);
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function validateType(value: JsonValue, schema: Schema, path: string): FieldError[] {
  const actual = typeOf(value);
  if (schema.intOrString === true) return actual === 'integer' || actual === 'string' ? [] : [wrongType(path, 'integer,string', actual)];
  const expected = schema.type;
  if (expected === undefined || expected === actual || (expected === 'number' && actual === 'integer')) return [];
  if (typeof value === 'number' && expected === 'integer' && schema.format !== undefined)
    return [wrongType(path, schema.format, 'float64')];
  return [wrongType(path, expected, actual)];
}

function validateEnum(value: JsonValue, schema: Schema, path: string): FieldError[] {
  if (schema.enum === undefined || schema.enum.some((allowed) => equalJson(allowed, value))) return [];
  return [
    notSupported(
      path,
      value,
      schema.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed))),
    ),
  ];
}

function validateString(value: string, schema: Schema, path: string): FieldError[] {
  const errors = validateText(value, schema, path);
  if (schema.format !== undefined && (schema.type === undefined || schema.type === 'string') && !isOfFormat(value, schema.format)) {
    errors.push(typeInvalid(path, value, `${inBody(path)} must be of type ${schema.format}: ${goQuote(value)}`));
  }
  return errors;
}

/** The length and the pattern of a string; only the first thing that is wrong is told. */
function validateText(value: string, schema: Schema, path: string): FieldError[] {
  const { maxLength, minLength, pattern } = schema.values ?? {};
  const length = Array.from(value).length;
  if (maxLength !== undefined && length > maxLength) return [tooLong(path, maxLength)];
  if (minLength !== undefined && length < minLength)
    return [invalid(path, value, `${inBody(path)} should be at least ${minLength} chars long`)];
  if (pattern === undefined || pattern === '' || compilePattern(pattern).test(value)) return [];
  return [invalid(path, value, `${inBody(path)} should match '${pattern}'`)];
}

function validateList(value: JsonValue[], schema: Schema, path: string, old: JsonValue | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const { items } = schema;
  if (items !== undefined) {
    for (const [index, item] of value.entries()) {
      errors.push(...validateValue(item, items, indexed(path, index), correlatedItem(item, schema, old)));
    }
  }
  const { minItems, maxItems } = schema.values ?? {};
  if (minItems !== undefined && value.length < minItems)
    errors.push(invalid(path, value.length, `${inBody(path)} should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
  return errors;
}

function validateObject(value: JsonObject, schema: Schema, path: string, old: JsonValue | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const before = isJsonObject(old) ? old : {};
  const { minProperties, maxProperties } = schema.values ?? {};
  const size = Object.keys(value).length;
  if (minProperties !== undefined && size < minProperties)
    errors.push(invalid(path, size, `${inBody(path)} should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && size > maxProperties) errors.push(tooMany(path, size, maxProperties));
  for (const name of Object.keys(value)) {
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const property = known ?? schema.additionalProperties;
    if (property !== undefined)
      errors.push(...validateValue(value[name], property, child(path, name), Object.hasOwn(before, name) ? before[name] : undefined));
  }
  for (const name of schema.embeddedResource === true ? ['apiVersion', 'kind'] : [])
    if ((value[name] ?? '') === '') errors.push(required(child(path, name)));
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(value, name) || value[name] === undefined) errors.push(required(child(path, name)));
  return errors;
}

function validateCombinations(
  value: JsonValue,
  constraints: ValueConstraints | undefined,
  path: string,
  old: JsonValue | undefined,
): FieldError[] {
  if (constraints === undefined) return [];
  const errors: FieldError[] = [];
  const check = (schema: Schema): FieldError[] => validateValue(value, schema, path, old);
  const composite = (text: string): FieldError => ({ ...invalid(nowhere, '', `${goQuote(path)} ${text}`) });
  const { allOf = [], anyOf = [], oneOf = [], not } = constraints;
  if (anyOf.length > 0) {
    const results = anyOf.map(check);
    if (results.every((result) => result.length > 0))
      errors.push(composite('must validate at least one schema (anyOf)'), ...fewest(results));
  }
  if (oneOf.length > 0) {
    const results = oneOf.map(check);
    const valid = results.filter((result) => result.length === 0).length;
    if (valid === 0) errors.push(composite('must validate one and only one schema (oneOf). Found none valid'), ...fewest(results));
    else if (valid > 1) errors.push(composite(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`));
  }
  const failing = allOf.map(check).filter((result) => result.length > 0);
  errors.push(...failing.flat());
  if (failing.length > 0)
    errors.push(composite(`must validate all the schemas (allOf)${failing.length === allOf.length ? '. None validated' : ''}`));
  if (not !== undefined && check(not).length === 0) errors.push(composite('must not validate the schema (not)'));
  return errors;
}

const fewest = (results: readonly FieldError[][]): FieldError[] =>
  results.reduce((best, result) => (result.length < best.length ? result : best), results[0] ?? []);
