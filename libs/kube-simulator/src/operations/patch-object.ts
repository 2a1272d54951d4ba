import { applyConfiguration, trackUpdate } from '../apply/field-manager.js';
import { TypedValueError } from '../apply/typed-value.js';
import { validateTyped } from '../apply/validate-typed.js';
import { decodeJson } from '../object/decode-json.js';
import { decodeYaml, YamlSyntaxError } from '../object/decode-yaml.js';
import { encodeJson, orderAsCustom } from '../object/encode-json.js';
import { goValue } from '../object/go-quote.js';
import { isJsonObject, objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { nameOf, namespaceOf, splitApiVersion, uidOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { applyJsonPatch, JsonPatchError, maxOperations } from '../patch/json-patch.js';
import { applyMergePatch } from '../patch/merge-patch.js';
import { applyStrategicMergePatch, StrategicMergeError } from '../patch/strategic-merge-patch.js';
import { apiVersionOf, groupResource } from '../resources/resource.js';
import { badRequest, conflict, failure, invalidObject, notFound, tooLarge, unprocessable } from '../status/api-error.js';
import type { ApiError } from '../status/api-error.js';
import { invalid } from '../status/field-error.js';
import { ensureNamespace } from './create-object.js';
import { DecodeError, decodeObject } from './decode-object.js';
import { checkName, guaranteedUpdate } from './update-object.js';
import type { WriteResult } from './update-object.js';
import { fieldWriter } from './write-request.js';
import type { WriteRequest } from './write-request.js';

/** The kinds of patches, by their media types. */
export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

/** A patch as it came. */
export interface Patch {
  readonly type: PatchType;
  readonly text: string;
  /** Server-side apply takes over the fields of others. */
  readonly force: boolean;
}

/**
 * Patches an object; server-side apply also creates it.
 * @throws ApiError
 */
export function patchObject(request: WriteRequest, name: string, patch: Patch): WriteResult {
  checkSyntax(patch);
  const isApply = patch.type === 'application/apply-patch+yaml';
  return guaranteedUpdate(request, name, {
    uidPrecondition: '',
    allowCreate: isApply && request.subresource === '',
    next: (live) => {
      if (live === undefined && !isApply) throw notFound(groupResource(request.resource), name);
      const object = isApply ? applyTo(request, name, live, patch) : changeBy(request, live, patch);
      if (live === undefined && uidOf(object) !== '') {
        throw conflict(
          groupResource(request.resource),
          name,
          `uid mismatch: the provided object specified uid ${uidOf(object)}, and no existing object was found`,
        );
      }
      ensureNamespace(object, request);
      checkName(object, name, request);
      return object;
    },
  });
}

/** Refuses what is no JSON before anything else is looked at. */
function checkSyntax({ type, text }: Patch): void {
  if (type === 'application/apply-patch+yaml') return;
  try {
    decodeJson(text);
  } catch {
    throw badRequest('invalid JSON patch');
  }
}

interface Patched {
  readonly value: JsonValue;
  readonly strictErrors: readonly string[];
  /** The patched object as messages show it. */
  readonly shown: string;
}

function changeBy(request: WriteRequest, live: KubeObject | undefined, patch: Patch): KubeObject {
  const before = live ?? ({} as KubeObject);
  const patched = applyPatchText(request, before, patch);
  const reject = (why: string): ApiError => invalidObject({ group: '', name: '' }, '', [invalid('patch', patched.shown, why)]);
  if (!isJsonObject(patched.value)) throw reject('json: cannot unmarshal array into Go value of type map[string]interface {}');
  try {
    const { object, strictErrors } = decodeObject(patched.value, request.resource, [], patched.shown);
    const errors = [...patched.strictErrors, ...strictErrors];
    if (errors.length > 0 && request.fieldValidation === 'Strict') throw reject(`strict decoding error: ${errors.join(', ')}`);
    if (request.fieldValidation === 'Warn') request.warnings.push(...errors);
    trackUpdate(live, object, request.resource.schema, fieldWriter(request));
    return object;
  } catch (error) {
    if (error instanceof DecodeError)
      throw reject(patch.type === 'application/strategic-merge-patch+json' ? error.mergedMessage : error.message);
    throw error;
  }
}

function applyPatchText(request: WriteRequest, before: KubeObject, patch: Patch): Patched {
  if (patch.type === 'application/json-patch+json') return applyJsonPatchText(before, patch.text);
  const { value, duplicateFields } = decodeJson(patch.text);
  const strictErrors = duplicateFields.map((path) => `duplicate field "${path}"`);
  if (value === null && patch.type === 'application/merge-patch+json') throw badRequest('Invalid JSON Patch');
  if (value === null && patch.type === 'application/strategic-merge-patch+json') return { value: before, strictErrors, shown: '' };
  if (!isJsonObject(value))
    throw badRequest(
      `${patch.type.includes('strategic') ? '' : 'error decoding patch: '}json: cannot unmarshal ${typeName(value)} into Go value of type map[string]interface {}`,
    );
  if (patch.type === 'application/merge-patch+json') {
    const merged = applyMergePatch(before, value);
    return { value: merged, strictErrors, shown: encodeJson(merged) };
  }
  try {
    return { value: applyStrategicMergePatch(before, value, request.resource.schema), strictErrors, shown: goValue(value) };
  } catch (error) {
    if (error instanceof StrategicMergeError)
      throw error.isMalformed ? badRequest(error.message) : failure({ code: 500, message: error.message });
    throw error;
  }
}

const typeName = (value: JsonValue): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

const operationFields: readonly string[] = ['op', 'path', 'from', 'value'];

function applyJsonPatchText(before: KubeObject, text: string): Patched {
  const { value, duplicateFields } = decodeJson(text);
  if (!Array.isArray(value))
    throw badRequest(`error decoding patch: json: cannot unmarshal ${typeName(value)} into Go value of type []handlers.jsonPatchOp`);
  const operations = value.map((item) => {
    if (!isJsonObject(item))
      throw badRequest(`error decoding patch: json: cannot unmarshal ${typeName(item)} into Go value of type handlers.jsonPatchOp`);
    return item;
  });
  if (operations.length > maxOperations)
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`);
  const unknown = operations.flatMap((operation, index) =>
    Object.keys(operation)
      .filter((key) => !operationFields.includes(key))
      .map((key) => `json patch unknown field "[${index}].${key}"`),
  );
  try {
    const patched = applyJsonPatch(before, operations);
    return {
      value: patched,
      strictErrors: [...unknown, ...duplicateFields.map((path) => `json patch duplicate field "${path}"`)],
      shown: encodeJson(orderAsCustom(patched)),
    };
  } catch (error) {
    if (error instanceof JsonPatchError) throw unprocessable();
    throw error;
  }
}

/** Server-side apply. */
function applyTo(request: WriteRequest, name: string, live: KubeObject | undefined, { text, force }: Patch): KubeObject {
  const { resource } = request;
  const { config, repeatedKeyLine } = parseConfiguration(text);
  checkConfiguration(config, request);
  const before: KubeObject = live ?? { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {} };
  const problems = validateTyped(config, resource.schema);
  const label = `${namespaceOf(config)}/${nameOf(config)}; ${gvkText(config)}`;
  if (problems.length > 0)
    throw failure({ code: 500, message: `failed to create typed patch object (${label}): ${joinProblems(problems)}` });
  try {
    const merged = applyConfiguration(before, config, resource.schema, fieldWriter(request), force);
    const applied = decodeApplied(request, merged, name);
    if (repeatedKeyLine !== undefined) reportRepeatedKey(repeatedKeyLine, request);
    return applied;
  } catch (error) {
    if (error instanceof TypedValueError) throw failure({ code: 500, message: `failed to merge config: ${error.message}` });
    throw error;
  }
}

const joinProblems = (problems: readonly string[]): string =>
  problems.length === 1 ? (problems[0] ?? '') : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;

const gvkText = (config: JsonObject): string => {
  const { group, version } = splitApiVersion(stringAt(config, 'apiVersion'));
  return `${group}/${version}, Kind=${stringAt(config, 'kind')}`;
};

function decodeApplied({ resource }: WriteRequest, merged: KubeObject, name: string): KubeObject {
  const { managedFields } = merged.metadata;
  merged.metadata ??= {};
  if ((merged.metadata.name ?? '') === '') merged.metadata.name = name;
  try {
    const { object } = decodeObject(merged, resource);
    if (managedFields !== undefined) object.metadata.managedFields = managedFields;
    return object;
  } catch (error) {
    if (error instanceof DecodeError) throw failure({ code: 500, message: `failed to convert new typed object: ${error.message}` });
    throw error;
  }
}

function parseConfiguration(text: string): { readonly config: KubeObject; readonly repeatedKeyLine: number | undefined } {
  const { value, repeatedKeyLine } = decodeConfiguration(text);
  if (value !== null && !isJsonObject(value)) {
    throw badRequest(
      `error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${typeName(value)} into Go value of type map[string]interface {}`,
    );
  }
  return { config: { ...value } as KubeObject, repeatedKeyLine };
}

/** Only what can be applied is looked at strictly. */
function reportRepeatedKey(line: number, { fieldValidation, warnings }: WriteRequest): void {
  const problem = `line ${line}: key already set in map`;
  if (fieldValidation === 'Strict')
    throw badRequest(`error strict decoding patch: error converting YAML to JSON: yaml: unmarshal errors:\n  ${problem}`);
  if (fieldValidation === 'Warn') warnings.push(problem);
}

function decodeConfiguration(text: string): ReturnType<typeof decodeYaml> {
  try {
    return decodeYaml(text);
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw badRequest(`error decoding patch: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function checkConfiguration(config: JsonObject, { resource }: WriteRequest): void {
  if (stringAt(config, 'apiVersion') !== apiVersionOf(resource) || stringAt(config, 'kind') !== resource.kind)
    throw badRequest(`invalid object type: ${gvkText(config)}`);
  const metadata = objectAt(config, 'metadata');
  if (metadata?.['managedFields'] !== undefined && metadata['managedFields'] !== null)
    throw badRequest('metadata.managedFields must be nil');
}
