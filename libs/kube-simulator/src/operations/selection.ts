import type { Resource } from '../resources/resource.js';
import { parseFieldSelector } from '../store/field-selector.js';
import type { FieldSelector, SelectableFields } from '../store/field-selector.js';
import type { LabelSelector } from '../store/label-selector.js';
import type { StoredObject } from '../store/stored-object.js';
import { served } from './stored-access.js';

/** Which objects of a resource are meant. */
export interface Selection {
  /** Empty for all namespaces. */
  readonly namespace: string;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
}

/** Whether nothing but a namespace restricts the selection. */
export const isUnrestricted = ({ labels, fields }: Selection): boolean => labels.isEmpty && fields.isEmpty;

/** Whether an object is meant. */
export function isSelected(selection: Selection, resource: Resource, object: StoredObject): boolean {
  if (selection.namespace !== '' && object.namespace !== selection.namespace) return false;
  if (!selection.labels.matches(object.labels)) return false;
  return selection.fields.isEmpty || selection.fields.matches(fieldsOf(resource, object, selection.fields.namesOnly));
}

function fieldsOf(resource: Resource, object: StoredObject, namesOnly: boolean): SelectableFields {
  const names = { 'metadata.name': object.name, 'metadata.namespace': object.namespace };
  if (namesOnly) return names;
  const value = served(resource, object);
  return { ...names, ...Object.fromEntries(Object.entries(resource.selectableFields).map(([field, read]) => [field, read(value)])) };
}

/**
 * Parses the field selector of a request for a resource.
 * @throws ApiError 400 where it names a field that can't be selected by
 */
export function fieldSelectorFor(resource: Resource, text: string): FieldSelector {
  const isKnown = (field: string): boolean =>
    field === 'metadata.name' ||
    (field === 'metadata.namespace' && (resource.isNamespaced || !resource.isCustom)) ||
    Object.hasOwn(resource.selectableFields, field);
  const hasOwn = resource.isCustom || Object.keys(resource.selectableFields).length > 0;
  return parseFieldSelector(text, isKnown, (field) =>
    hasOwn ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
