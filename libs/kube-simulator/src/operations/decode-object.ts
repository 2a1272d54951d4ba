import { decodeJson } from '../object/decode-json.js';
import { orderAsCustom } from '../object/encode-json.js';
import { goQuote } from '../object/go-quote.js';
import { cloneJson, isJsonObject, objectAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { setMeta, splitApiVersion } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { apiVersionOf } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { applyDefaults } from '../schema/defaulting.js';
import { fieldSchema } from '../schema/schema.js';
import type { Schema } from '../schema/schema.js';
import { definitions, objectMetaSchema } from '../schema/definitions.js';
import { prune } from '../schema/pruning.js';
import { TypeMismatchError } from '../schema/type-mismatch-error.js';
import { decodeTyped } from '../schema/typed-decoder.js';
import { badRequest } from '../status/api-error.js';
import { fieldErrorText, invalid } from '../status/field-error.js';
import type { FieldValidation } from './write-request.js';

/** A decoded object, and what a strict reader would not have accepted. */
export interface DecodedObject {
  readonly object: KubeObject;
  readonly strictErrors: readonly string[];
}

/** A body that is not an object of the kind; the text is the reason alone, without what surrounds it in the answer. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';

  constructor(
    message: string,
    /** The kind that the body names; undefined where it could not be told. */
    readonly bodyKind: { readonly kind: string; readonly version: string } | undefined,
    /** The message where the object is the result of a strategic merge. */
    readonly mergedMessage: string = message,
  ) {
    super(message);
  }
}

/** The Go struct into which the API server looks for kind and version first. */
const typeMetaStruct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

/**
 * Decodes a request body into an object of the resource's kind, with its defaults. Unknown and repeated fields are dropped; by
 * `fieldValidation` they are reported as warnings or refused.
 * @throws ApiError 400 with the API server's words
 */
export function decodeBody(text: string, resource: Resource, fieldValidation: FieldValidation, warnings: string[]): KubeObject {
  try {
    const { object, strictErrors } = decodeText(text, resource);
    reportStrictErrors(strictErrors, resource, object, fieldValidation, warnings);
    return object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(decodeMessage(error, resource, text));
  }
}

function decodeMessage({ bodyKind, message }: DecodeError, resource: Resource, text: string): string {
  if (bodyKind !== undefined)
    return `${bodyKind.kind} in version ${goQuote(bodyKind.version)} cannot be handled as a ${resource.kind}: ${message}`;
  return `the object provided is unrecognized (must be of type ${resource.kind}): ${message} (${summarize(text)})`;
}

function reportStrictErrors(
  strictErrors: readonly string[],
  resource: Resource,
  object: KubeObject,
  fieldValidation: FieldValidation,
  warnings: string[],
): void {
  if (strictErrors.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Warn') {
    warnings.push(...strictErrors);
    return;
  }
  const { version } = splitApiVersion(object.apiVersion);
  throw badRequest(
    `${object.kind} in version ${goQuote(version)} cannot be handled as a ${resource.kind}: strict decoding error: ${strictErrors.join(', ')}`,
  );
}

/** The beginning of a body, as messages show it: as text where it looks like JSON, in hexadecimal otherwise. */
function summarize(text: string): string {
  if (text === '') return '<empty>';
  if (text.startsWith('{')) return text.length > 30 ? `${text.slice(0, 30)} ...` : text;
  const bytes = Buffer.from(text);
  return bytes.length > 30 ? `${bytes.subarray(0, 30).toString('hex')} ...` : bytes.toString('hex');
}

