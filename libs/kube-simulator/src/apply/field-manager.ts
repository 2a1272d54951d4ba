import { cloneJson, equalJson, isJsonObject, objectAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { annotationsOf, formatTime, managedFieldsOf, metadataOf, uidOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Schema } from '../schema/schema.js';
import { compareTyped, excludeFields, fieldSetOf } from './comparison.js';
import type { Comparison } from './comparison.js';
import { applyConflict } from './apply-conflict.js';
import type { Conflict } from './apply-conflict.js';
import { FieldSet } from './field-set.js';
import { lastAppliedFields, refreshLastApplied } from './last-applied.js';
import { capUpdateManagers, decodeManagedFields, encodeManagedFields, identityOf } from './managed-fields.js';
import type { ManagedEntry, ManagedFields } from './managed-fields.js';
import { mergeTyped, removeFields, withNamedFields } from './typed-merge.js';
import { TypedValueError } from './typed-value.js';

/** By whom, through which door and when an object is written. */
export interface FieldWriter {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly nowMs: number;
  /** The fields that this door does not write, such as the status at the main endpoint. */
  readonly resetFields: readonly string[];
  /** An object of the kind with nothing set: what a new object is compared with. */
  readonly blank: JsonObject;
}

/** What nobody owns: the server's own part of an object. */
const unowned = FieldSet.of(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
);

/**
 * Notes in `metadata.managedFields` which fields a create, an update or a patch has changed, in place (Kubernetes documentation, "Field
 * Management").
 * @param live the object before, or undefined where it is new
 */
export function trackUpdate(live: KubeObject | undefined, object: KubeObject, schema: Schema, writer: FieldWriter): void {
  const given = metadataOf(object)['managedFields'];
  const managed = managedBefore(live, given, writer.subresource !== '');
  setManagedFields(object, undefined);
  if (managed.size === 0 && live !== undefined && uidOf(live) !== '') return;
  const liveContent = live === undefined ? writer.blank : withoutManagedFields(live);
  try {
    const updated = updateOwners(liveContent, object, schema, managed, writer);
    setManagedFields(object, encodeManagedFields(capUpdateManagers(updated)));
  } catch (error) {
    if (!(error instanceof TypedValueError)) throw error;
    setManagedFields(object, live === undefined ? undefined : managedFieldsOf(live));
  }
}

function managedBefore(live: KubeObject | undefined, given: JsonValue | undefined, ignoreGiven: boolean): ManagedFields {
  const fromLive = (): ManagedFields => decodeManagedFields(live === undefined ? [] : managedFieldsOf(live));
  if (ignoreGiven || !Array.isArray(given)) return fromLive();
  if (given.length === 0 || (given.length === 1 && equalJson(given[0], {}))) return new Map();
  const decoded = decodeManagedFields(given.filter(isJsonObject));
  return decoded.size === 0 ? fromLive() : decoded;
}

function updateOwners(before: JsonObject, after: JsonObject, schema: Schema, managed: ManagedFields, writer: FieldWriter): ManagedFields {
  const reset = FieldSet.of(...writer.resetFields.map((name) => [`f:${name}`]));
  const comparison = excludeFields(compareTyped(before, after, schema), reset);
  const entries = new Map(takeFromOthers(managed, comparison, undefined));
  const entry: Omit<ManagedEntry, 'fields'> = { ...writerEntry(writer), operation: 'Update', time: formatTime(writer.nowMs) };
  const identity = identityOf(entry);
  const changed = comparison.modified.union(comparison.added).difference(unowned);
  if (changed.isEmpty) return entries;
  const own = entries.get(identity)?.fields ?? FieldSet.empty;
  entries.set(identity, { ...entry, fields: own.union(changed) });
  return entries;
}

const writerEntry = (writer: FieldWriter): Pick<ManagedEntry, 'manager' | 'apiVersion' | 'subresource'> => ({
  manager: writer.manager === '' ? 'unknown' : writer.manager,
  apiVersion: writer.apiVersion,
  subresource: writer.subresource,
});

/** Takes changed and removed fields away from everyone but the writer. */
function takeFromOthers(managed: ManagedFields, { added, modified, removed }: Comparison, writer: string | undefined): ManagedFields {
  const taken = modified.union(added);
  const kept = new Map<string, ManagedEntry>();
  for (const [identity, entry] of managed) {
    const fields = identity === writer ? entry.fields : entry.fields.difference(taken).difference(removed);
    if (!fields.isEmpty) kept.set(identity, { ...entry, fields });
  }
  return kept;
}

/**
 * Server-side apply: merges a configuration into the live object, takes away what the manager applied before and now leaves out, and keeps the
 * book of owners.
 * @param live the object before; where it is new, only its kind and apiVersion
 * @returns the merged object, or undefined where the configuration changes nothing
 * @throws ApiError 409 where others own what would change and `force` is false
 * @throws TypedValueError where the configuration does not fit the schema
 */
export function applyConfiguration(live: KubeObject, config: KubeObject, schema: Schema, writer: FieldWriter, force: boolean): KubeObject {
  const managed = managedForApply(live, schema, writer);
  const liveContent = withoutManagedFields(live);
  const entry = { ...writerEntry(writer), operation: 'Apply' };
  const identity = identityOf(entry);
  const reset = FieldSet.of(...writer.resetFields.map((name) => [`f:${name}`]));
  const last = managed.get(identity);
  const applied = fieldSetOf(config, schema).recursiveDifference(reset);
  const owners = new Map(managed).set(identity, { ...entry, time: last?.time, fields: applied });
  const merged = (mergeTyped(liveContent, cloneJson(config), schema) ?? {}) as KubeObject;
  const pruned = pruneLeftOut(merged, last?.fields, owners, schema);
  const comparison = excludeFields(compareTyped(liveContent, pruned, schema), reset);
  const conflicts = findConflicts(owners, comparison, identity);
  if (conflicts.length > 0 && !force && !isKubectlMigration(live, conflicts, schema, writer)) throw applyConflict(conflicts);
  const kept = new Map(takeFromOthers(owners, comparison, identity));
  const ownFields = applied.difference(unowned);
  const isNoop = equalJson(liveContent, pruned);
  if (ownFields.isEmpty) kept.delete(identity);
  else kept.set(identity, { ...entry, time: isNoop ? last?.time : formatTime(writer.nowMs), fields: ownFields });
  refreshLastApplied(pruned, config, writer.manager);
  setManagedFields(pruned, encodeManagedFields(kept));
  return pruned;
}

/** The owners before an apply; what nobody owned yet belongs to a manager of its own. */
function managedForApply(live: KubeObject, schema: Schema, writer: FieldWriter): ManagedFields {
  const managed = decodeManagedFields(managedFieldsOf(live));
  if (managed.size > 0 || uidOf(live) === '') return managed;
  return updateOwners(writer.blank, withoutManagedFields(live), schema, managed, { ...writer, manager: 'before-first-apply' });
}

function findConflicts(owners: ManagedFields, { added, modified }: Comparison, writer: string): Conflict[] {
  const changed = modified.union(added);
  return [...owners].flatMap(([identity, entry]) =>
    identity === writer
      ? []
      : entry.fields
          .intersection(changed)
          .paths()
          .map((path) => ({ entry, path })),
  );
}

/** kubectl may take over what an earlier client-side `kubectl apply` has set and nobody has changed since. */
function isKubectlMigration(live: KubeObject, conflicts: readonly Conflict[], schema: Schema, writer: FieldWriter): boolean {
  if (writer.manager !== 'kubectl') return false;
  const allowed = lastAppliedFields(live, annotationsOf(live), schema, writer.apiVersion);
  return allowed !== undefined && FieldSet.of(...conflicts.map(({ path }) => path)).difference(allowed).isEmpty;
}

/** Removes what this manager applied last and leaves out now, unless someone else owns it. */
function pruneLeftOut(merged: KubeObject, last: FieldSet | undefined, owners: ManagedFields, schema: Schema): KubeObject {
  if (last === undefined || last.isEmpty) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const lastNamed = named(last);
  let pruned = removeFields(merged, lastNamed, schema) ?? {};
  const owned = [...owners.values()].reduce((all, entry) => all.union(entry.fields), FieldSet.empty);
  const mergedSet = named(fieldSetOf(merged, schema));
  pruned = removeFields(merged, mergedSet.difference(named(fieldSetOf(pruned, schema)).union(named(owned))), schema) ?? {};
  const dangling = mergedSet.difference(named(fieldSetOf(pruned, schema))).intersection(lastNamed);
  return (removeFields(merged, dangling, schema) ?? {}) as KubeObject;
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const copy = cloneJson(object);
  setManagedFields(copy, undefined);
  return copy;
}

function setManagedFields(object: JsonObject, entries: JsonObject[] | undefined): void {
  const metadata = objectAt(object, 'metadata');
  if (entries !== undefined) metadataOf(object)['managedFields'] = entries;
  else if (metadata !== undefined) delete metadata['managedFields'];
}
