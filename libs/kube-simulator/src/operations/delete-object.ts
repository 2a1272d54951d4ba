import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { finalizersOf, formatTime, generationOf, isTerminating, nameOf, resourceVersionOf, setMeta, uidOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Cluster } from '../cluster/cluster.js';
import { groupKind, groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { conflict } from '../status/api-error.js';
import type { StatusBody } from '../status/api-error.js';
import { admitDelete } from './admission.js';
import { findStored, removeObject, served, writeObject } from './stored-access.js';

/** How to delete (Kubernetes API, DeleteOptions). */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
}

/** Deletes as kubectl does where nothing else is said. */
export const plainDelete: DeleteOptions = {
  dryRun: false,
  gracePeriodSeconds: undefined,
  propagation: undefined,
  uid: undefined,
  resourceVersion: undefined,
};

/** What a deletion answers: the object where it stays for now, a Status where it is gone. */
export type DeleteResult =
  { readonly gone: true; readonly object: KubeObject; readonly status: StatusBody } | { readonly gone: false; readonly object: KubeObject };

/** One deletion. */
export interface DeleteRequest {
  readonly cluster: Cluster;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly options: DeleteOptions;
}

/**
 * Deletes an object, or marks it where something still holds it: a finalizer, a grace period, the contents of a namespace.
 * @throws ApiError
 */
export function deleteObject(request: DeleteRequest): DeleteResult {
  const { cluster, resource, name, options } = request;
  admitDelete(resource, name);
  const object = served(resource, findStored(cluster, resource, request.namespace, name));
  checkPreconditions(request, object);
  const wasTerminating = isTerminating(object);
  if (isPendingGrace(object, options)) return { gone: false, object };
  const graceSeconds = graceOf(resource, object, options);
  const finalizers = finalizersFor(finalizersOf(object), options);
  const held = finalizers.length > 0 || holdsContents(resource, object);
  if (!held && graceSeconds === 0) {
    const status = deletedStatus(resource, object);
    const marks = hasGracePeriod(resource) && object.metadata.deletionGracePeriodSeconds !== 0;
    if (marks) mark(request, object, finalizers, 0);
    if (options.dryRun) return { gone: true, object, status };
    if (marks) writeObject(cluster, resource, object);
    return { gone: true, object: removeObject(cluster, resource, object), status };
  }
  const isUnchanged =
    wasTerminating &&
    finalizers.join('\n') === finalizersOf(object).join('\n') &&
    (isNamespace(resource) || graceSeconds === object.metadata.deletionGracePeriodSeconds);
  if (isUnchanged) return { gone: false, object };
  mark(request, object, finalizers, graceSeconds);
  return { gone: false, object: options.dryRun ? object : writeObject(cluster, resource, object) };
}

function checkPreconditions({ resource, name, options: { uid, resourceVersion } }: DeleteRequest, object: KubeObject): void {
  const reject = (field: string, wanted: string, actual: string, hint: string): Error =>
    conflict(
      groupKind(resource),
      name,
      `the ${field} in the precondition (${wanted}) does not match the ${field} in record (${actual}). ${hint}`,
    );
  if (uid !== undefined && uid !== uidOf(object))
    throw reject('UID', uid, uidOf(object), 'The object might have been deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== resourceVersionOf(object)) {
    throw reject('ResourceVersion', resourceVersion, resourceVersionOf(object), 'The object might have been modified');
  }
}

