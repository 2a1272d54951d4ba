import { get, mergePatch, post } from './scenario.js';
import type { Scenario } from './scenario.js';

const table = { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } };
const at = (plural: string): string => `/api/v1/namespaces/{ns}/${plural}`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const container = { name: 'c', image: 'i' };
const podStatus = (name: string, status: object): ReturnType<typeof mergePatch> => mergePatch(`${at('pods')}/${name}/status`, { status });
const pod = (name: string, spec: object = {}): ReturnType<typeof post> =>
  post(at('pods'), { metadata: { name }, spec: { containers: [container], ...spec } });
const running = (name: string, rest: object = {}): object => ({
  name,
  ready: true,
  restartCount: 0,
  image: 'i',
  imageID: '',
  state: { running: { startedAt: '2024-01-01T00:00:00Z' } },
  ...rest,
});

/** The columns of built-in kinds. */
export const tableScenarios: readonly Scenario[] = [
  {
    name: 'pods are listed as a table',
    steps: [
      pod('a', { nodeName: 'n', readinessGates: [{ conditionType: 'x.io/y' }] }),
      podStatus('a', {
        phase: 'Running',
        podIP: '192.0.2.1',
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'x.io/y', status: 'True' },
        ],
        containerStatuses: [
          running('c', { restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: '2024-01-01T00:00:00Z' } } }),
        ],
      }),
      pod('b', {
        initContainers: [
          { name: 'i', image: 'i' },
          { name: 's', image: 'i', restartPolicy: 'Always' },
        ],
      }),
      podStatus('b', {
        initContainerStatuses: [
          { name: 'i', ready: false, restartCount: 2, image: 'i', imageID: '', state: { terminated: { exitCode: 3 } } },
        ],
      }),
      pod('c'),
      podStatus('c', {
        phase: 'Running',
        containerStatuses: [
          { name: 'c', ready: false, restartCount: 1, image: 'i', imageID: '', state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      }),
      pod('d'),
      podStatus('d', {
        phase: 'Succeeded',
        containerStatuses: [
          {
            name: 'c',
            ready: false,
            restartCount: 0,
            image: 'i',
            imageID: '',
            state: { terminated: { exitCode: 0, reason: 'Completed' } },
          },
        ],
      }),
      pod('e'),
      podStatus('e', { phase: 'Failed', reason: 'Evicted' }),
      pod('f', { initContainers: [{ name: 'i', image: 'i' }] }),
      podStatus('f', {
        initContainerStatuses: [
          { name: 'i', ready: false, restartCount: 0, image: 'i', imageID: '', state: { waiting: { reason: 'PodInitializing' } } },
        ],
      }),
      get(at('pods'), table),
    ],
  },
  {
    name: 'services, slices and nodes are listed as a table',
    steps: [
      post(at('services'), {
        metadata: { name: 'a' },
        spec: {
          selector: { b: 'c', a: 'b' },
          ports: [
            { name: 'x', port: 80 },
            { name: 'y', port: 53, protocol: 'UDP' },
          ],
        },
      }),
      post(at('services'), { metadata: { name: 'b' }, spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_200 }] } }),
      post(at('services'), {
        metadata: { name: 'c' },
        spec: { type: 'LoadBalancer', externalIPs: ['198.51.100.1'], ports: [{ port: 80, nodePort: 30_201 }] },
      }),
      mergePatch(`${at('services')}/c/status`, {
        status: { loadBalancer: { ingress: [{ hostname: 'z.example.com' }, { ip: '203.0.113.1' }] } },
      }),
      post(at('services'), { metadata: { name: 'd' }, spec: { type: 'ExternalName', externalName: 'x.example.com' } }),
      post(at('services'), { metadata: { name: 'e' }, spec: { clusterIP: 'None' } }),
      get(at('services'), table),
      post('/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices', {
        metadata: { name: 'a' },
        addressType: 'IPv4',
        endpoints: [1, 2, 3, 4, 5].map((last) => ({ addresses: [`192.0.2.${last}`] })),
        ports: [{ name: 'a', port: 80 }, { name: 'b' }, { name: 'c', port: 81 }, { name: 'd', port: 82 }],
      }),
      post('/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices', { metadata: { name: 'b' }, addressType: 'IPv4', endpoints: [] }),
      get('/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices', table),
      post('/api/v1/nodes', {
        metadata: { name: '{ns}', labels: { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'x' } },
        spec: { unschedulable: true },
      }),
      get('/api/v1/nodes/{ns}', table),
      mergePatch('/api/v1/nodes/{ns}/status', {
        status: {
          conditions: [{ type: 'Ready', status: 'False' }],
          addresses: [{ type: 'InternalIP', address: '192.0.2.7' }],
          nodeInfo: { kubeletVersion: 'v1.37.2', kernelVersion: '6.1', architecture: 'arm64', osImage: 'Linux' },
        },
      }),
      get('/api/v1/nodes/{ns}', table),
    ],
  },
  {
    name: 'other kinds are listed as a table',
    steps: [
      post(at('configmaps'), { metadata: { name: 'a' }, data: { a: 'b' }, binaryData: { c: 'AAAA' } }),
      post(at('secrets'), { metadata: { name: 'a' }, stringData: { a: 'b' } }),
      post(at('serviceaccounts'), { metadata: { name: 'a' } }),
      post('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', { metadata: { name: 'a' }, spec: { holderIdentity: 'h' } }),
      post(at('events'), {
        metadata: { name: 'a' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}', fieldPath: 'spec.containers{c}' },
        reason: 'R',
        message: ' m ',
        type: 'Warning',
        count: 2,
        firstTimestamp: '2024-01-01T00:00:00Z',
        lastTimestamp: '2024-01-02T00:00:00Z',
        source: { component: 'c', host: 'h' },
      }),
      post('/apis/events.k8s.io/v1/namespaces/{ns}/events', {
        metadata: { name: 'b' },
        eventTime: '2024-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', namespace: '{ns}' },
        reason: 'R',
        action: 'A',
        note: 'n',
        type: 'Normal',
        reportingController: 'x.io/c',
        reportingInstance: 'i',
        series: { count: 4, lastObservedTime: '2024-01-01T00:00:00.000000Z' },
      }),
      post(`${rbac}/namespaces/{ns}/roles`, { metadata: { name: 'a' } }),
      post(`${rbac}/namespaces/{ns}/rolebindings`, {
        metadata: { name: 'a' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'Group', name: 'g' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
          { kind: 'User', name: 'v' },
        ],
      }),
      ...['configmaps', 'secrets', 'serviceaccounts', 'events'].map((plural) => get(at(plural), table)),
      get('/apis/events.k8s.io/v1/namespaces/{ns}/events', table),
      get('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', table),
      get(`${rbac}/namespaces/{ns}/roles`, table),
      get(`${rbac}/namespaces/{ns}/rolebindings`, table),
      get('/api/v1/namespaces/{ns}', table),
      get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions?includeObject=None', table),
    ],
  },
];
