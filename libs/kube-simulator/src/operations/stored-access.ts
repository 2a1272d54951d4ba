import type { Cluster } from '../cluster/cluster.js';
import { goQuote } from '../object/go-quote.js';
import { setMeta } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { validatePathSegment } from '../object/names.js';
import { groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { decodeTyped } from '../schema/typed-decoder.js';
import { withoutEmpty } from '../schema/without-empty.js';
import { badRequest, notFound } from '../status/api-error.js';
import { keyOf, parseStored } from '../store/stored-object.js';
import type { StoredObject } from '../store/stored-object.js';

/** The object as the resource's own version shows it. */
export function served(resource: Resource, stored: StoredObject): KubeObject {
  const object = parseStored(stored);
  return resource.fromStored === undefined ? object : resource.fromStored(object);
}

/** The object as text, without decoding it where the stored version is the served one. */
export function servedJson(resource: Resource, stored: StoredObject): string {
  return resource.fromStored === undefined ? stored.json : JSON.stringify(served(resource, stored));
}

/**
 * Refuses a name that can't be part of a path.
 * @throws ApiError 400
 */
export function admitName(name: string): void {
  const problems = validatePathSegment(name);
  if (problems.length > 0) throw badRequest(`Name parameter invalid: ${goQuote(name)}: ${problems.join(';')}`);
}

/**
 * The stored object of that name.
 * @throws ApiError 400, 404
 */
export function findStored(cluster: Cluster, resource: Resource, namespace: string, name: string): StoredObject {
  admitName(name);
  const stored = cluster.table(resource).get(keyOf(namespace, name));
  if (stored === undefined) throw notFound(groupResource(resource), name);
  return stored;
}

/** The object as its type writes it: fields in their order, empty ones left out or written as the type says. */
export function canonical(resource: Resource, object: KubeObject): KubeObject {
  return resource.isCustom ? object : (decodeTyped(object, resource.schema).value as KubeObject);
}

function storable(resource: Resource, object: KubeObject): KubeObject {
  const written = canonical(resource, object);
  return resource.isCustom || resource.group === 'apiextensions.k8s.io' ? written : (withoutEmpty(written, resource.schema) as KubeObject);
}

/** Writes an object in the stored version, tells everyone, and returns it in the served one. */
export function writeObject(cluster: Cluster, resource: Resource, object: KubeObject): KubeObject {
  const written = storable(resource, object);
  const stored = cluster.store.write(resource.table, resource.toStored?.(written) ?? written, resource.keyOrder);
  cluster.stored(resource, stored.key, stored);
  return served(resource, stored);
}

/** Removes an object; the last state that watches see is this one with the revision of the deletion. */
export function removeObject(cluster: Cluster, resource: Resource, object: KubeObject): KubeObject {
  const written = storable(resource, object);
  const last = cluster.store.remove(resource.table, resource.toStored?.(written) ?? written, resource.keyOrder);
  cluster.stored(resource, last.key, undefined);
  return served(resource, last);
}

/** The object with its resourceVersion taken away, to compare contents. */
export function withoutRevision(object: KubeObject): KubeObject {
  const copy = { ...object, metadata: { ...object.metadata } };
  setMeta(copy, 'resourceVersion', undefined);
  return copy;
}
