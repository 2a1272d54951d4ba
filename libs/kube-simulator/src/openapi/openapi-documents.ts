import type { JsonObject } from '../object/json-value.js';
import type { Registry } from '../resources/registry.js';
import type { Resource } from '../resources/resource.js';
import { virtualResources } from '../resources/virtual-resources.js';
import type { VirtualResource } from '../resources/virtual-resources.js';
import { OpenApiWriter } from './openapi-schema.js';
import type { RefPrefix } from './openapi-schema.js';
import { resourcePaths, virtualPaths } from './openapi-paths.js';

const info = { title: 'Kubernetes', version: '1.37' };
const listMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

/** The names of the OpenAPI 3 documents, such as `api/v1` and `apis/discovery.k8s.io/v1`. */
export function documentNames(registry: Registry): string[] {
  const names = [...registry.all(), ...virtualResources].map(({ group, version }) => nameOf(group, version));
  return [...new Set(names)].toSorted();
}

const nameOf = (group: string, version: string): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/** The OpenAPI 3 document of one group version; undefined where it is not served. */
export function openApiV3(registry: Registry, name: string): JsonObject | undefined {
  const isOwn = ({ group, version }: Pick<Resource, 'group' | 'version'>): boolean => nameOf(group, version) === name;
  const resources = registry.all().filter(isOwn);
  const virtual = virtualResources.filter(isOwn);
  if (resources.length + virtual.length === 0) return undefined;
  const { paths, schemas } = writeAll(resources, virtual, '#/components/schemas/');
  return { openapi: '3.0.0', info, paths, components: { schemas } };
}

/** The OpenAPI 2 document of everything that is served. */
export function openApiV2(registry: Registry): JsonObject {
  const { paths, schemas } = writeAll(registry.all(), virtualResources, '#/definitions/');
  return { swagger: '2.0', info: { ...info, version: 'v1.37.2' }, paths, definitions: schemas };
}

function writeAll(
  resources: readonly Resource[],
  virtual: readonly VirtualResource[],
  prefix: RefPrefix,
): { paths: JsonObject; schemas: JsonObject } {
  const kinds = new Map<string, JsonObject[]>();
  for (const { schema, group, version, kind } of [...resources.filter(({ isCustom }) => !isCustom), ...virtual]) {
    if (schema.definition !== undefined) kinds.set(schema.definition, [{ group, version, kind }]);
  }
  const writer = new OpenApiWriter(prefix, kinds);
  const own: Record<string, JsonObject> = {};
  const paths: Record<string, JsonObject> = {};
  for (const resource of resources) {
    const name = resource.schema.definition ?? customName(resource);
    if (resource.isCustom)
      own[name] = { ...writer.writeInline(resource.schema), 'x-kubernetes-group-version-kind': [gvkOf(resource, resource.kind)] };
    const object = resource.isCustom ? { $ref: `${prefix}${name}` } : writer.refer(name);
    own[`${name}List`] = listSchema(writer, resource, object);
    Object.assign(paths, resourcePaths(resource, { object, list: { $ref: `${prefix}${name}List` } }));
  }
  for (const resource of virtual) Object.assign(paths, virtualPaths(resource, writer.refer(resource.schema.definition ?? '')));
  return { paths, schemas: { ...writer.referred(), ...own } };
}

const gvkOf = ({ group, version }: Resource, kind: string): JsonObject => ({ group, version, kind });

function listSchema(writer: OpenApiWriter, resource: Resource, object: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: object },
      kind: { type: 'string' },
      metadata: writer.refer(listMeta),
    },
    'x-kubernetes-group-version-kind': [gvkOf(resource, resource.listKind)],
  };
}

/** The name of a custom type: the group turned around, the version and the kind. */
function customName({ group, version, kind }: Resource): string {
  return [...group.split('.').toReversed(), version, kind].join('.');
}
