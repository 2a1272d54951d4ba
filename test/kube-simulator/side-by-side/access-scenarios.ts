import { get, mergePatch, post, put, remove } from './scenario.js';
import type { Scenario } from './scenario.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roles = `${rbac}/namespaces/{ns}/roles`;
const bindings = `${rbac}/namespaces/{ns}/rolebindings`;
const maps = '/api/v1/namespaces/{ns}/configmaps';
const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };
const roleRef = (name: string, kind = 'Role'): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const hub = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'hub' };
const authorization = '/apis/authorization.k8s.io/v1';
const authentication = '/apis/authentication.k8s.io/v1';
const asHub = { user: 'hub' } as const;

/** Who may do what, and how it is asked. */
export const accessScenarios: readonly Scenario[] = [
  {
    name: 'roles and bindings',
    steps: [
      get(`${maps}/x`, asHub),
      get(maps, asHub),
      post(roles, { metadata: { name: 'reader' }, rules: [rule] }),
      post(bindings, { metadata: { name: 'hub-reads' }, roleRef: roleRef('reader'), subjects: [hub] }),
      get(`${maps}/x`, asHub),
      post(maps, { metadata: { name: 'x' } }, asHub),
      mergePatch(`${maps}/x`, { data: { a: 'b' } }, asHub),
      remove(`${maps}/x`, undefined, asHub),
      remove(maps, undefined, asHub),
      get('/api/v1/configmaps', asHub),
      get(`${maps}?watch=1`, asHub),
      get('/api/v1/nodes/x', asHub),
      get('/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices', asHub),
      get('/logs', asHub),
      get('/healthz', asHub),
      get('/apis', { ...asHub, headers: { accept: 'image/png' } }),
      post(roles, { metadata: { name: 'x' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }, asHub),
      post(roles, { metadata: { name: 'x' }, rules: [{ verbs: [] }] }),
      post(roles, { metadata: { name: 'x' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }),
      post(roles, { metadata: { name: 'x' }, rules: [{ verbs: ['get'], resources: ['pods'] }] }),
      post(`${rbac}/clusterroles`, { metadata: { name: '{ns}' }, rules: [{ verbs: ['get'], nonResourceURLs: ['/x', '/y/*'] }] }),
      post(`${rbac}/clusterroles`, {
        metadata: { name: '{ns}-x' },
        rules: [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['a'], apiGroups: ['b'] }],
      }),
      post(bindings, { metadata: { name: 'x' }, roleRef: roleRef('reader', 'Bogus') }),
      post(bindings, { metadata: { name: 'x' }, roleRef: { kind: 'Role', name: 'reader', apiGroup: 'bogus' } }),
      post(bindings, { metadata: { name: 'x' }, roleRef: roleRef('') }),
      post(bindings, { metadata: { name: 'x' }, roleRef: roleRef('reader'), subjects: [{ kind: 'Bogus', name: 'x' }] }),
      post(bindings, { metadata: { name: 'x' }, roleRef: roleRef('reader'), subjects: [{ kind: 'ServiceAccount', name: 'x' }] }),
      post(bindings, { metadata: { name: 'x' }, roleRef: roleRef('reader'), subjects: [{ kind: 'User', name: '' }] }),
      mergePatch(`${bindings}/hub-reads`, { roleRef: { name: 'other' } }),
      mergePatch(`${bindings}/hub-reads`, { subjects: null }),
      get(`${maps}/x`, asHub),
      put(`${roles}/new`, { metadata: { name: 'new' }, rules: [rule] }),
      remove(`${bindings}/hub-reads`),
    ],
  },
  {
    name: 'reviews',
    steps: [
      post(`${authentication}/tokenreviews`, { spec: { token: 'hub-token' } }),
      post(`${authentication}/tokenreviews`, { spec: { token: 'bogus' } }),
      post(`${authentication}/tokenreviews`, { spec: {} }),
      post(`${authentication}/tokenreviews`, { spec: { token: 'hub-token', audiences: ['other'] } }),
      post(`${authentication}/selfsubjectreviews`, {}, asHub),
      post(`${authentication}/selfsubjectreviews`, {}),
      post(`${authorization}/subjectaccessreviews`, { spec: { user: 'hub', resourceAttributes: { verb: 'list', resource: 'services' } } }),
      post(`${authorization}/subjectaccessreviews`, {
        spec: { user: 'x', groups: ['system:masters'], resourceAttributes: { verb: '*', resource: '*', group: '*' } },
      }),
      post(`${authorization}/subjectaccessreviews`, { spec: { user: 'x', nonResourceAttributes: { path: '/version', verb: 'get' } } }),
      post(`${authorization}/subjectaccessreviews`, {
        spec: { user: 'x', groups: ['system:authenticated'], nonResourceAttributes: { path: '/openapi/v2', verb: 'get' } },
      }),
      post(`${authorization}/subjectaccessreviews`, { spec: { resourceAttributes: { verb: 'list', resource: 'services' } } }),
      post(`${authorization}/subjectaccessreviews`, { spec: { user: 'x' } }),
      post(`${authorization}/subjectaccessreviews`, { spec: { user: 'x', resourceAttributes: {}, nonResourceAttributes: {} } }),
      post(`${authorization}/namespaces/{ns}/localsubjectaccessreviews`, {
        metadata: { namespace: '{ns}' },
        spec: { user: 'hub', resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } },
      }),
      post(`${authorization}/namespaces/{ns}/localsubjectaccessreviews`, {
        metadata: { namespace: '{ns}' },
        spec: { user: 'hub', resourceAttributes: { namespace: 'other', verb: 'get', resource: 'pods' } },
      }),
      post(`${authorization}/selfsubjectaccessreviews`, { spec: { resourceAttributes: { verb: 'create', resource: 'pods' } } }, asHub),
      post(`${authorization}/selfsubjectaccessreviews`, { spec: { resourceAttributes: { verb: 'create', resource: 'pods' } } }),
      post(`${authorization}/selfsubjectaccessreviews`, { spec: {} }),
      post(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: '{ns}' } }, asHub),
      post(`${authorization}/selfsubjectrulesreviews`, { spec: {} }, asHub),
      post(`${authorization}/subjectaccessreviews`, { spec: { user: 'x' } }, asHub),
      get(`${authorization}/subjectaccessreviews`),
    ],
  },
];
