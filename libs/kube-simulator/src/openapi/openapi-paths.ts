import type { JsonObject } from '../object/json-value.js';
import type { Resource } from '../resources/resource.js';
import type { VirtualResource } from '../resources/virtual-resources.js';

/** What stands in an operation: the schema of the object, and of a list of them. */
export interface PathSchemas {
  readonly object: JsonObject;
  readonly list: JsonObject;
}

const parameter = (name: string, type: string): JsonObject => ({ name, in: 'query', schema: { type, uniqueItems: true } });
const pathParameter = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });
const writeParameters: readonly JsonObject[] = [
  parameter('dryRun', 'string'),
  parameter('fieldManager', 'string'),
  parameter('fieldValidation', 'string'),
];
const listParameters: readonly JsonObject[] = [
  ...['allowWatchBookmarks', 'sendInitialEvents', 'watch'].map((name) => parameter(name, 'boolean')),
  ...['continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'].map((name) => parameter(name, 'string')),
  ...['limit', 'timeoutSeconds'].map((name) => parameter(name, 'integer')),
];
const deleteParameters: readonly JsonObject[] = [
  parameter('dryRun', 'string'),
  parameter('gracePeriodSeconds', 'integer'),
  parameter('orphanDependents', 'boolean'),
  parameter('propagationPolicy', 'string'),
];
const patchTypes: readonly string[] = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

interface Operation {
  readonly action: string;
  readonly parameters?: readonly JsonObject[];
  readonly body?: JsonObject;
  readonly answer: JsonObject;
}

/** The paths of a resource with their operations. */
export function resourcePaths(resource: Resource, schemas: PathSchemas): Record<string, JsonObject> {
  const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
  const root = rootOf(resource);
  const collection = resource.isNamespaced ? `${root}/namespaces/{namespace}/${resource.plural}` : `${root}/${resource.plural}`;
  const operation = (parts: Operation): JsonObject => write(parts, gvk);
  const body = { content: { '*/*': { schema: schemas.object } }, required: true };
  const list = operation({ action: 'list', parameters: listParameters, answer: schemas.list });
  const patchMedia = resource.isCustom ? patchTypes : [...patchTypes, 'application/strategic-merge-patch+json'];
  const patch = operation({
    action: 'patch',
    parameters: [...writeParameters, parameter('force', 'boolean')],
    body: { content: Object.fromEntries(patchMedia.map((type) => [type, { schema: { type: 'object' } }])), required: true },
    answer: schemas.object,
  });
  const get = operation({ action: 'get', answer: schemas.object });
  const put = operation({ action: 'put', parameters: writeParameters, body, answer: schemas.object });
  const namespace = resource.isNamespaced ? [pathParameter('namespace')] : [];
  const named = [pathParameter('name'), ...namespace];
  const hasStatus = resource.subresources.some(({ name }) => name === 'status');
  return {
    ...(resource.isNamespaced ? { [`${root}/${resource.plural}`]: { get: list } } : {}),
    [collection]: {
      get: list,
      post: operation({ action: 'post', parameters: writeParameters, body, answer: schemas.object }),
      ...(resource.verbs.includes('deletecollection')
        ? { delete: operation({ action: 'deletecollection', parameters: [...listParameters, ...deleteParameters], answer: {} }) }
        : {}),
      parameters: namespace,
    },
    [`${collection}/{name}`]: {
      get,
      put,
      patch,
      delete: operation({ action: 'delete', parameters: deleteParameters, answer: {} }),
      parameters: named,
    },
    ...(hasStatus ? { [`${collection}/{name}/status`]: { get, put, patch, parameters: named } } : {}),
  };
}

/** The path of a review. */
export function virtualPaths(resource: VirtualResource, schema: JsonObject): Record<string, JsonObject> {
  const root = rootOf(resource);
  const path = resource.isNamespaced ? `${root}/namespaces/{namespace}/${resource.plural}` : `${root}/${resource.plural}`;
  const gvk = { group: resource.group, version: resource.version, kind: resource.kind };
  const body = { content: { '*/*': { schema } }, required: true };
  return {
    [path]: {
      post: write({ action: 'post', parameters: writeParameters, body, answer: schema }, gvk),
      ...(resource.isNamespaced ? { parameters: [pathParameter('namespace')] } : {}),
    },
  };
}

const rootOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

function write({ action, parameters, body, answer }: Operation, gvk: JsonObject): JsonObject {
  return {
    ...(parameters === undefined ? {} : { parameters: [...parameters] }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema: answer } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}
