/** Any JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A sound object of one resource, and where it goes. */
export interface SoundObject {
  readonly prefix: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly object: Json;
}

export const group = 'application-networking.k8s.aws';
const metadata = { name: 'a', labels: { app: 'a' }, annotations: { note: 'x' } };
const examples: readonly (readonly [prefix: string, plural: string, isNamespaced: boolean, object: Json])[] = [
  ['/api/v1', 'configmaps', true, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' }, binaryData: { c: 'AAAA' } }],
  ['/api/v1', 'secrets', true, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { a: 'Yg==' } }],
  ['/api/v1', 'namespaces', false, { apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: ['kubernetes'] } }],
  ['/api/v1', 'nodes', false, { apiVersion: 'v1', kind: 'Node', metadata, spec: { podCIDR: '10.1.0.0/24' } }],
  ['/api/v1', 'serviceaccounts', true, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }],
  [
    '/api/v1',
    'services',
    true,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'NodePort', selector: { app: 'a' }, ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }] },
    },
  ],
  [
    '/api/v1',
    'pods',
    true,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }], env: [{ name: 'E', value: 'v' }] }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ],
  [
    '/api/v1',
    'events',
    true,
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'a' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
      reason: 'Test',
      type: 'Normal',
      count: 1,
    },
  ],
  [
    '/apis/discovery.k8s.io/v1',
    'endpointslices',
    true,
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
    },
  ],
  [
    '/apis/coordination.k8s.io/v1',
    'leases',
    true,
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec: { holderIdentity: 'h', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
    },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1',
    'roles',
    true,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
  ],
  [
    '/apis/apiextensions.k8s.io/v1',
    'customresourcedefinitions',
    false,
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing', shortNames: ['th'] },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: { status: {} },
            additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, default: 1 } } } },
              },
            },
          },
        ],
      },
    },
  ],
  [`/apis/${group}/v1alpha1`, 'serviceexports', true, { apiVersion: `${group}/v1alpha1`, kind: 'ServiceExport', metadata, spec: {} }],
  [
    `/apis/${group}/v1alpha1`,
    'targetgrouppolicies',
    true,
    {
      apiVersion: `${group}/v1alpha1`,
      kind: 'TargetGroupPolicy',
      metadata,
      spec: {
        targetRef: { group: '', kind: 'Service', name: 'a' },
        protocol: 'HTTP',
        healthCheck: { enabled: true, path: '/', statusMatch: '200' },
      },
      status: { conditions: [] },
    },
  ],
  [
    '/apis/authorization.k8s.io/v1',
    'selfsubjectaccessreviews',
    false,
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    },
  ],
  [
    '/apis/authentication.k8s.io/v1',
    'tokenreviews',
    false,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'x' } },
  ],
];

/** One sound object of each resource. */
export const soundObjects: readonly SoundObject[] = examples.map(([prefix, plural, isNamespaced, object]) => ({
  prefix,
  plural,
  isNamespaced,
  object,
}));
