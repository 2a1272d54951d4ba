import { apply, get, jsonPatch, mergePatch, post, put, strategicPatch } from './scenario.js';
import type { Scenario } from './scenario.js';

const services = '/api/v1/namespaces/{ns}/services';
const maps = '/api/v1/namespaces/{ns}/configmaps';
const pods = '/api/v1/namespaces/{ns}/pods';
const policies = '/apis/application-networking.k8s.aws/v1alpha1/namespaces/{ns}/targetgrouppolicies';
const service = (spec: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', ...metadata },
  spec,
});
const map = (name: string, data: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});
const policy = (rest: object, metadata: object = {}): object => ({
  apiVersion: 'application-networking.k8s.aws/v1alpha1',
  kind: 'TargetGroupPolicy',
  metadata: { name: 'p', ...metadata },
  ...rest,
});
const targetRef = { group: '', kind: 'Service', name: 's' };
const pod = (containers: readonly object[], metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { containers },
});

/** Server-side apply: who manages what, and who may take it; and the directives of strategic merge patches. */
export const applyScenarios: readonly Scenario[] = [
  {
    name: 'several managers apply one object',
    steps: [
      apply(`${maps}/a?fieldManager=one`, map('a', { x: '1', y: '1' }, { labels: { l: '1' }, finalizers: ['x.io/one'] })),
      apply(`${maps}/a?fieldManager=two`, map('a', { x: '1', z: '2' }, { finalizers: ['x.io/two'] })),
      apply(`${maps}/a?fieldManager=three`, map('a', { x: '3', y: '3', z: '3' })),
      apply(`${maps}/a?fieldManager=three&force=false`, map('a', { x: '3' }, { labels: { l: '3' } })),
      apply(`${maps}/a?fieldManager=three&force=true&dryRun=All`, map('a', { x: '3', y: '3' })),
      apply(`${maps}/a?fieldManager=one`, map('a', { y: '1' })),
      apply(`${maps}/a?fieldManager=three&force=true`, map('a', { x: '3', y: '3' })),
      apply(`${maps}/a?fieldManager=one`, map('a', {})),
      apply(`${maps}/a?fieldManager=two`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      mergePatch(`${maps}/a?fieldManager=hand`, { data: { x: 'hand' } }),
      apply(`${maps}/a?fieldManager=three`, map('a', { x: '3', y: '3' })),
      mergePatch(`${maps}/a?fieldManager=other-hand`, { data: { x: 'other', y: 'other' } }),
      apply(`${maps}/a?fieldManager=three`, map('a', { x: '3', y: '3' })),
      apply(`${maps}/a?fieldManager=three`, map('a', { x: 'other', y: 'other' })),
      mergePatch(`${maps}/a?fieldManager=hand`, { data: { x: null } }),
      put(`${maps}/a?fieldManager=putter`, map('a', { q: '1' })),
      apply(`${maps}/a?fieldManager=three`, map('a', { y: '3' })),
      get(`${maps}/a`),
    ],
  },
  {
    name: 'kubectl moves from client-side to server-side apply',
    steps: [
      '{"data":{"x":"1"},"kind":"ConfigMap","apiVersion":"v1"}',
      '{"data":{"x":"2"},"kind":"ConfigMap","apiVersion":"v1"}',
      '{"data":{"x":"1"},"bogus":1,"kind":"ConfigMap","apiVersion":"v1"}',
      'no JSON',
      '',
    ].flatMap((lastApplied, index) => [
      post(
        `${maps}?fieldManager=kubectl-client-side-apply`,
        map(`a${index}`, { x: '1', y: '1' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied } }),
      ),
      apply(`${maps}/a${index}?fieldManager=other`, map(`a${index}`, { x: 'new' })),
      apply(`${maps}/a${index}?fieldManager=kubectl`, map(`a${index}`, { x: 'new' })),
      apply(`${maps}/a${index}?fieldManager=kubectl`, map(`a${index}`, { x: 'new', y: 'new' })),
    ]),
  },
  {
    name: 'what is applied is refused',
    steps: [
      apply(`${maps}/a`, map('a', {})),
      apply(`${maps}/a?fieldManager=${'m'.repeat(129)}`, map('a', {})),
      apply(`${maps}/a?fieldManager=%01`, map('a', {})),
      apply(`${maps}/a?fieldManager=m&force=bogus`, map('a', {})),
      apply(`${maps}/a?fieldManager=m`, map('other', {})),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { namespace: 'other' })),
      apply(`${maps}/a?fieldManager=m`, { kind: 'ConfigMap', metadata: { name: 'a' } }),
      apply(`${maps}/a?fieldManager=m`, { apiVersion: 'v1', metadata: { name: 'a' } }),
      apply(`${maps}/a?fieldManager=m`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
      apply(`${maps}/a?fieldManager=m`, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } }),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { managedFields: [{ manager: 'm', operation: 'Apply' }] })),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { resourceVersion: '5' })),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { uid: 'not-it' })),
      apply(`${maps}/a?fieldManager=m`, map('a', { x: '1' })),
      apply(`${maps}/a?fieldManager=m`, map('a', { x: '2' }, { resourceVersion: '5' })),
      apply(`${maps}/a?fieldManager=m`, map('a', { x: '2' }, { uid: 'not-it' })),
      apply(`${maps}/a?fieldManager=m`, map('a', { x: null })),
      apply(`${maps}/a?fieldManager=m`, { ...map('a', {}), data: null }),
      apply(`${maps}/a?fieldManager=m`, { ...map('a', {}), bogus: 1 }),
      apply(`${maps}/a?fieldManager=m&fieldValidation=Ignore`, { ...map('a', {}), bogus: 1 }),
      apply(`${maps}/a?fieldManager=m&fieldValidation=Warn`, { ...map('a', {}), bogus: 1 }),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { labels: 'text' })),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { finalizers: ['x.io/a', 'x.io/a'] })),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { labels: { 'not valid': 'x' } })),
      apply(`${maps}/a?fieldManager=m`, 'a: 1\na: 2\n'),
      apply(`${maps}/a?fieldManager=m`, '- a\n'),
      apply(`${maps}/a?fieldManager=m`, ''),
      apply(`${maps}/a?fieldManager=m`, { ...map('a', {}), data: ['x'] }),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { finalizers: 'text' })),
      apply(`${maps}/a?fieldManager=m`, map('a', {}, { finalizers: { a: 1 } })),
      apply(`${maps}?fieldManager=m`, map('a', {})),
      apply('/api/v1/namespaces/not-there/configmaps/a?fieldManager=m', map('a', {})),
      apply(
        '/api/v1/namespaces/not-there?fieldManager=m',
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'not-there' } },
        { user: 'hub' },
      ),
      apply(`${maps}/b?fieldManager=m`, map('b', {}), { user: 'hub' }),
    ],
  },
  {
    name: 'lists with keys are applied',
    steps: [
      apply(
        `${services}/s?fieldManager=one`,
        service({
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
        }),
      ),
      apply(`${services}/s?fieldManager=two`, service({ ports: [{ name: 'c', port: 82, protocol: 'UDP' }] })),
      apply(`${services}/s?fieldManager=two`, service({ ports: [{ name: 'renamed', port: 80, protocol: 'TCP' }] })),
      apply(`${services}/s?fieldManager=one`, service({ ports: [{ name: 'b', port: 81 }] })),
      apply(
        `${services}/s?fieldManager=one`,
        service({
          ports: [
            { name: 'b', port: 81 },
            { name: 'bb', port: 81 },
          ],
        }),
      ),
      apply(`${services}/s?fieldManager=one`, service({ ports: [{ name: 'b' }] })),
      apply(`${services}/s?fieldManager=one`, service({ selector: { a: 'b' }, ports: [{ name: 'b', port: 81, targetPort: 'x' }] })),
      apply(`${services}/s?fieldManager=three`, service({ selector: { a: 'c' } })),
      apply(`${services}/s?fieldManager=three`, service({ selector: { c: 'd' } })),
      apply(`${services}/s?fieldManager=three&force=true`, service({ selector: { c: 'd' } })),
      apply(`${services}/s?fieldManager=three`, service({ externalIPs: ['192.0.2.1'] })),
      get(`${services}/s`),
      apply(
        `${pods}/p?fieldManager=one`,
        pod([{ name: 'c', image: 'i', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }]),
      ),
      apply(`${pods}/p?fieldManager=two`, pod([{ name: 'c', image: 'j' }])),
      apply(`${pods}/p?fieldManager=two&force=true`, pod([{ name: 'c', image: 'j' }])),
      apply(`${pods}/p?fieldManager=two`, pod([{ image: 'j' }])),
      apply(`${pods}/p?fieldManager=three`, pod([], { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u1' }] })),
      apply(`${pods}/p?fieldManager=four`, pod([], { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'm', uid: 'u2' }] })),
      apply(`${pods}/p?fieldManager=three`, pod([])),
      get(`${pods}/p`),
    ],
  },
  {
    name: 'a status is applied, and what is below it has managers of its own',
    steps: [
      apply(`${policies}/p/status?fieldManager=s`, policy({ status: { conditions: [] } })),
      apply(`${policies}/p?fieldManager=m`, policy({ spec: { targetRef }, status: { conditions: [] } })),
      mergePatch(`${policies}/p/status?fieldManager=u`, {
        status: {
          conditions: [
            { type: 'Accepted', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2024-01-01T00:00:00Z' },
            { type: 'More', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2024-01-01T00:00:00Z' },
          ],
        },
      }),
      apply(`${policies}/p/status?fieldManager=s`, policy({ status: { conditions: [{ type: 'Accepted', status: 'False' }] } })),
      apply(
        `${policies}/p/status?fieldManager=s`,
        policy({
          status: {
            conditions: [{ type: 'Accepted', status: 'False', reason: 'S', message: 'm', lastTransitionTime: '2024-01-01T00:00:00Z' }],
          },
        }),
      ),
      apply(
        `${policies}/p/status?fieldManager=s&force=true`,
        policy({
          status: {
            conditions: [{ type: 'Accepted', status: 'False', reason: 'S', message: 'm', lastTransitionTime: '2024-01-01T00:00:00Z' }],
          },
        }),
      ),
      apply(`${policies}/p/status?fieldManager=s`, policy({ spec: { targetRef, protocol: 'TCP' }, status: {} })),
      apply(`${policies}/p/status?fieldManager=s`, policy({ status: { conditions: [{ status: 'False' }] } })),
      apply(`${policies}/p/status?fieldManager=s`, policy({ status: 'text' })),
      apply(`${policies}/p?fieldManager=m`, policy({ spec: { targetRef: { ...targetRef, name: 't' } } })),
      apply(`${policies}/p?fieldManager=n`, policy({ spec: { targetRef: { ...targetRef, name: 'u' }, protocol: 'TCP' } })),
      jsonPatch(`${policies}/p?fieldManager=m`, [{ op: 'add', path: '/metadata/annotations', value: { a: 'b' } }]),
      get(`${policies}/p`),
      apply(`${services}/s?fieldManager=m`, service({ ports: [{ port: 80 }] })),
      apply(`${services}/s/status?fieldManager=lb`, {
        ...service({}),
        spec: undefined,
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      }),
      get(`${services}/s`),
    ],
  },
  {
    name: 'strategic merge patches have directives',
    steps: [
      post(pods, {
        ...pod(
          [
            {
              name: 'a',
              image: 'i',
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            },
            { name: 'b', image: 'i' },
          ],
          { finalizers: ['x.io/a', 'x.io/b'], labels: { a: 'b', c: 'd' } },
        ),
      }),
      strategicPatch(`${pods}/p`, { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.io/a'] } }),
      strategicPatch(`${pods}/p`, { metadata: { $deleteFromPrimitiveList: ['x.io/a'] } }),
      strategicPatch(`${pods}/p`, { metadata: { finalizers: ['x.io/c'], '$setElementOrder/finalizers': ['x.io/c', 'x.io/b'] } }),
      strategicPatch(`${pods}/p`, { metadata: { labels: { $patch: 'replace', only: 'this' } } }),
      strategicPatch(`${pods}/p`, { metadata: { labels: { $patch: 'delete' } } }),
      strategicPatch(`${pods}/p`, { metadata: { labels: { $patch: 'bogus' } } }),
      strategicPatch(`${pods}/p`, { metadata: { $patch: 'bogus' } }),
      strategicPatch(`${pods}/p`, { metadata: { labels: { $patch: 7 } } }),
      strategicPatch(`${pods}/p`, {
        spec: { containers: [{ name: 'b', image: 'j' }], '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      }),
      strategicPatch(`${pods}/p`, { spec: { containers: [{ name: 'b', image: 'k' }], '$setElementOrder/containers': [{ name: 'a' }] } }),
      strategicPatch(`${pods}/p`, { metadata: { '$deleteFromPrimitiveList/finalizers': 'text' } }),
      strategicPatch(`${pods}/p`, { metadata: { '$setElementOrder/finalizers': 'text' } }),
      strategicPatch(`${pods}/p`, { metadata: { $retainKeys: 'text' } }),
      strategicPatch(`${pods}/p`, { spec: { containers: [{ image: 'k' }] } }),
      strategicPatch(`${pods}/p`, { spec: { containers: [{ name: 'b', $patch: 'delete' }] } }),
      strategicPatch(`${pods}/p`, { spec: { containers: [{ $patch: 'delete' }] } }),
      strategicPatch(`${pods}/p`, { spec: { containers: 'text' } }),
      strategicPatch(`${pods}/p`, { spec: { activeDeadlineSeconds: 'text' } }),
      strategicPatch(`${pods}/p`, { spec: null }),
      strategicPatch(`${pods}/p`, { $retainKeys: ['metadata'] }),
      strategicPatch(`${pods}/p`, { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u1' }] } }),
      strategicPatch(`${pods}/p`, {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'm', uid: 'u2', controller: true }] },
      }),
      strategicPatch(`${pods}/p`, { metadata: { ownerReferences: [{ $patch: 'delete', uid: 'u1' }] } }),
      strategicPatch(`${pods}/p`, { metadata: { ownerReferences: [{ $patch: 'replace' }] } }),
      strategicPatch(`${pods}/p`, { bogus: 1 }),
      strategicPatch(`${pods}/p?fieldValidation=Strict`, { bogus: 1, metadata: { labels: { a: 'b' } } }),
      strategicPatch(`${pods}/p`, { metadata: { resourceVersion: '1', labels: { x: 'y' } } }),
      strategicPatch(`${pods}/p/status`, {
        status: {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'Other', status: 'True' },
          ],
        },
      }),
      strategicPatch(`${pods}/p/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
      strategicPatch(`${pods}/p/status`, { status: { conditions: [{ $patch: 'replace' }, { type: 'New', status: 'True' }] } }),
      strategicPatch(`${pods}/missing`, { metadata: {} }),
      strategicPatch(`${pods}/p`, '['),
      strategicPatch(`${pods}/p`, '[]'),
      post(
        services,
        service({
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
          externalIPs: ['192.0.2.1'],
        }),
      ),
      strategicPatch(`${services}/s`, { spec: { ports: [{ port: 81, $patch: 'delete' }] } }),
      strategicPatch(`${services}/s`, { spec: { ports: [{ $patch: 'replace' }, { name: 'z', port: 90 }] } }),
      strategicPatch(`${services}/s`, { spec: { $patch: 'replace', ports: [{ port: 91 }] } }),
      strategicPatch(`${services}/s`, { spec: { externalIPs: ['192.0.2.2'] } }),
      strategicPatch(`${services}/s`, { spec: { $retainKeys: ['ports', 'clusterIP', 'clusterIPs', 'type'] } }),
      strategicPatch(`${services}/s`, { spec: { selector: { a: null, b: 'c' }, sessionAffinityConfig: null } }),
      get(`${services}/s`),
    ],
  },
];
