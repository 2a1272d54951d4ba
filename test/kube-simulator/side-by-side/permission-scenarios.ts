import { apply, get, mergePatch, post, put, remove } from './scenario.js';
import type { Scenario } from './scenario.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const core = '/api/v1/namespaces/{ns}';
const maps = `${core}/configmaps`;
const exportsAt = '/apis/application-networking.k8s.aws/v1alpha1/namespaces/{ns}/serviceexports';
const authorization = '/apis/authorization.k8s.io/v1';
const authentication = '/apis/authentication.k8s.io/v1';
const asHub = { user: 'hub' } as const;
const exported = (name: string): object => ({
  apiVersion: 'application-networking.k8s.aws/v1alpha1',
  kind: 'ServiceExport',
  metadata: { name },
});
const map = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const bind = (name: string, role: string, kind = 'Role'): object => ({
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'hub' }],
});

/** What a token without rights, or with some, is told for each verb; tokens that are asked for; and questions about access. */
export const permissionScenarios: readonly Scenario[] = [
  {
    name: 'every verb is refused in its words',
    steps: [
      ...[maps, exportsAt].flatMap((at) => [
        get(at, asHub),
        get(`${at}?watch=true`, asHub),
        get(`${at}?fieldSelector=metadata.name%3Da`, asHub),
        get(`${at}/a`, asHub),
        post(at, map('a'), asHub),
        post(at, '{', asHub),
        put(`${at}/a`, map('a'), asHub),
        mergePatch(`${at}/a`, {}, asHub),
        apply(`${at}/a?fieldManager=m`, map('a'), asHub),
        remove(`${at}/a`, undefined, asHub),
        remove(at, undefined, asHub),
        get(`${at}/a/status`, asHub),
        mergePatch(`${at}/a/status`, {}, asHub),
      ]),
      get('/api/v1/nodes', asHub),
      get('/api/v1/namespaces', asHub),
      get('/api/v1/namespaces/{ns}', asHub),
      post('/api/v1/namespaces', { metadata: { name: 'x' } }, asHub),
      remove('/api/v1/namespaces/{ns}', undefined, asHub),
      put('/api/v1/namespaces/{ns}/finalize', {}, asHub),
      get('/api/v1/watch/configmaps', asHub),
      get('/api/v1/watch/namespaces/{ns}/configmaps/a', asHub),
      get('/apis/not.there/v1/things', asHub),
      get('/apis/not.there/v1/namespaces/{ns}/things/a', asHub),
      get('/api/v1/nopes', asHub),
      get(`${core}/pods/a/log`, asHub),
      get(`${core}/pods/a/exec?command=x`, asHub),
      post(`${core}/pods/a/exec?command=x`, '', asHub),
      get('/apis/apps/v1/namespaces/{ns}/deployments', asHub),
      get('/apis/apps/v1/namespaces/{ns}/deployments/a/scale', asHub),
      post(`${core}/serviceaccounts/a/token`, { spec: {} }, asHub),
      get('/', asHub),
      get('/metrics', asHub),
      get('/openapi/v3/not/there', asHub),
      post('/version', {}, asHub),
      get('/something/else', asHub),
      { method: 'PUT', path: '/something', headers: {}, user: 'hub' },
    ],
  },
  {
    name: 'roles name resources, names and paths',
    steps: [
      post(maps, map('a')),
      post(maps, map('b')),
      post(exportsAt, exported('a')),
      post(`${rbac}/namespaces/{ns}/roles`, {
        metadata: { name: 'some' },
        rules: [
          { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'list', 'watch', 'update', 'delete'] },
          { apiGroups: ['application-networking.k8s.aws'], resources: ['serviceexports', '*/status'], verbs: ['get', 'patch'] },
          { apiGroups: ['*'], resources: ['leases'], verbs: ['*'] },
        ],
      }),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('some', 'some')),
      { ...get(`${maps}/a`, asHub), untilStatus: 200 },
      get(`${maps}/b`, asHub),
      get(maps, asHub),
      get(`${maps}?fieldSelector=metadata.name%3Da`, asHub),
      get(`${maps}?fieldSelector=metadata.name%3Db`, asHub),
      get(`${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Da`, asHub),
      post(maps, map('c'), asHub),
      put(`${maps}/a`, map('a'), asHub),
      mergePatch(`${maps}/a`, {}, asHub),
      remove(maps, undefined, asHub),
      get(`${exportsAt}/a`, asHub),
      mergePatch(`${exportsAt}/a`, { metadata: { labels: { a: 'b' } } }, asHub),
      mergePatch(`${exportsAt}/a/status`, { status: { conditions: [] } }, asHub),
      apply(`${exportsAt}/new?fieldManager=m`, exported('new'), asHub),
      put(`${exportsAt}/a`, exported('a'), asHub),
      put('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l', { metadata: { name: 'l' }, spec: { holderIdentity: 'h' } }, asHub),
      remove('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', undefined, asHub),
      get('/apis/coordination.k8s.io/v1/leases', asHub),
      post(
        `${rbac}/namespaces/{ns}/roles`,
        { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
        asHub,
      ),
      post(`${rbac}/clusterroles`, {
        metadata: { name: '{ns}-paths' },
        rules: [{ nonResourceURLs: ['/metrics', '/made/*'], verbs: ['get'] }],
      }),
      post(`${rbac}/clusterrolebindings`, bind('{ns}-paths', '{ns}-paths', 'ClusterRole')),
      { ...get('/made/up', asHub), untilStatus: 404 },
      get('/made', asHub),
      post('/made/up', {}, asHub),
      post(`${rbac}/clusterroles`, {
        metadata: { name: '{ns}-sum', labels: { a: 'b' } },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { sum: '{ns}' } }] },
        rules: [],
      }),
      remove(`${rbac}/namespaces/{ns}/rolebindings/some`),
      { ...get(`${maps}/a`, asHub), untilStatus: 403 },
      remove(`${rbac}/clusterrolebindings/{ns}-paths`),
      { ...get('/made/up', asHub), untilStatus: 403 },
    ],
  },
  {
    name: 'rights are not given by those who do not have them',
    steps: [
      post(`${rbac}/namespaces/{ns}/roles`, {
        metadata: { name: 'giver' },
        rules: [
          { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create', 'update', 'patch', 'get'] },
          { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
        ],
      }),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('giver', 'giver')),
      { ...get(maps, asHub), untilStatus: 200 },
      post(
        `${rbac}/namespaces/{ns}/roles`,
        { metadata: { name: 'ok' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] },
        asHub,
      ),
      post(
        `${rbac}/namespaces/{ns}/roles`,
        { metadata: { name: 'no' }, rules: [{ apiGroups: ['', 'apps'], resources: ['secrets', 'configmaps'], verbs: ['get', 'delete'] }] },
        asHub,
      ),
      mergePatch(
        `${rbac}/namespaces/{ns}/roles/ok`,
        { rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['x'], verbs: ['get'] }] },
        asHub,
      ),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('ok', 'ok'), asHub),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('no', 'system:discovery', 'ClusterRole'), asHub),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('missing', 'not-there'), asHub),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('missing', 'not-there', 'ClusterRole'), asHub),
      mergePatch(`${rbac}/namespaces/{ns}/roles/ok`, { metadata: { labels: { a: 'b' } } }, asHub),
      post(
        `${rbac}/namespaces/{ns}/roles`,
        { metadata: { name: 'x' }, rules: [{ apiGroups: ['*'], resources: ['*', 'pods/log'], resourceNames: ['x', 'y'], verbs: ['*'] }] },
        asHub,
      ),
      post(`${rbac}/namespaces/{ns}/roles`, {
        metadata: { name: 'may-bind' },
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'clusterroles'], verbs: ['bind', 'escalate'] }],
      }),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('may-bind', 'may-bind')),
      {
        ...post(
          `${rbac}/namespaces/{ns}/roles?dryRun=All`,
          { metadata: { name: 'y' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
          asHub,
        ),
        untilStatus: 201,
      },
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('admins', 'view', 'ClusterRole'), asHub),
      post(`${rbac}/namespaces/{ns}/rolebindings`, bind('missing', 'not-there'), asHub),
    ],
  },
  {
    name: 'tokens are asked for',
    steps: [
      post(`${core}/serviceaccounts`, { metadata: { name: 'sa' } }),
      post(`${core}/secrets`, { metadata: { name: 'key' } }),
      post(`${core}/pods`, { metadata: { name: 'p' }, spec: { serviceAccountName: 'sa', containers: [{ name: 'c', image: 'i' }] } }),
      post(`${core}/pods`, { metadata: { name: 'other' }, spec: { serviceAccountName: 'other', containers: [{ name: 'c', image: 'i' }] } }),
      ...[
        { expirationSeconds: 599 },
        { expirationSeconds: -1 },
        { expirationSeconds: 4_294_967_297 },
        { expirationSeconds: 'x' },
        { audiences: 'x' },
        { boundObjectRef: { kind: 'Bogus', apiVersion: 'v1', name: 'x' } },
        { boundObjectRef: { kind: 'Secret', apiVersion: 'v1' } },
        { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'missing' } },
        { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'missing' } },
        { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'other' } },
        { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'key', uid: 'not-it' } },
        { boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'missing' } },
      ].map((spec) => post(`${core}/serviceaccounts/sa/token`, { spec })),
      post(`${core}/serviceaccounts/sa/token`, { kind: 'Bogus', spec: {} }),
      post(`${core}/serviceaccounts/sa/token`, { metadata: { name: 'other' }, spec: {} }),
      post(`${core}/serviceaccounts/sa/token`, ''),
      post(`${core}/serviceaccounts/sa/token`, '{'),
      put(`${core}/serviceaccounts/sa/token`, {}),
    ],
  },
  {
    name: 'access is asked about',
    steps: [
      ...[
        {
          user: 'u',
          resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}', name: 'x', subresource: 'log', group: 'g', version: 'v' },
        },
        { user: 'u', groups: ['system:masters'], uid: '7', extra: { a: ['b'] }, resourceAttributes: { verb: 'get', resource: 'pods' } },
        { groups: ['system:masters'], resourceAttributes: { verb: 'get', resource: 'pods' } },
        { groups: ['g'], nonResourceAttributes: { path: '/x', verb: 'get' } },
        { user: 'u', groups: ['system:authenticated'], nonResourceAttributes: { path: '/api', verb: 'get' } },
        { user: 'u', groups: ['system:unauthenticated'], nonResourceAttributes: { path: '/livez', verb: 'get' } },
        { user: 'u', resourceAttributes: 'text' },
        { user: 7 },
        {
          user: 'u',
          resourceAttributes: {
            verb: 'list',
            resource: 'pods',
            labelSelector: { rawSelector: 'a=b' },
            fieldSelector: { rawSelector: 'a=b' },
          },
        },
        { user: 'u', resourceAttributes: { verb: 'list', resource: 'pods', labelSelector: { rawSelector: 'a=b', requirements: [] } } },
        { user: 'u', resourceAttributes: { verb: 'list', resource: 'pods', labelSelector: {} } },
      ].map((spec) => post(`${authorization}/subjectaccessreviews`, { spec })),
      post(`${authorization}/subjectaccessreviews`, { metadata: { name: 'x' }, spec: { user: 'u', resourceAttributes: {} } }),
      post(`${authorization}/subjectaccessreviews`, { metadata: { namespace: 'x' }, spec: { user: 'u', resourceAttributes: {} } }),
      post(`${authorization}/subjectaccessreviews?dryRun=All`, { spec: { user: 'u', resourceAttributes: {} } }),
      post(`${authorization}/subjectaccessreviews?fieldValidation=Strict`, { spec: { user: 'u', resourceAttributes: {}, bogus: 1 } }),
      post(`${authorization}/subjectaccessreviews`, ''),
      post(`${authorization}/subjectaccessreviews`, {}),
      post(`${authorization}/selfsubjectaccessreviews`, { spec: { nonResourceAttributes: { path: '/api', verb: 'get' } } }, asHub),
      post(`${authorization}/selfsubjectaccessreviews`, { spec: { resourceAttributes: {}, nonResourceAttributes: {} } }, asHub),
      post(
        `${authorization}/selfsubjectaccessreviews`,
        { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
        { headers: { 'impersonate-user': 'x' } },
      ),
      post(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: '' } }),
      post(`${authorization}/selfsubjectrulesreviews`, { spec: { namespace: '{ns}' } }),
      post(`${authorization}/namespaces/{ns}/localsubjectaccessreviews`, {
        spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods' } },
      }),
      post(`${authorization}/namespaces/{ns}/localsubjectaccessreviews`, {
        spec: { user: 'u', nonResourceAttributes: { path: '/', verb: 'get' } },
      }),
      post(`${authorization}/namespaces/not-there/localsubjectaccessreviews`, {
        metadata: { namespace: 'not-there' },
        spec: { user: 'u', resourceAttributes: { namespace: 'not-there', verb: 'get', resource: 'pods' } },
      }),
      post(`${authentication}/tokenreviews`, { metadata: { name: 'x' }, spec: { token: 'hub-token' } }),
      post(`${authentication}/tokenreviews`, { spec: { token: 7 } }),
      post(`${authentication}/tokenreviews`, { spec: { token: 'hub-token', audiences: ['https://kubernetes.default.svc'] } }),
      post(`${authentication}/tokenreviews?dryRun=All`, { spec: { token: 'x' } }),
      post(`${authentication}/tokenreviews`, { spec: { token: 'x.y.z' } }),
      post(`${authentication}/selfsubjectreviews`, { metadata: { name: 'x' } }, asHub),
      get(`${authentication}/selfsubjectreviews`, asHub),
      get(`${authorization}/namespaces/{ns}/localsubjectaccessreviews`),
    ],
  },
];
