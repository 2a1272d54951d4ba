import { labelsOf, nameOf, namespaceOf, resourceVersionOf, uidOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';

/** An object as the store keeps it: its text, and beside it only what is needed to find and to select it. */
export interface StoredObject {
  /** `namespace/name`, or the name alone where the object has no namespace. Lists are in the byte order of keys. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The revision of the write that made it, which is its resourceVersion. */
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The whole object as JSON, in the stored version. */
  readonly json: string;
}

/** The key of an object in its table. */
export function keyOf(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Makes the stored form of an object whose resourceVersion is set. */
export function storeObject(object: KubeObject, json: string): StoredObject {
  const labels = labelsOf(object);
  const namespace = namespaceOf(object);
  const name = nameOf(object);
  return {
    key: keyOf(namespace, name),
    namespace,
    name,
    uid: uidOf(object),
    revision: Number(resourceVersionOf(object)),
    labels: Object.keys(labels).length === 0 ? undefined : labels,
    json,
  };
}

/** A copy of the object that the caller may change. */
export function parseStored(stored: StoredObject): KubeObject {
  return JSON.parse(stored.json) as KubeObject;
}
