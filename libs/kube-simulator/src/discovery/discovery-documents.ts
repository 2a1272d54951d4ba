import type { JsonObject } from '../object/json-value.js';
import { joinApiVersion } from '../object/kube-object.js';
import type { Registry } from '../resources/registry.js';
import type { Resource, Subresource } from '../resources/resource.js';
import { virtualResources } from '../resources/virtual-resources.js';
import type { VirtualResource } from '../resources/virtual-resources.js';

/** The order in which the API server lists its own groups; those of custom resources follow. */
const groupOrder: readonly string[] = [
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'rbac.authorization.k8s.io',
  'apiextensions.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
];

/** One resource of a version, stored or not. */
type Served = Resource | VirtualResource;

/** Every group but the core one, with its versions, the preferred one first. */
export function groupsOf(registry: Registry): Map<string, string[]> {
  const groups = new Map<string, string[]>(groupOrder.map((group) => [group, ['v1']]));
  for (const { group, version } of registry.all()) {
    if (group === '') continue;
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  for (const versions of groups.values()) versions.sort(compareVersions);
  return groups;
}

/** The most stable version first, the latest of equally stable ones first (Kubernetes documentation, "Version priority"). */
export function compareVersions(left: string, right: string): number {
  const rank = (version: string): readonly number[] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (match === null) return [0, 0, 0];
    const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
    return [stability, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [leftRank, rightRank] = [rank(left), rank(right)];
  for (const [index, value] of leftRank.entries()) {
    const difference = (rightRank[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function servedIn(registry: Registry, group: string, version: string): Served[] {
  const stored = registry.all().filter((resource) => resource.group === group && resource.version === version);
  const virtual = virtualResources.filter((resource) => resource.group === group && resource.version === version);
  return [...stored, ...virtual].toSorted((left, right) => (left.plural < right.plural ? -1 : 1));
}

const isStored = (resource: Served): resource is Resource => 'table' in resource;

/** `/api` */
export function apiVersionsDocument(address: string): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] };
}

function groupDocument(group: string, versions: readonly string[]): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: joinApiVersion(group, version), version }));
  return { name: group, versions: entries, preferredVersion: { ...entries[0] } };
}

/** `/apis` */
export function groupListDocument(registry: Registry): JsonObject {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groupsOf(registry)].map(([group, versions]) => groupDocument(group, versions)),
  };
}

/** `/apis/GROUP`; undefined where the group is not served. */
export function oneGroupDocument(registry: Registry, group: string): JsonObject | undefined {
  const versions = groupsOf(registry).get(group);
  return versions === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group, versions) };
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined where the version is not served. */
export function resourceListDocument(registry: Registry, group: string, version: string): JsonObject | undefined {
  const resources = servedIn(registry, group, version);
  if (resources.length === 0) return undefined;
  // The list of the core group alone does not say of which version it is itself.
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: joinApiVersion(group, version),
    resources: resources.flatMap(resourceEntries),
  };
}

function resourceEntries(resource: Served): JsonObject[] {
  const own: JsonObject = {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.isNamespaced,
    kind: resource.kind,
    verbs: verbsOf(resource),
  };
  if (!isStored(resource)) return [own];
  if (resource.shortNames.length > 0) own['shortNames'] = [...resource.shortNames];
  if (resource.categories.length > 0) own['categories'] = [...resource.categories];
  if (resource.storageVersionHash !== undefined) own['storageVersionHash'] = resource.storageVersionHash;
  return [own, ...resource.subresources.map((subresource) => subresourceEntry(resource, subresource))];
}

const verbsOf = (resource: Served): string[] => (isStored(resource) ? [...resource.verbs] : ['create']);

function subresourceEntry(resource: Resource, { name, kind, group, version, verbs }: Subresource): JsonObject {
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.isNamespaced,
    ...(group === undefined ? {} : { group, version: version ?? '' }),
    kind,
    verbs: [...verbs],
  };
}

/** The aggregated form of `/api` and `/apis` (Kubernetes documentation, "Aggregated discovery"). */
export function aggregatedDocument(registry: Registry, isCore: boolean): JsonObject {
  const groups = isCore ? new Map([['', ['v1']]]) : groupsOf(registry);
  const items = [...groups].map(([group, versions]) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      resources: servedIn(registry, group, version).map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: Served): JsonObject {
  const responseKind =
    isStored(resource) && resource.isCustom
      ? { group: resource.group, version: resource.version, kind: resource.kind }
      : { group: '', version: '', kind: resource.kind };
  const entry: JsonObject = {
    resource: resource.plural,
    responseKind,
    scope: resource.isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: verbsOf(resource),
  };
  if (!isStored(resource)) return entry;
  if (resource.shortNames.length > 0) entry['shortNames'] = [...resource.shortNames];
  if (resource.categories.length > 0) entry['categories'] = [...resource.categories];
  if (resource.subresources.length > 0) {
    entry['subresources'] = resource.subresources.map(({ name, kind, group, version, verbs }) => ({
      subresource: name,
      responseKind: group === undefined ? { ...responseKind, kind } : { group, version: version ?? '', kind },
      verbs: [...verbs],
    }));
  }
  return entry;
}
