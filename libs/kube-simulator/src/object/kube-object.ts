import { ensureObject, isJsonObject, listAt, numberAt, objectAt, stringAt, stringMapAt, stringsAt } from './json-value.js';
import type { JsonObject, JsonValue } from './json-value.js';

/** A reference to an owner, as it stands in `metadata.ownerReferences`. */
export interface OwnerReference extends JsonObject {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

/** What every Kubernetes object carries (Kubernetes API conventions, "Metadata"). */
export interface ObjectMeta extends JsonObject {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: JsonObject[];
}

/** A Kubernetes object as JSON. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** The metadata of an object that may not have been looked at yet; put there where it is missing. */
export function metadataOf(object: JsonObject): JsonObject {
  return ensureObject(object, 'metadata');
}

export const nameOf = (object: JsonObject): string => stringAt(objectAt(object, 'metadata'), 'name');
export const namespaceOf = (object: JsonObject): string => stringAt(objectAt(object, 'metadata'), 'namespace');
export const uidOf = (object: JsonObject): string => stringAt(objectAt(object, 'metadata'), 'uid');
export const resourceVersionOf = (object: JsonObject): string => stringAt(objectAt(object, 'metadata'), 'resourceVersion');
export const labelsOf = (object: JsonObject): Record<string, string> => stringMapAt(objectAt(object, 'metadata'), 'labels');
export const annotationsOf = (object: JsonObject): Record<string, string> => stringMapAt(objectAt(object, 'metadata'), 'annotations');
export const finalizersOf = (object: JsonObject): string[] => stringsAt(objectAt(object, 'metadata'), 'finalizers');
export const generationOf = (object: JsonObject): number => numberAt(objectAt(object, 'metadata'), 'generation') ?? 0;
export const isTerminating = (object: JsonObject): boolean => stringAt(objectAt(object, 'metadata'), 'deletionTimestamp') !== '';
export const managedFieldsOf = (object: JsonObject): JsonObject[] =>
  listAt(objectAt(object, 'metadata'), 'managedFields').filter(isJsonObject);

/** Sets a metadata field, or removes it where the value is undefined. */
export function setMeta(object: JsonObject, field: keyof ObjectMeta & string, value: JsonValue | undefined): void {
  const metadata = metadataOf(object);
  if (value === undefined) delete metadata[field];
  else metadata[field] = value;
}

/** Splits `group/version`; the core group is the empty string. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Joins group and version as `apiVersion` wants them. */
export function joinApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** RFC 3339 to the second, as `metav1.Time` writes it. */
export function formatTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
