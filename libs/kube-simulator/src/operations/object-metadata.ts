import { equalJson, isJsonObject, listAt, numberAt, objectAt, stringAt, stringMapAt, stringsAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { isTerminating, metadataOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { asPrefix, validateDnsLabel, validateDnsSubdomain, validateLabelValue, validateQualifiedName } from '../object/names.js';
import type { Resource } from '../resources/resource.js';
import { child, fieldErrorText, forbidden, indexed, invalid, required, tooLong } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const maxAnnotationBytes = 256 * 1024;
const groupsWithFreeFinalizers: readonly string[] = ['coordination.k8s.io', 'apiextensions.k8s.io', 'events.k8s.io'];

/** Clears what only the server sets, before a create. */
export function wipeSystemMetadata(object: KubeObject): void {
  const metadata = metadataOf(object);
  for (const field of ['creationTimestamp', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'resourceVersion'])
    delete metadata[field];
}

/** Validates the metadata of an object that is to be stored for the first time. */
export function validateMetadata(object: KubeObject, resource: Resource): FieldError[] {
  const metadata = metadataOf(object);
  const rule = resource.strategy.nameRule ?? validateDnsSubdomain;
  const errors: FieldError[] = [];
  const generateName = stringAt(metadata, 'generateName');
  const name = stringAt(metadata, 'name');
  if (generateName !== '')
    errors.push(...asPrefix(rule)(generateName).map((message) => invalid('metadata.generateName', generateName, message)));
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...rule(name).map((message) => invalid('metadata.name', name, message)));
  return [...errors, ...validateAlways(metadata, resource), ...validateKnownFinalizers(metadata, resource)];
}

/**
 * Validates what an update does to the metadata. The API server looks at the metadata of custom objects three times and repeats what it finds;
 * for built-in kinds it drops repetitions.
 */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject, resource: Resource): FieldError[] {
  const metadata = metadataOf(object);
  const always = validateAlways(metadata, resource);
  const changes = [...validateChange(metadata, metadataOf(old), isTerminating(old)), ...validateCommonMetadata(metadata)];
  if (resource.isCustom) return [...always, ...changes, ...changes];
  const all = [...always, ...changes, ...validateKnownFinalizers(metadata, resource)];
  return all.filter((error, index) => all.findIndex((other) => fieldErrorText(other) === fieldErrorText(error)) === index);
}

function validateChange(metadata: JsonObject, before: JsonObject, wasTerminating: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (wasTerminating) errors.push(...validateNoNewFinalizers(stringsAt(metadata, 'finalizers'), stringsAt(before, 'finalizers')));
  if (stringAt(metadata, 'resourceVersion') === '') errors.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'));
  const generation = numberAt(metadata, 'generation') ?? 0;
  if (generation < (numberAt(before, 'generation') ?? 0))
    errors.push(invalid('metadata.generation', generation, 'must not be decremented'));
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    const isText = field !== 'deletionGracePeriodSeconds' && !field.endsWith('Timestamp');
    const value: JsonValue = metadata[field] ?? (isText ? '' : null);
    if (!equalJson(value, before[field] ?? (isText ? '' : null)))
      errors.push(invalid(child('metadata', field), value, 'field is immutable'));
  }
  return errors;
}

function validateAlways(metadata: JsonObject, resource: Resource): FieldError[] {
  const generation = numberAt(metadata, 'generation') ?? 0;
  return [
    ...validateNamespaceField(metadata, resource),
    ...(generation < 0 ? [invalid('metadata.generation', generation, 'must be greater than or equal to 0')] : []),
    ...validateCommonMetadata(metadata),
    ...validateFinalizers(stringsAt(metadata, 'finalizers')),
  ];
}

/** Most built-in kinds want finalizers with a domain. */
function validateKnownFinalizers(metadata: JsonObject, resource: Resource): FieldError[] {
  if (resource.isCustom || groupsWithFreeFinalizers.includes(resource.group)) return [];
  return stringsAt(metadata, 'finalizers').flatMap((name, index) =>
    isKnownFinalizer(name)
      ? []
      : [invalid(indexed('metadata.finalizers', index), name, 'name is neither a standard finalizer name nor is it fully qualified')],
  );
}

/** Whether a finalizer has a domain, or is one of the API server's own. */
export const isKnownFinalizer = (name: string): boolean =>
  name.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(name);

