import { stringAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { createObject } from '../operations/create-object.js';
import { decodeObject } from '../operations/decode-object.js';
import type { Cluster } from './cluster.js';

const rbac = 'rbac.authorization.k8s.io';
const bootstrapMetadata = (name: string): JsonObject => ({
  name,
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
});

const namespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];

const readable = ['get', 'list', 'watch'];
const writable = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const namespacedCore = ['configmaps', 'pods', 'pods/status', 'secrets', 'serviceaccounts', 'services', 'services/status'];
const visibleCore = ['configmaps', 'events', 'pods', 'pods/status', 'serviceaccounts', 'services', 'services/status'];

/** The roles that every cluster has and that do not depend on kinds that are not simulated. */
const clusterRoles: Readonly<Record<string, readonly JsonObject[]>> = {
  'cluster-admin': [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ],
  'system:discovery': [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
    },
  ],
  'system:public-info-viewer': [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] }],
  'system:basic-user': [
    { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ],
  view: [
    { verbs: readable, apiGroups: [''], resources: [...visibleCore, 'namespaces'] },
    { verbs: readable, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ],
  edit: [
    { verbs: [...readable, ...writable], apiGroups: [''], resources: namespacedCore },
    { verbs: readable, apiGroups: [''], resources: ['events', 'namespaces'] },
    { verbs: [...readable, ...writable], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
    { verbs: readable, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ],
  admin: [
    { verbs: [...readable, ...writable], apiGroups: [''], resources: namespacedCore },
    { verbs: readable, apiGroups: [''], resources: ['events', 'namespaces'] },
    { verbs: [...readable, ...writable], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
    { verbs: [...readable, ...writable], apiGroups: [rbac], resources: ['rolebindings', 'roles'] },
    { verbs: readable, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ],
};

/** To whom these roles are given from the start. */
const bindings: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['system:masters'],
  'system:discovery': ['system:authenticated'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
  'system:basic-user': ['system:authenticated'],
};

/**
 * Writes what the API server itself writes into an empty cluster: namespaces, roles, and the Service `kubernetes`.
 * @param port where the API server listens
 */
export function bootstrap(cluster: Cluster, port: number): void {
  for (const name of namespaces) create(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const [name, rules] of Object.entries(clusterRoles)) {
    create(cluster, { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: bootstrapMetadata(name), rules: [...rules] });
  }
  for (const [name, groups] of Object.entries(bindings)) {
    create(cluster, {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: bootstrapMetadata(name),
      subjects: groups.map((group) => ({ kind: 'Group', apiGroup: rbac, name: group })),
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    });
  }
  create(cluster, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: '10.0.0.1',
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  });
}

function create(cluster: Cluster, value: JsonObject): void {
  const kind = stringAt(value, 'kind');
  const resource = cluster.registry.findKind(stringAt(value, 'apiVersion'), kind);
  if (resource === undefined) throw new Error(`no built-in resource of kind ${kind}`);
  const { object } = decodeObject(value, resource);
  createObject(
    {
      cluster,
      resource,
      namespace: object.metadata.namespace ?? '',
      subresource: '',
      manager: 'kube-apiserver',
      dryRun: false,
      fieldValidation: 'Strict',
      warnings: [],
    },
    object,
  );
}