function deletedStatus(resource: Resource, object: KubeObject): StatusBody {
  const { group, name: kind } = groupResource(resource);
  const details: JsonObject = { name: nameOf(object), ...(group === '' ? {} : { group }), kind, uid: uidOf(object) };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** An earlier deletion with a grace period that this one does not shorten. */
function isPendingGrace(object: KubeObject, { gracePeriodSeconds }: DeleteOptions): boolean {
  const pending = object.metadata.deletionGracePeriodSeconds ?? 0;
  return isTerminating(object) && pending > 0 && (gracePeriodSeconds === undefined || gracePeriodSeconds >= pending);
}

/** Only pods are given time to end. They are marked even where they get none. */
const hasGracePeriod = (resource: Resource): boolean => resource.group === '' && resource.plural === 'pods';

/** The seconds that a pod has to end; a pod on no node, or one that has ended, needs none, and nothing else has a grace period. */
function graceOf(resource: Resource, object: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (!hasGracePeriod(resource)) return 0;
  const spec = objectAt(object, 'spec');
  const phase = stringAt(objectAt(object, 'status'), 'phase');
  if (stringAt(spec, 'nodeName') === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
  const usual = spec?.['terminationGracePeriodSeconds'];
  const seconds = gracePeriodSeconds ?? (typeof usual === 'number' ? usual : 30);
  return seconds < 0 ? 1 : seconds;
}

function finalizersFor(present: readonly string[], { propagation }: DeleteOptions): string[] {
  const others = present.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion');
  const kept = propagation === undefined ? present.filter((name) => name === 'orphan' || name === 'foregroundDeletion').slice(0, 1) : [];
  if (propagation === 'Orphan') kept.push('orphan');
  if (propagation === 'Foreground') kept.push('foregroundDeletion');
  return [...others, ...kept];
}

const isNamespace = (resource: Resource): boolean => resource.group === '' && resource.plural === 'namespaces';

/** A namespace stays until it is empty, a definition until its instances are gone. */
function holdsContents(resource: Resource, object: KubeObject): boolean {
  if (resource.group === 'apiextensions.k8s.io') return !isTerminating(object);
  return isNamespace(resource) && (!isTerminating(object) || stringsAt(objectAt(object, 'spec'), 'finalizers').length > 0);
}

function mark({ cluster, resource }: DeleteRequest, object: KubeObject, finalizers: string[], graceSeconds: number): void {
  const isDefinition = resource.group === 'apiextensions.k8s.io';
  const wasTerminating = isTerminating(object);
  if (!isTerminating(object) && generationOf(object) > 0 && !isDefinition) setMeta(object, 'generation', generationOf(object) + 1);
  if (!isTerminating(object) || graceSeconds > 0)
    setMeta(object, 'deletionTimestamp', formatTime(cluster.scheduler.nowMs() + graceSeconds * 1000));
  // A definition gets its grace period with the second deletion.
  if (!isNamespace(resource) && (!isDefinition || wasTerminating)) setMeta(object, 'deletionGracePeriodSeconds', graceSeconds);
  const held = isDefinition && !finalizers.includes(instanceFinalizer) ? [...finalizers, instanceFinalizer] : finalizers;
  setMeta(object, 'finalizers', held.length === 0 ? undefined : held);
  if (isNamespace(resource)) object['status'] = { ...objectAt(object, 'status'), phase: 'Terminating' };
  if (isDefinition && !wasTerminating) {
    setTerminating(
      object,
      cluster.now(),
      'True',
      'InstanceDeletionPending',
      'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    );
  }
}

/** What holds a definition until its instances are gone. */
export const instanceFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** Sets the Terminating condition of a CustomResourceDefinition. */
export function setTerminating(definition: KubeObject, now: string, status: 'True' | 'False', reason: string, message: string): void {
  const present = objectAt(definition, 'status') ?? {};
  const conditions = listAt(present, 'conditions').filter(isJsonObject);
  const old = conditions.find(({ type }) => type === 'Terminating');
  const lastTransitionTime = old?.['status'] === status && typeof old['lastTransitionTime'] === 'string' ? old['lastTransitionTime'] : now;
  const condition: JsonObject = { type: 'Terminating', status, lastTransitionTime, reason, message };
  const updated = old === undefined ? [...conditions, condition] : conditions.map((other) => (other === old ? condition : other));
  definition['status'] = { ...present, conditions: updated };
}
