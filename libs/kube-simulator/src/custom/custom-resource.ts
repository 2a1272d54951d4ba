import { createHash } from 'node:crypto';

import { isJsonObject, listAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject, JsonValue } from '../object/json-value.js';
import { joinApiVersion } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Resource, Verb } from '../resources/resource.js';
import { objectMetaSchema } from '../schema/definitions.js';
import type { Schema } from '../schema/schema.js';
import { readStructuralSchema } from '../schema/structural-schema.js';
import { customColumns } from '../table/custom-columns.js';
import { findAll, parseJsonPath } from '../table/json-path.js';
import { customStrategy } from './custom-strategy.js';

const verbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** The resources that a CustomResourceDefinition defines, one for each version that it serves. */
export function customResources(definition: KubeObject): Resource[] {
  const spec = objectAt(definition, 'spec') ?? {};
  const versions = listAt(spec, 'versions').filter(isJsonObject);
  const stored = versions.find((version) => version['storage'] === true);
  return versions.filter((version) => version['served'] === true).map((version) => customResource(spec, version, stringAt(stored, 'name')));
}

function customResource(spec: JsonObject, version: JsonObject, storedVersion: string): Resource {
  const group = stringAt(spec, 'group');
  const names = objectAt(spec, 'names') ?? {};
  const kind = stringAt(names, 'kind');
  const plural = stringAt(names, 'plural');
  const name = stringAt(version, 'name');
  const apiVersion = joinApiVersion(group, name);
  const storedApiVersion = joinApiVersion(group, storedVersion);
  const hasStatus = objectAt(objectAt(version, 'subresources'), 'status') !== undefined;
  const schema = withObjectFields(readStructuralSchema(objectAt(objectAt(version, 'schema'), 'openAPIV3Schema') ?? {}, '').schema);
  return {
    group,
    version: name,
    plural,
    singular: stringAt(names, 'singular'),
    kind,
    listKind: stringAt(names, 'listKind'),
    isNamespaced: spec['scope'] === 'Namespaced',
    shortNames: stringsAt(names, 'shortNames'),
    categories: stringsAt(names, 'categories'),
    verbs,
    subresources: hasStatus ? [{ name: 'status', kind, verbs: ['get', 'patch', 'update'] }] : [],
    table: `${plural}.${group}`,
    storedApiVersion,
    isCustom: true,
    keyOrder: 'custom',
    schema,
    strategy: customStrategy({ apiVersion, kind }, schema, hasStatus),
    selectableFields: selectableFields(version),
    columns: customColumns(version),
    ...(apiVersion === storedApiVersion
      ? {}
      : {
          fromStored: (object: KubeObject) => ({ ...object, apiVersion }),
          toStored: (object: KubeObject) => ({ ...object, apiVersion: storedApiVersion }),
        }),
    storageVersionHash: storageVersionHash(group, storedVersion, kind),
    returnsDeleted: false,
    ...(version['deprecated'] === true
      ? { deprecationWarning: stringAt(version, 'deprecationWarning') || `${apiVersion} ${kind} is deprecated` }
      : {}),
  };
}

/** The schema with kind, version and metadata as every object has them; of the metadata a definition may restrict the name. */
function withObjectFields(schema: Schema): Schema {
  const own = schema.properties?.['metadata']?.properties;
  const metadata: Schema =
    own === undefined ? objectMetaSchema : { ...objectMetaSchema, properties: { ...objectMetaSchema.properties, ...restrictions(own) } };
  return { ...schema, properties: { ...schema.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata } };
}

function restrictions(own: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    ['name', 'generateName'].flatMap((field) => {
      const restricted = own[field];
      return restricted === undefined ? [] : [[field, { ...objectMetaSchema.properties?.[field], ...restricted }]];
    }),
  );
}

function selectableFields(version: JsonObject): Resource['selectableFields'] {
  return Object.fromEntries(
    listAt(version, 'selectableFields')
      .filter(isJsonObject)
      .map((field) => {
        const jsonPath = stringAt(field, 'jsonPath');
        const path = parseJsonPath(jsonPath) ?? [];
        return [jsonPath.replace(/^\./, ''), (object: JsonObject) => textOf(findAll(object, path)[0])];
      }),
  );
}

const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? '' : String(value);

/** What discovery tells of the stored version, so that clients see when it changes. */
export function storageVersionHash(group: string, version: string, kind: string): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}
