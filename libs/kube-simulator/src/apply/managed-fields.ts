import { isJsonObject, stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { FieldSet } from './field-set.js';

/** Who owns which fields of an object, and since when: one entry of `metadata.managedFields`. */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; undefined where the entry has none. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** The owners by their identity. */
export type ManagedFields = ReadonlyMap<string, ManagedEntry>;

/** What makes two entries one: an applier is the same in every version of the API. */
export function identityOf(entry: Pick<ManagedEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([entry.manager, entry.operation, entry.operation === 'Apply' ? '' : entry.apiVersion, entry.subresource]);
}

/** Reads `metadata.managedFields`; entries that can't be read make the whole list count as empty, as on the API server. */
export function decodeManagedFields(list: readonly JsonObject[]): ManagedFields {
  const entries = new Map<string, ManagedEntry>();
  for (const item of list) {
    const operation = stringAt(item, 'operation');
    if (operation !== 'Apply' && operation !== 'Update') return new Map();
    const fields = item['fieldsV1'];
    const entry: ManagedEntry = {
      manager: stringAt(item, 'manager'),
      operation,
      apiVersion: stringAt(item, 'apiVersion'),
      subresource: stringAt(item, 'subresource'),
      time: typeof item['time'] === 'string' ? item['time'] : undefined,
      fields: isJsonObject(fields) ? FieldSet.fromJson(fields) : FieldSet.empty,
    };
    entries.set(identityOf(entry), entry);
  }
  return entries;
}

/** Writes `metadata.managedFields`, in the API server's order; undefined where there is no entry. */
export function encodeManagedFields(entries: ManagedFields): JsonObject[] | undefined {
  if (entries.size === 0) return undefined;
  return [...entries.values()].toSorted(compareEntries).map((entry) => ({
    manager: entry.manager,
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    ...(entry.time === undefined ? {} : { time: entry.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: entry.fields.toJson(),
    ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
  }));
}

function compareEntries(left: ManagedEntry, right: ManagedEntry): number {
  return (
    compareText(left.operation, right.operation) ||
    compareText(left.time ?? '', right.time ?? '') ||
    compareText(left.manager, right.manager) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource, right.subresource)
  );
}

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** How many managers that only update an object may have entries of their own. */
const maxUpdateManagers = 10;

/** Puts the oldest of too many updaters together under one name. */
export function capUpdateManagers(entries: ManagedFields): ManagedFields {
  const updaters = [...entries].filter(([, entry]) => entry.operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return entries;
  const oldestFirst = updaters.toSorted(
    ([, left], [, right]) => compareText(left.time ?? '', right.time ?? '') || compareText(left.manager, right.manager),
  );
  const capped = new Map(entries);
  let surplus = updaters.length - maxUpdateManagers + 1;
  let fields = FieldSet.empty;
  let last: ManagedEntry | undefined;
  for (const [identity, entry] of oldestFirst) {
    if (surplus === 0) break;
    surplus -= 1;
    capped.delete(identity);
    fields = fields.union(entry.fields);
    last = entry;
  }
  if (last !== undefined) {
    const bucket: ManagedEntry = { ...last, manager: 'ancient-changes', subresource: '', fields };
    capped.set(identityOf(bucket), bucket);
  }
  return capped;
}
