import { isJsonObject, listAt, objectAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { child, forbidden, invalid, keyed, notSupported, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const listTypes = ['atomic', 'set', 'map'];
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
  if (listType === 'map') errors.push(...validateMapList(raw, keys, path));
  if (listType === 'set') errors.push(...validateSet(objectAt(raw, 'items'), child(path, 'items')));
  return errors;
}

/** The items of a set are compared as wholes. */
function validateSet(items: JsonObject | undefined, path: string): FieldError[] {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const errors: FieldError[] = [];
  const listType = items?.['x-kubernetes-list-type'];
  if (items?.['nullable'] === true)
    errors.push(forbidden(child(path, 'nullable'), 'cannot be nullable when x-kubernetes-list-type is set'));
  if (items?.['type'] === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalid(child(path, 'x-kubernetes-map-type'), items['x-kubernetes-map-type'], why));
  if (items?.['type'] === 'array' && listType !== undefined && listType !== 'atomic')
    errors.push(invalid(child(path, 'x-kubernetes-list-type'), listType, why));
  return errors;
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
  if (new Set(keys).size < keys.length)
    errors.push(invalid(child(path, 'x-kubernetes-list-map-keys'), [...keys], 'must not contain duplicate entries'));
  for (const key of keys) {
    const property = properties?.[key];
    const propertyPath = keyed(child(itemsPath, 'properties'), key);
    if (!isJsonObject(property))
      errors.push(invalid(child(path, 'x-kubernetes-list-map-keys'), [...keys], 'entries must all be names of item properties'));
    else if (property['type'] === 'object' || property['type'] === 'array') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(child(propertyPath, 'type'), property['type'], why));
    } else if (property['default'] === undefined && !needed.includes(key)) {
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
