import { definitionStrategy } from '../custom/definition-strategy.js';
import { storageVersionHash } from '../custom/custom-resource.js';
import { objectAt, stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { joinApiVersion } from '../object/kube-object.js';
import { definition } from '../schema/definitions.js';
import { configMapStrategy } from '../strategies/config-map-strategy.js';
import { endpointSliceStrategy } from '../strategies/endpoint-slice-strategy.js';
import { coreEventStrategy, eventStrategy, toCoreGroup, toEventsGroup } from '../strategies/event-strategy.js';
import { leaseStrategy } from '../strategies/lease-strategy.js';
import { namespaceStrategy } from '../strategies/namespace-strategy.js';
import { nodeStrategy } from '../strategies/node-strategy.js';
import { plainStrategy } from '../strategies/plain-strategy.js';
import { podStrategy } from '../strategies/pod/pod-strategy.js';
import { bindingStrategy, roleStrategy } from '../strategies/rbac-strategy.js';
import { secretStrategy } from '../strategies/secret-strategy.js';
import type { ServiceAddresses } from '../strategies/service/service-addresses.js';
import { serviceStrategy } from '../strategies/service/service-strategy.js';
import { builtInColumns } from '../table/built-in-columns.js';
import { podRowConditions } from '../table/pod-columns.js';
import type { Resource, Strategy, Subresource, Verb } from './resource.js';

/** What is particular to one built-in kind. */
interface Kind {
  readonly group?: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly type: string;
  readonly strategy: Strategy;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Subresource[];
  readonly withoutDeleteCollection?: true;
  readonly fields?: Resource['selectableFields'];
}

/** Kinds whose deletion answers with the object and not with a Status. */
const returningDeleted: readonly string[] = ['namespaces', 'pods', 'serviceaccounts', 'services'];
const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const at =
  (...path: readonly string[]) =>
  (object: JsonObject): string => {
    const parent = path.slice(0, -1).reduce<JsonObject | undefined>((value, key) => objectAt(value, key), object);
    const value = parent?.[path.at(-1) ?? ''];
    return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
  };
const status = (kind: string): Subresource => ({ name: 'status', kind, verbs: ['get', 'patch', 'update'] });
const core = 'io.k8s.api.core.v1';
const rbac = 'rbac.authorization.k8s.io';

const eventFields: Resource['selectableFields'] = {
  ...Object.fromEntries(
    ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => [
      `involvedObject.${name}`,
      at('involvedObject', name),
    ]),
  ),
  reason: at('reason'),
  reportingComponent: (event) => stringAt(event, 'reportingComponent') || at('source', 'component')(event),
  source: (event) => at('source', 'component')(event) || stringAt(event, 'reportingComponent'),
  type: at('type'),
};

