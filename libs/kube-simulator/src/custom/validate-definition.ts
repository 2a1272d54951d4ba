import { equalJson, isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { validateDns1035Label, validateDnsSubdomain } from '../object/names.js';
import { readStructuralSchema } from '../schema/structural-schema.js';
import { child, duplicate, forbidden, indexed, invalid, keyed, notSupported, required } from '../status/field-error.js';
import type { FieldError } from '../status/field-error.js';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const scopes = ['Cluster', 'Namespaced'];

/** What must hold for a CustomResourceDefinition. Conversion by webhook, CEL rules and the scale subresource are refused by name. */
export function validateDefinition(definition: KubeObject): FieldError[] {
  const spec = objectAt(definition, 'spec') ?? {};
  const scope = stringAt(spec, 'scope');
  const conversion = stringAt(objectAt(spec, 'conversion'), 'strategy');
  return [
    ...validateGroup(stringAt(spec, 'group')),
    ...(scope === '' ? [required('spec.scope')] : scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)]),
    ...validateVersions(spec),
    ...validateNames(objectAt(spec, 'names') ?? {}),
    ...(spec['preserveUnknownFields'] === true
      ? [
          invalid(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
    ...validateConversion(conversion),
    ...validateStoredVersions(definition),
  ];
}

function validateGroup(group: string): FieldError[] {
  if (group === '') return [required('spec.group')];
  const messages = validateDnsSubdomain(group);
  if (messages.length > 0) return [invalid('spec.group', group, messages.join(','))];
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function validateConversion(strategy: string): FieldError[] {
  if (strategy === 'None') return [];
  if (strategy === 'Webhook') return [forbidden('spec.conversion.strategy', 'conversion by webhook is not done by this simulator')];
  return [notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
}

function validateVersions(spec: JsonObject): FieldError[] {
  const versions = listAt(spec, 'versions').filter(isJsonObject);
  const names = versions.map((version) => stringAt(version, 'name'));
  const common = commonSchema(versions);
  const shown =
    !Array.isArray(spec['versions']) || versions.length === 0
      ? (spec['versions'] ?? null)
      : versions.map((version) => internalVersion(version, common !== undefined));
  return [
    ...(common === undefined ? [] : readStructuralSchema(common, 'spec.validation.openAPIV3Schema').errors),
    ...versions.flatMap((version, index) => validateVersion(version, indexed('spec.versions', index), common === undefined)),
    ...(new Set(names).size === names.length ? [] : [invalid('spec.versions', shown, 'must contain unique version names')]),
    ...versions.slice(0, 1).flatMap((version) => (stringAt(version, 'name') === '' ? [] : validateVersionName(version, 'spec.version'))),
    ...validateShared(versions),
    ...(versions.filter((version) => version['storage'] === true).length === 1
      ? []
      : [invalid('spec.versions', shown, 'must have exactly one version marked as storage version')]),
  ];
}

const schemaOf = (version: JsonObject | undefined): JsonObject | undefined => objectAt(objectAt(version, 'schema'), 'openAPIV3Schema');

/** The schema that all versions share: the API server keeps it in one place, and speaks of it by the name of that place. */
function commonSchema(versions: readonly JsonObject[]): JsonObject | undefined {
  const first = schemaOf(versions[0]);
  return first !== undefined && versions.every((version) => equalJson(schemaOf(version), first)) ? first : undefined;
}

/** A version as the API server's messages show it. */
function internalVersion(version: JsonObject, isSchemaShared: boolean): JsonObject {
  return {
    Name: stringAt(version, 'name'),
    Served: version['served'] === true,
    Storage: version['storage'] === true,
    Deprecated: version['deprecated'] === true,
    DeprecationWarning: version['deprecationWarning'] ?? null,
    Schema: isSchemaShared ? null : (version['schema'] ?? null),
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

function validateStoredVersions(definition: KubeObject): FieldError[] {
  const stored = stringsAt(objectAt(definition, 'status'), 'storedVersions');
  const versions = listAt(objectAt(definition, 'spec'), 'versions').filter(isJsonObject);
  if (stored.length === 0) return [invalid('status.storedVersions', null, 'must have at least one stored version')];
  return versions
    .filter((version) => version['storage'] === true && !stored.includes(stringAt(version, 'name')))
    .map((version) => invalid('status.storedVersions', stored, `must have the storage version ${stringAt(version, 'name')}`));
}

/** A version in which objects may be stored can't go. */
export function validateStoredRemain(definition: KubeObject): FieldError[] {
  const names = listAt(objectAt(definition, 'spec'), 'versions')
    .filter(isJsonObject)
    .map((version) => stringAt(version, 'name'));
  return stringsAt(objectAt(definition, 'status'), 'storedVersions').flatMap((stored, index) =>
    names.includes(stored)
      ? []
      : [
          invalid(
            indexed('status.storedVersions', index),
            stored,
            `missing from spec.versions; ${stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${stored} and removes ${stored} from status.storedVersions`,
          ),
        ],
  );
}

/** Groups that belong to the community take no definition without a word on its approval. */
export function validateApproval(definition: KubeObject): FieldError[] {
  const group = stringAt(objectAt(definition, 'spec'), 'group');
  const annotation = 'api-approved.kubernetes.io';
  const isProtected = ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));
  if (!isProtected || (definition.metadata.annotations?.[annotation] ?? '') !== '') return [];
  return [
    required(
      keyed('metadata.annotations', annotation),
      `protected groups must have approval annotation "${annotation}", see https://github.com/kubernetes/enhancements/pull/1111`,
    ),
  ];
}

function validateVersionName(version: JsonObject, path: string): FieldError[] {
  const name = stringAt(version, 'name');
  const messages = validateDns1035Label(name);
  return messages.length === 0 ? [] : [invalid(path, name, messages.join(','))];
}

function validateVersion(version: JsonObject, path: string, judgeSchema: boolean): FieldError[] {
  const schema = schemaOf(version);
  const schemaPath = child(path, 'schema.openAPIV3Schema');
  return [
    ...(schema === undefined ? [required(schemaPath)] : judgeSchema ? readStructuralSchema(schema, schemaPath).errors : []),
    ...validateVersionName(version, child(path, 'name')),
    ...(objectAt(objectAt(version, 'subresources'), 'scale') === undefined
      ? []
      : [forbidden(child(path, 'subresources.scale'), 'the scale subresource is not served by this simulator')]),
    ...validateDeprecation(version, child(path, 'deprecationWarning')),
  ];
}

/** Columns and selectable fields: those that all versions share are judged once, by the name of the place where the API server keeps them. */
function validateShared(versions: readonly JsonObject[]): FieldError[] {
  return ['additionalPrinterColumns', 'selectableFields'].flatMap((field) => {
    const isShared = versions.every((version) => equalJson(version[field] ?? [], versions[0]?.[field] ?? []));
    return (isShared ? versions.slice(0, 1) : versions).flatMap((version, index) => {
      const path = isShared ? child('spec', field) : child(indexed('spec.versions', index), field);
      const entries = listAt(version, field).filter(isJsonObject);
      if (field === 'selectableFields') return validateSelectable(entries, schemaOf(version), path);
      return entries.flatMap((column, place) => validateColumn(column, indexed(path, place)));
    });
  });
}

const selectableTypes: readonly (JsonValue | undefined)[] = ['string', 'boolean', 'integer'];

function validateSelectable(fields: readonly JsonObject[], schema: JsonObject | undefined, path: string): FieldError[] {
  const seen = new Set<string>();
  return fields.flatMap((field, index) => {
    const own = child(indexed(path, index), 'jsonPath');
    const jsonPath = stringAt(field, 'jsonPath');
    if (jsonPath === '') return [required(own)];
    if (seen.has(jsonPath)) return [duplicate(own, jsonPath)];
    seen.add(jsonPath);
    const steps = jsonPath.split('.').slice(1);
    const target = steps.reduce((parent, step) => objectAt(objectAt(parent, 'properties'), step), schema);
    if (target === undefined || steps[0] === 'metadata')
      return [invalid(own, jsonPath, 'is an invalid path: does not refer to a valid field')];
    if (selectableTypes.includes(target['type'])) return [];
    const why = 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
    return [invalid(own, jsonPath, why)];
  });
}

const maxWarningCharacters = 256;

function validateDeprecation(version: JsonObject, path: string): FieldError[] {
  const warning = version['deprecationWarning'];
  if (typeof warning !== 'string') return [];
  const errors: FieldError[] = [];
  if (version['deprecated'] !== true) errors.push(invalid(path, warning, 'can only be set for deprecated versions'));
  if (warning.length > maxWarningCharacters) errors.push(invalid(path, warning, `must be <= ${maxWarningCharacters} characters long`));
  if (warning === '') errors.push(invalid(path, warning, 'must not be an empty string'));
  return errors;
}

function validateColumn(column: JsonObject, path: string): FieldError[] {
  const type = stringAt(column, 'type');
  const format = stringAt(column, 'format');
  const jsonPath = stringAt(column, 'jsonPath');
  return [
    ...(stringAt(column, 'name') === '' ? [required(child(path, 'name'))] : []),
    ...(type === ''
      ? [required(child(path, 'type'), `must be one of ${columnTypes.join(',')}`)]
      : columnTypes.includes(type)
        ? []
        : [invalid(child(path, 'type'), type, `must be one of ${columnTypes.join(',')}`)]),
    ...(format === '' || columnFormats.includes(format)
      ? []
      : [invalid(child(path, 'format'), format, `must be one of ${columnFormats.join(',')}`)]),
    ...(jsonPath === ''
      ? [required(child(path, 'JSONPath'))]
      : jsonPath.startsWith('.')
        ? []
        : [invalid(child(path, 'JSONPath'), jsonPath, 'must be a simple json path starting with .')]),
  ];
}

function validateNames(names: JsonObject): FieldError[] {
  const label = (field: string, prefix = ''): FieldError[] => {
    const value = stringAt(names, field);
    const messages = validateDns1035Label(value.toLowerCase());
    return value === '' || messages.length === 0 ? [] : [invalid(child('spec.names', field), value, `${prefix}${messages.join(',')}`)];
  };
  const kind = stringAt(names, 'kind');
  const list = (field: string): FieldError[] =>
    stringsAt(names, field).flatMap((value, index) => {
      const messages = validateDns1035Label(value);
      return messages.length === 0 ? [] : [invalid(indexed(child('spec.names', field), index), value, messages.join(','))];
    });
  const mixed = 'may have mixed case, but should otherwise match: ';
  return [
    ...['plural', 'singular', 'kind', 'listKind']
      .filter((field) => stringAt(names, field) === '')
      .map((field) => required(child('spec.names', field))),
    ...label('plural'),
    ...label('singular'),
    ...label('kind', mixed),
    ...label('listKind', mixed),
    ...list('shortNames'),
    ...(kind !== '' && kind === stringAt(names, 'listKind')
      ? [invalid('spec.names.listKind', kind, 'kind and listKind may not be the same')]
      : []),
    ...list('categories'),
  ];
}
