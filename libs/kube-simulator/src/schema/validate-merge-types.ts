import { isJsonObject, listAt, objectAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { child, forbidden, invalid, keyed, notSupported, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const listTypes = ['atomic', 'map', 'set'];
const mapTypes = ['atomic', 'granular'];

/** What must hold for the merge extensions of a schema: `x-kubernetes-list-type`, its keys, and `x-kubernetes-map-type`. */
export function validateMergeTypes(raw: JsonObject, path: string): FieldError[] {
  const listType = raw['x-kubernetes-list-type'];
  const mapType = raw['x-kubernetes-map-type'];
  const keys = stringsAt(raw, 'x-kubernetes-list-map-keys');
  const errors: FieldError[] = [];
  if (mapType !== undefined) errors.push(...validateType(raw, path, 'object', 'x-kubernetes-map-type'));
  if (mapType !== undefined && !mapTypes.some((known) => known === mapType))
    errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, mapTypes));
  if (listType !== undefined) errors.push(...validateType(raw, path, 'array', 'x-kubernetes-list-type'));
  if (listType !== undefined && !listTypes.some((known) => known === listType))
    errors.push(notSupported(child(path, 'x-kubernetes-list-type'), listType, listTypes));
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(
      listType === undefined
        ? required(child(path, 'x-kubernetes-list-type'), why)
        : invalid(child(path, 'x-kubernetes-list-type'), listType, why),
    );
  }
  return listType === 'map' ? [...errors, ...validateMapList(raw, keys, path)] : errors;
}

function validateType(raw: JsonObject, path: string, wanted: string, extension: string): FieldError[] {
  const type = raw['type'];
  if (type === wanted) return [];
  const why = `must be ${wanted} if ${extension} is specified`;
  return [type === undefined || type === '' ? required(child(path, 'type'), why) : invalid(child(path, 'type'), type, why)];
}

function validateMapList(raw: JsonObject, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = objectAt(raw, 'items');
  const itemsPath = child(path, 'items');
  if (keys.length === 0)
    errors.push(required(child(path, 'x-kubernetes-list-map-keys'), 'must not be empty if x-kubernetes-list-type is map'));
  if (items === undefined) return [...errors, required(itemsPath, 'must have a schema if x-kubernetes-list-type is map')];
  if (items['type'] !== 'object')
    errors.push(invalid(child(itemsPath, 'type'), items['type'] ?? '', "must be object if parent array's x-kubernetes-list-type is map"));
  if (items['nullable'] === true)
    errors.push(forbidden(child(itemsPath, 'nullable'), 'cannot be nullable when x-kubernetes-list-type is map'));
  if (keys.length === 0) return errors;
  const properties = objectAt(items, 'properties');
  const needed = listAt(items, 'required');
  for (const key of keys) {
    const property = properties?.[key];
    const propertyPath = keyed(child(itemsPath, 'properties'), key);
    if (!isJsonObject(property))
      errors.push(invalid(child(path, 'x-kubernetes-list-map-keys'), [...keys], 'entries must all be names of item properties'));
    else if (property['default'] === undefined && !needed.includes(key)) {
      errors.push(
        required(
          child(propertyPath, 'default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    } else if (property['nullable'] === true) {
      errors.push(forbidden(child(propertyPath, 'nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
    }
  }
  return errors;
}