function validateNamespaceField(metadata: JsonObject, resource: Resource): FieldError[] {
  const namespace = stringAt(metadata, 'namespace');
  if (!resource.isNamespaced) return namespace === '' ? [] : [forbidden('metadata.namespace', 'not allowed on this type')];
  if (namespace === '') return [required('metadata.namespace')];
  return validateDnsLabel(namespace).map((message) => invalid('metadata.namespace', namespace, message));
}

function validateCommonMetadata(metadata: JsonObject): FieldError[] {
  return [
    ...validateLabels(stringMapAt(metadata, 'labels'), 'metadata.labels'),
    ...validateAnnotations(stringMapAt(metadata, 'annotations')),
    ...listAt(metadata, 'ownerReferences').flatMap((reference, index) =>
      isJsonObject(reference) ? validateOwner(reference, indexed('metadata.ownerReferences', index)) : [],
    ),
    ...validateControllers(listAt(metadata, 'ownerReferences').filter(isJsonObject)),
    ...validateManagers(listAt(metadata, 'managedFields').filter(isJsonObject)),
  ];
}

/** Labels: keys and values must be well-formed. */
export function validateLabels(labels: Readonly<Record<string, string>>, path: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...validateQualifiedName(key).map((message) => invalid(path, key, message)),
    ...validateLabelValue(value).map((message) => invalid(path, value, message)),
  ]);
}

function validateAnnotations(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors = Object.keys(annotations).flatMap((key) =>
    validateQualifiedName(key.toLowerCase()).map((message) => invalid('metadata.annotations', key, message)),
  );
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return bytes > maxAnnotationBytes ? [...errors, tooLong('metadata.annotations', maxAnnotationBytes)] : errors;
}

function validateOwner(reference: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const apiVersion = stringAt(reference, 'apiVersion');
  if (apiVersion !== '' && apiVersion.split('/').length > 2) {
    errors.push(invalid(child(path, 'apiVersion'), apiVersion, 'must be <group>/<version> or <version>'));
  }
  for (const field of ['apiVersion', 'kind', 'name', 'uid']) {
    if (stringAt(reference, field) === '') errors.push(required(child(path, field), 'must not be empty'));
  }
  if (apiVersion === 'v1' && stringAt(reference, 'kind') === 'Event') {
    errors.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

function validateControllers(references: readonly JsonObject[]): FieldError[] {
  const controllers = references
    .filter((reference) => reference['controller'] === true)
    .map((reference) => `${stringAt(reference, 'kind')}/${stringAt(reference, 'name')}`);
  return controllers
    .slice(1)
    .map((name) =>
      invalid(
        'metadata.ownerReferences',
        [...references],
        `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0] ?? ''} and ${name}`,
      ),
    );
}

function validateManagers(entries: readonly JsonObject[]): FieldError[] {
  return entries.flatMap((entry, index) => {
    const path = indexed('metadata.managedFields', index);
    const operation = stringAt(entry, 'operation');
    const fieldsType = stringAt(entry, 'fieldsType');
    return [
      ...(operation === 'Apply' || operation === 'Update'
        ? []
        : [invalid(child(path, 'operation'), operation, 'must be `Apply` or `Update`')]),
      ...(fieldsType === '' || fieldsType === 'FieldsV1' ? [] : [invalid(child(path, 'fieldsType'), fieldsType, 'must be `FieldsV1`')]),
    ];
  });
}

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const errors = finalizers.flatMap((name) => validateQualifiedName(name).map((message) => invalid('metadata.finalizers', name, message)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid('metadata.finalizers', [...finalizers], 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function validateNoNewFinalizers(now: readonly string[], before: readonly string[]): FieldError[] {
  const added = [...new Set(now)].filter((name) => !before.includes(name)).toSorted();
  if (added.length === 0) return [];
  const list = added.map((name) => JSON.stringify(name)).join(', ');
  return [
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

/** Drops owner references that are there twice, and warns about them. */
export function dedupOwnerReferences(object: KubeObject, warnings: string[]): void {
  const references = listAt(objectAt(object, 'metadata'), 'ownerReferences');
  const kept: JsonValue[] = [];
  const repeated: string[] = [];
  for (const reference of references) {
    if (kept.some((other) => equalJson(other, reference))) repeated.push(isJsonObject(reference) ? stringAt(reference, 'uid') : '');
    else kept.push(reference);
  }
  if (repeated.length === 0) return;
  metadataOf(object)['ownerReferences'] = kept;
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  );
}