function kinds(addresses: ServiceAddresses): readonly Kind[] {
  return [
    {
      kind: 'ConfigMap',
      plural: 'configmaps',
      scope: 'Namespaced',
      type: `${core}.ConfigMap`,
      shortNames: ['cm'],
      strategy: configMapStrategy,
    },
    {
      kind: 'Event',
      plural: 'events',
      scope: 'Namespaced',
      type: `${core}.Event`,
      shortNames: ['ev'],
      strategy: coreEventStrategy,
      fields: eventFields,
    },
    {
      kind: 'Namespace',
      plural: 'namespaces',
      scope: 'Cluster',
      type: `${core}.Namespace`,
      shortNames: ['ns'],
      strategy: namespaceStrategy,
      subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, status('Namespace')],
      withoutDeleteCollection: true,
      fields: { 'status.phase': at('status', 'phase') },
    },
    {
      kind: 'Node',
      plural: 'nodes',
      scope: 'Cluster',
      type: `${core}.Node`,
      shortNames: ['no'],
      strategy: nodeStrategy,
      subresources: [status('Node')],
      fields: { 'spec.unschedulable': (node) => at('spec', 'unschedulable')(node) || 'false' },
    },
    {
      kind: 'Pod',
      plural: 'pods',
      scope: 'Namespaced',
      type: `${core}.Pod`,
      shortNames: ['po'],
      categories: ['all'],
      strategy: podStrategy,
      subresources: [status('Pod')],
      fields: {
        'spec.nodeName': at('spec', 'nodeName'),
        'spec.restartPolicy': at('spec', 'restartPolicy'),
        'spec.schedulerName': at('spec', 'schedulerName'),
        'spec.serviceAccountName': at('spec', 'serviceAccountName'),
        'spec.hostNetwork': (pod) => at('spec', 'hostNetwork')(pod) || 'false',
        'status.phase': at('status', 'phase'),
        'status.podIP': at('status', 'podIP'),
        'status.nominatedNodeName': at('status', 'nominatedNodeName'),
      },
    },
    {
      kind: 'Secret',
      plural: 'secrets',
      scope: 'Namespaced',
      type: `${core}.Secret`,
      strategy: secretStrategy,
      fields: { type: at('type') },
    },
    {
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      scope: 'Namespaced',
      type: `${core}.ServiceAccount`,
      shortNames: ['sa'],
      strategy: plainStrategy,
      subresources: [{ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] }],
    },
    {
      kind: 'Service',
      plural: 'services',
      scope: 'Namespaced',
      type: `${core}.Service`,
      shortNames: ['svc'],
      categories: ['all'],
      strategy: serviceStrategy(addresses),
      subresources: [status('Service')],
      fields: { 'spec.clusterIP': at('spec', 'clusterIP'), 'spec.type': at('spec', 'type') },
    },
    {
      group: 'events.k8s.io',
      kind: 'Event',
      plural: 'events',
      scope: 'Namespaced',
      type: 'io.k8s.api.events.v1.Event',
      shortNames: ['ev'],
      strategy: eventStrategy,
      fields: {
        ...Object.fromEntries(
          ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => [
            `regarding.${name}`,
            at('regarding', name),
          ]),
        ),
        reason: at('reason'),
        reportingController: at('reportingController'),
        type: at('type'),
      },
    },
    ...(
      [
        ['ClusterRoleBinding', 'clusterrolebindings', 'Cluster', bindingStrategy(['ClusterRole'], false)],
        ['ClusterRole', 'clusterroles', 'Cluster', roleStrategy(false)],
        ['RoleBinding', 'rolebindings', 'Namespaced', bindingStrategy(['Role', 'ClusterRole'], true)],
        ['Role', 'roles', 'Namespaced', roleStrategy(true)],
      ] as const
    ).map(([kind, plural, scope, strategy]) => ({ group: rbac, kind, plural, scope, type: `io.k8s.api.rbac.v1.${kind}`, strategy })),
    {
      group: 'apiextensions.k8s.io',
      kind: 'CustomResourceDefinition',
      plural: 'customresourcedefinitions',
      scope: 'Cluster',
      type: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
      shortNames: ['crd', 'crds'],
      categories: ['api-extensions'],
      strategy: definitionStrategy,
      subresources: [status('CustomResourceDefinition')],
    },
    {
      group: 'coordination.k8s.io',
      kind: 'Lease',
      plural: 'leases',
      scope: 'Namespaced',
      type: 'io.k8s.api.coordination.v1.Lease',
      strategy: leaseStrategy,
    },
    {
      group: 'discovery.k8s.io',
      kind: 'EndpointSlice',
      plural: 'endpointslices',
      scope: 'Namespaced',
      type: 'io.k8s.api.discovery.v1.EndpointSlice',
      strategy: endpointSliceStrategy,
    },
  ];
}

/** The built-in resources of one cluster, in the order of discovery. */
export function builtInResources(addresses: ServiceAddresses): Resource[] {
  return kinds(addresses).map(toResource);
}

function toResource(entry: Kind): Resource {
  const { group = '', kind, plural, scope, type, strategy, shortNames = [], categories = [], subresources = [], fields = {} } = entry;
  const isEvent = group === 'events.k8s.io';
  return {
    group,
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    isNamespaced: scope === 'Namespaced',
    shortNames,
    categories,
    verbs: entry.withoutDeleteCollection === true ? allVerbs.filter((verb) => verb !== 'deletecollection') : allVerbs,
    subresources,
    table: group === '' || isEvent ? plural : `${plural}.${group}`,
    storedApiVersion: isEvent ? 'v1' : joinApiVersion(group, 'v1'),
    isCustom: false,
    keyOrder: 'built-in',
    schema: definition(type),
    strategy,
    selectableFields: fields,
    columns: builtInColumns(kind),
    ...(kind === 'Pod' ? { rowConditions: podRowConditions } : {}),
    ...(isEvent ? { fromStored: toEventsGroup, toStored: toCoreGroup } : {}),
    storageVersionHash: storageVersionHash(isEvent ? '' : group, group === 'apiextensions.k8s.io' ? 'v1beta1' : 'v1', kind),
    returnsDeleted: returningDeleted.includes(plural) && group === '',
  };
}
