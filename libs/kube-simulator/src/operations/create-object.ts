import { randomInt } from 'node:crypto';

import { trackUpdate } from '../apply/field-manager.js';
import { cloneJson } from '../object/json-value.js';
import { isTerminating, metadataOf, nameOf, namespaceOf, resourceVersionOf, setMeta, splitApiVersion } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { groupKind, groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { ApiError, alreadyExists, badRequest, failure, invalidObject } from '../status/api-error.js';
import { keyOf, parseStored } from '../store/stored-object.js';
import { admitCreate } from './admission.js';
import { redefault } from './decode-object.js';
import { dedupOwnerReferences, validateMetadata, wipeSystemMetadata } from './object-metadata.js';
import { canonical, writeObject } from './stored-access.js';
import { fieldWriter } from './write-request.js';
import type { WriteRequest } from './write-request.js';

/** How often a generated name is tried anew when it is taken. */
const maxNameAttempts = 8;
/** The letters of generated names: no vowels, and nothing that looks like another. */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Creates an object.
 * @param object decoded; it is changed
 * @returns the object as it is stored
 * @throws ApiError
 */
export function createObject(request: WriteRequest, object: KubeObject): KubeObject {
  wipeForCreate(request, object);
  dedupOwnerReferences(object, request.warnings);
  trackUpdate(undefined, object, request.resource.schema, fieldWriter(request));
  request.admit?.(object);
  admitCreate(request.cluster, request.resource, request.namespace, nameOf(object));
  return insertObject(request, object);
}

function wipeForCreate(request: WriteRequest, object: KubeObject): void {
  const resourceVersion = metadataOf(object)['resourceVersion'];
  wipeSystemMetadata(object);
  setMeta(object, 'resourceVersion', resourceVersion);
  ensureNamespace(object, request);
}

/**
 * Gives the object the namespace of the request.
 * @throws ApiError 400 where it names another
 */
export function ensureNamespace(object: KubeObject, { namespace, resource }: Pick<WriteRequest, 'namespace' | 'resource'>): void {
  const own = namespaceOf(object);
  if (own === namespace) return;
  if (own === '' && namespace !== '') setMeta(object, 'namespace', namespace);
  else if (namespace === '' && !resource.isNamespaced) setMeta(object, 'namespace', undefined);
  else throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Stores a new object whose fields are tracked already; a name is generated where only its prefix is given. */
export function insertObject(request: WriteRequest, object: KubeObject): KubeObject {
  const { generateName, name } = object.metadata;
  const isGenerated = (name ?? '') === '' && (generateName ?? '') !== '';
  for (let attempt = 1; ; attempt += 1) {
    const candidate = isGenerated ? cloneJson(object) : object;
    if (isGenerated) setMeta(candidate, 'name', generateNameFrom(generateName ?? ''));
    try {
      return insertNamed(request, candidate);
    } catch (error) {
      const isTaken = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isGenerated || !isTaken || attempt === maxNameAttempts) throw error;
    }
  }
}

function generateNameFrom(prefix: string): string {
  let suffix = '';
  for (let index = 0; index < 5; index += 1) suffix += nameLetters.charAt(randomInt(nameLetters.length));
  return prefix.slice(0, 58) + suffix;
}

function insertNamed(request: WriteRequest, object: KubeObject): KubeObject {
  const { cluster, resource } = request;
  setMeta(object, 'creationTimestamp', cluster.now());
  setMeta(object, 'uid', cluster.uid());
  resource.strategy.prepareForCreate?.(object);
  redefault(object, resource);
  const name = nameOf(object);
  const errors = [...validateMetadata(object, resource), ...(resource.strategy.validate?.(object) ?? [])];
  if (errors.length > 0) throw invalidObject(ownKind(object, resource), name, errors);
  request.warnings.push(...(resource.strategy.warnings?.(object, undefined) ?? []));
  if (resourceVersionOf(object) !== '') throw failure({ code: 500, message: 'resourceVersion should not be set on objects to be created' });
  refuseTaken(request, name);
  return request.dryRun ? canonical(resource, object) : writeObject(cluster, resource, object);
}

/** Errors name the kind that the object says it is. */
function ownKind(object: KubeObject, resource: Resource): { readonly group: string; readonly name: string } {
  if (resource.isCustom) return { group: splitApiVersion(object.apiVersion).group, name: object.kind };
  return resource.strategy.errorKind ?? groupKind(resource);
}

function refuseTaken({ cluster, resource, namespace }: WriteRequest, name: string): void {
  const present = cluster.table(resource).get(keyOf(resource.isNamespaced ? namespace : '', name));
  if (present === undefined) return;
  const error = alreadyExists(groupResource(resource), name);
  if (!isTerminating(parseStored(present))) throw error;
  throw new ApiError(error.code, { ...error.body, message: `object is being deleted: ${error.message}` });
}