function decodeText(text: string, resource: Resource): DecodedObject {
  let decoded;
  try {
    decoded = decodeJson(text);
  } catch (error) {
    throw new DecodeError(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`,
      undefined,
    );
  }
  const { value, duplicateFields } = decoded;
  const problem = typeMetaProblem(value);
  if (problem !== undefined) throw new DecodeError(problem, undefined);
  return decodeObject(isJsonObject(value) ? value : {}, resource, duplicateFields, text);
}

/**
 * Decodes JSON that was parsed already.
 * @param text the body as it came, for messages
 * @throws DecodeError
 */
export function decodeObject(value: JsonObject, resource: Resource, duplicateFields: readonly string[] = [], text = ''): DecodedObject {
  const { apiVersion, kind } = readTypeMeta(value, resource, text);
  const bodyKind = { kind, version: splitApiVersion(apiVersion).version };
  try {
    return resource.isCustom
      ? decodeCustom(value, resource, duplicateFields)
      : decodeBuiltIn({ ...value, apiVersion, kind }, resource, duplicateFields);
  } catch (error) {
    if (error instanceof TypeMismatchError) throw new DecodeError(error.message, bodyKind, error.mergedMessage);
    throw error;
  }
}

/** What keeps kind and version from being found in a body; undefined where nothing does. */
export function typeMetaProblem(value: JsonValue): string | undefined {
  if (value === null) return undefined;
  const reject = (given: JsonValue, target: string): string =>
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeOf(given)} into ${target}`;
  if (!isJsonObject(value)) return reject(value, `Go value of type ${typeMetaStruct}`);
  for (const field of ['apiVersion', 'kind'] as const) {
    const given = value[field] ?? '';
    if (typeof given !== 'string') return reject(given, `Go struct field .${field} of type string`);
  }
  return undefined;
}

const jsonTypeOf = (value: JsonValue): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

function readTypeMeta(value: JsonObject, resource: Resource, text: string): { apiVersion: string; kind: string } {
  const problem = typeMetaProblem(value);
  if (problem !== undefined) throw new DecodeError(problem, undefined);
  const apiVersion = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
  const kind = typeof value['kind'] === 'string' ? value['kind'] : '';
  if (apiVersion.split('/').length > 2) throw new DecodeError(`unexpected GroupVersion string: ${apiVersion}`, undefined);
  if (resource.isCustom) {
    if (kind === '') throw new DecodeError(`Object 'Kind' is missing in '${text}'`, undefined);
    if (apiVersion !== apiVersionOf(resource)) throw badRequest(wrongVersion(apiVersion, resource));
    return { apiVersion, kind };
  }
  const known = { apiVersion: apiVersion === '' ? apiVersionOf(resource) : apiVersion, kind: kind === '' ? resource.kind : kind };
  checkBuiltInKind(known, resource);
  return known;
}

const wrongVersion = (apiVersion: string, resource: Resource): string =>
  `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(resource)})`;

function checkBuiltInKind({ apiVersion, kind }: { apiVersion: string; kind: string }, resource: Resource): void {
  if (apiVersion === apiVersionOf(resource) && kind === resource.kind) return;
  const { group, version } = splitApiVersion(apiVersion);
  const label = group === '' ? 'core' : (group.split('.')[0] ?? group);
  const isKnown = [kind, kind.replace(/List$/, '')].some((name) => definitions.has(`io.k8s.api.${label}.${version}.${name}`));
  const message = isKnown
    ? `converting (${version}.${kind}) to (${internalPackage(resource.group)}.${resource.kind}): unknown conversion`
    : `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
  throw new DecodeError(message, { kind, version });
}

const internalPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? group));

function decodeBuiltIn(value: JsonObject, resource: Resource, duplicateFields: readonly string[]): DecodedObject {
  const decoded = decodeTyped(value, resource.schema);
  const object = decoded.value as KubeObject;
  keepResetOfManagers(value, object);
  resource.strategy.applyDefaults?.(object);
  return { object, strictErrors: [...decoded.unknownFields.map(unknownField), ...duplicateFields.map(duplicateField)] };
}

/** An empty list of managers is no empty field: it asks for the book of owners to be emptied. */
function keepResetOfManagers(value: JsonObject, object: KubeObject): void {
  const given = objectAt(value, 'metadata')?.['managedFields'];
  if (Array.isArray(given) && given.length === 0) setMeta(object, 'managedFields', []);
}

const unknownField = (path: string): string => `unknown field ${goQuote(path)}`;
const duplicateField = (path: string): string => `duplicate field ${goQuote(path)}`;

function decodeCustom(value: JsonObject, resource: Resource, duplicateFields: readonly string[]): DecodedObject {
  const object = cloneJson(value);
  const metadata = decodeMetadata(object['metadata']);
  const pruned = prune(object, resource.schema);
  const embedded = decodeEmbedded(object, resource.schema, '');
  object['metadata'] = metadata.value;
  keepResetOfManagers(value, object as KubeObject);
  applyDefaults(object, resource.schema);
  const strictErrors = [
    ...duplicateFields.map(duplicateField),
    ...metadata.unknownFields.map((name) => unknownField(`metadata.${name}`)),
    ...pruned.map(unknownField),
    ...embedded.map(unknownField),
  ];
  return { object: object as KubeObject, strictErrors };
}

/**
 * Decodes the metadata of the objects within a custom object, in place.
 * @returns the paths of what was not known of them
 * @throws TypeMismatchError
 */
function decodeEmbedded(value: JsonValue | undefined, schema: Schema, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, index) => decodeEmbedded(item, items, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const own = schema.embeddedResource === true ? decodeEmbeddedMetadata(value, `${path}.metadata`) : [];
  const below = Object.keys(value).flatMap((name) => {
    const property = fieldSchema(schema, name);
    return property === undefined ? [] : decodeEmbedded(value[name], property, path === '' ? name : `${path}.${name}`);
  });
  return [...own, ...below];
}

function decodeEmbeddedMetadata(object: JsonObject, path: string): string[] {
  const given = object['metadata'];
  if (given === undefined) return [];
  try {
    const { value, unknownFields } = decodeMetadata(given);
    object['metadata'] = value;
    return unknownFields.map((name) => `${path}.${name}`);
  } catch (error) {
    if (!(error instanceof TypeMismatchError)) throw error;
    throw new TypeMismatchError(fieldErrorText(invalid(path, isJsonObject(given) ? orderAsCustom(given) : given, error.message)));
  }
}

function decodeMetadata(value: JsonValue | undefined): { value: JsonObject; unknownFields: readonly string[] } {
  if (value === undefined || value === null) return { value: {}, unknownFields: [] };
  if (!isJsonObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw new TypeMismatchError(`json: cannot unmarshal ${type} into Go value of type v1.ObjectMeta`);
  }
  return decodeTyped(value, objectMetaSchema);
}

/** The defaults of an object that did not come from outside: after the server has taken something away. */
export function redefault(object: KubeObject, resource: Resource): void {
  if (resource.isCustom) {
    const metadata = objectAt(object, 'metadata');
    applyDefaults(object, resource.schema);
    if (metadata !== undefined) object.metadata = metadata;
  } else resource.strategy.applyDefaults?.(object);
}
