import { trackUpdate } from '../apply/field-manager.js';
import { cloneJson, equalJson } from '../object/json-value.js';
import {
  finalizersOf,
  generationOf,
  isTerminating,
  managedFieldsOf,
  metadataOf,
  nameOf,
  namespaceOf,
  resourceVersionOf,
  setMeta,
  uidOf,
} from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { groupKind, groupResource } from '../resources/resource.js';
import { badRequest, conflict, failure, invalidObject, notFound } from '../status/api-error.js';
import { invalid } from '../status/field-error.js';
import { keyOf } from '../store/stored-object.js';
import { admitCreate } from './admission.js';
import { ensureNamespace, insertObject } from './create-object.js';
import { redefault } from './decode-object.js';
import { dedupOwnerReferences, validateMetadataUpdate, wipeSystemMetadata } from './object-metadata.js';
import { admitName, canonical, removeObject, served, withoutRevision, writeObject } from './stored-access.js';
import { fieldWriter } from './write-request.js';
import type { WriteRequest } from './write-request.js';

/** What an update or a patch came to. */
export interface WriteResult {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** What the API server says to a writer who has not seen the latest version. */
const lostRace = 'the object has been modified; please apply your changes to the latest version and try again';

/**
 * Replaces an object (PUT).
 * @param object decoded; it is changed
 * @throws ApiError
 */
export function updateObject(request: WriteRequest, name: string, object: KubeObject): WriteResult {
  ensureNamespace(object, request);
  checkName(object, name, request);
  dedupOwnerReferences(object, request.warnings);
  return guaranteedUpdate(request, name, {
    uidPrecondition: uidOf(object),
    allowCreate: request.resource.strategy.allowCreateOnUpdate && request.subresource === '',
    next: (live) => {
      trackUpdate(live, object, request.resource.schema, fieldWriter(request));
      return object;
    },
  });
}

/** One attempt to bring an object from what is stored to what is wanted. */
export interface UpdateAttempt {
  /** The UID that the stored object must have; empty where any will do. */
  readonly uidPrecondition: string;
  readonly allowCreate: boolean;
  /** The wanted object, with its fields tracked, from the stored one; undefined is given where there is none. */
  next(live: KubeObject | undefined): KubeObject;
}

/**
 * Updates an object through all the checks that every write goes through: optimistic lock, what the server decides itself, validation, writes
 * that change nothing, and the last finalizer.
 * @throws ApiError
 */
export function guaranteedUpdate(request: WriteRequest, name: string, attempt: UpdateAttempt): WriteResult {
  const { cluster, resource } = request;
  admitName(name);
  const key = keyOf(resource.isNamespaced ? request.namespace : '', name);
  const stored = cluster.table(resource).get(key);
  if (stored === undefined) return createInstead(request, name, attempt);
  const live = served(resource, stored);
  if (attempt.uidPrecondition !== '' && attempt.uidPrecondition !== uidOf(live)) {
    const why = `StorageError: invalid object, Code: 4, Key: /registry/${resource.table}/${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${attempt.uidPrecondition}, UID in object meta: ${uidOf(live)}`;
    throw conflict(groupResource(resource), name, why);
  }
  const object = attempt.next(live);
  request.admit?.(object);
  checkRevision(request, name, object, live);
  prepareForUpdate(request, object, live);
  judgeUpdate(request, name, object, live);
  keepTimestamps(object, live);
  if (isReleased(object, live)) {
    // Watches see the object as it was stored last, with the finalizer that is now gone.
    if (!request.dryRun) removeObject(cluster, resource, cloneJson(live));
    return { object, created: false };
  }
  if (equalJson(withoutRevision(object), withoutRevision(live))) return { object: live, created: false };
  if (request.dryRun) return { object: canonical(resource, object), created: false };
  return { object: writeObject(cluster, resource, object), created: false };
}

function createInstead(request: WriteRequest, name: string, attempt: UpdateAttempt): WriteResult {
  if (!attempt.allowCreate) throw notFound(groupResource(request.resource), name);
  const object = attempt.next(undefined);
  request.authorizeCreate?.();
  request.admit?.(object);
  wipeSystemMetadata(object);
  admitCreate(request.cluster, request.resource, request.namespace, name);
  return { object: insertObject({ ...request, subresource: '' }, object), created: true };
}

/** Refuses an object of another name, or of none. */
export function checkName(object: KubeObject, name: string, { namespace }: Pick<WriteRequest, 'namespace'>): void {
  const own = nameOf(object);
  if (own === '') throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  const ownNamespace = namespaceOf(object);
  if (namespace !== '' && ownNamespace !== '' && ownNamespace !== namespace) {
    throw badRequest(`the namespace of the object (${ownNamespace}) does not match the namespace on the request (${namespace})`);
  }
}

function checkRevision({ resource }: WriteRequest, name: string, object: KubeObject, live: KubeObject): void {
  const given = resourceVersionOf(object);
  if (given !== '' && !/^\d+$/.test(given))
    throw failure({ code: 500, message: `strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax` });
  if (given === '' || given === '0') {
    if (!resource.strategy.allowUnconditionalUpdate) {
      throw invalidObject(groupResource(resource), name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
    }
    setMeta(object, 'resourceVersion', resourceVersionOf(live));
  } else if (given !== resourceVersionOf(live)) throw conflict(groupResource(resource), name, lostRace);
}

/** Lets the server's own fields be as they are, and what this door does not write. */
function prepareForUpdate(request: WriteRequest, object: KubeObject, live: KubeObject): void {
  const { resource, subresource } = request;
  setMeta(object, 'generation', generationOf(live) === 0 ? undefined : generationOf(live));
  if (subresource === 'status') keepAllButStatus(request, object, live);
  else if (subresource === 'finalize') keepField(object, live, 'status');
  else {
    for (const field of resource.strategy.statusFields) keepField(object, live, field);
    resource.strategy.prepareForUpdate?.(object, live);
  }
  const metadata = metadataOf(object);
  const before = metadataOf(live);
  if ((metadata['uid'] ?? '') === '') metadata['uid'] = before['uid'];
  metadata['creationTimestamp'] = before['creationTimestamp'];
  if (before['deletionTimestamp'] !== undefined) metadata['deletionTimestamp'] = before['deletionTimestamp'];
  metadata['deletionGracePeriodSeconds'] ??= before['deletionGracePeriodSeconds'];
  redefault(object, resource);
}

function keepAllButStatus({ resource }: WriteRequest, object: KubeObject, live: KubeObject): void {
  if (!resource.isCustom) {
    keepField(object, live, 'spec');
    return;
  }
  const { status } = object;
  const managedFields = managedFieldsOf(object);
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, cloneJson(live));
  setMeta(object, 'managedFields', managedFields.length === 0 ? undefined : managedFields);
  if (status === undefined) delete object['status'];
  else object['status'] = status;
}

function keepField(object: KubeObject, live: KubeObject, field: string): void {
  const before = live[field];
  if (before === undefined) delete object[field];
  else object[field] = cloneJson(before);
}

function judgeUpdate({ resource, subresource, warnings }: WriteRequest, name: string, object: KubeObject, live: KubeObject): void {
  const errors = validateMetadataUpdate(object, live, resource);
  const { strategy } = resource;
  if (subresource === 'status' && strategy.validateStatusUpdate !== undefined) errors.push(...strategy.validateStatusUpdate(object, live));
  else if (subresource === 'status' || subresource === '') errors.push(...(strategy.validateUpdate?.(object, live) ?? []));
  if (errors.length > 0) throw invalidObject(strategy.errorKind ?? groupKind(resource), name, errors);
  if (subresource === '') warnings.push(...(strategy.warnings?.(object, live) ?? []));
}

/** A write that changes nothing but the times of field owners changes nothing. */
function keepTimestamps(object: KubeObject, live: KubeObject): void {
  const without = (entries: ReturnType<typeof managedFieldsOf>): ReturnType<typeof managedFieldsOf> =>
    entries.map(({ time: _time, ...entry }) => entry);
  const before = managedFieldsOf(live);
  if (before.length === 0 || !equalJson(without(managedFieldsOf(object)), without(before))) return;
  const candidate = { ...object, metadata: { ...object.metadata, managedFields: before } };
  if (equalJson(withoutRevision(candidate), withoutRevision(live))) setMeta(object, 'managedFields', before);
}

/** Whether an object that is being deleted has just lost its last finalizer. */
function isReleased(object: KubeObject, live: KubeObject): boolean {
  return (
    isTerminating(live) &&
    finalizersOf(object).length === 0 &&
    (live.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    !hasSpecFinalizers(object)
  );
}

function hasSpecFinalizers(object: KubeObject): boolean {
  const spec = object['spec'];
  return (
    object.kind === 'Namespace' &&
    typeof spec === 'object' &&
    spec !== null &&
    !Array.isArray(spec) &&
    Array.isArray(spec['finalizers']) &&
    spec['finalizers'].length > 0
  );
}
