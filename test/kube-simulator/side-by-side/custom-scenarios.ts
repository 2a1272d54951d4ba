import { apply, get, jsonPatch, mergePatch, post, put, remove } from './scenario.js';
import type { Scenario } from './scenario.js';

const group = '/apis/application-networking.k8s.aws/v1alpha1';
const exportsAt = `${group}/namespaces/{ns}/serviceexports`;
const policiesAt = `${group}/namespaces/{ns}/targetgrouppolicies`;
const apiVersion = 'application-networking.k8s.aws/v1alpha1';
const policy = (name: string, spec: unknown, metadata: object = {}): object => ({
  apiVersion,
  kind: 'TargetGroupPolicy',
  metadata: { name, ...metadata },
  spec,
});
const serviceExport = (name: string, rest: object = {}, metadata: object = {}): object => ({
  apiVersion,
  kind: 'ServiceExport',
  metadata: { name, ...metadata },
  ...rest,
});
const targetRef = { group: '', kind: 'Service', name: 's' };
const condition = (type: string, status = 'True'): object => ({
  type,
  status,
  reason: 'R',
  message: 'm',
  lastTransitionTime: '2024-01-01T00:00:00Z',
});
const definitionsAt = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = (
  plural: string,
  overrides: object = {},
  schema: object = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.side.example.com` },
  spec: {
    group: 'side.example.com',
    scope: 'Namespaced',
    names: { plural, kind: plural.toUpperCase() },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    ...overrides,
  },
});
const version = (name: string, rest: object): object => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: { type: 'object' } },
  ...rest,
});

/** Custom resources, and the definitions behind them. */
export const customScenarios: readonly Scenario[] = [
  {
    name: 'custom objects are validated',
    steps: [
      post(policiesAt, policy('a', { targetRef })),
      post(policiesAt, policy('x', {})),
      post(policiesAt, { apiVersion, kind: 'TargetGroupPolicy', metadata: { name: 'x' } }),
      post(policiesAt, policy('x', null)),
      post(policiesAt, policy('x', 'text')),
      post(policiesAt, policy('x', { targetRef: { ...targetRef, kind: '' } })),
      post(policiesAt, policy('x', { targetRef: { ...targetRef, kind: '9', group: 'A_B' } })),
      post(policiesAt, policy('x', { targetRef: { ...targetRef, name: 'a'.repeat(300) } })),
      post(
        policiesAt,
        policy('x', {
          targetRef,
          healthCheck: { intervalSeconds: 1, protocol: 'BOGUS', port: 70_000, healthyThresholdCount: 1.5, enabled: 'yes', path: 7 },
        }),
      ),
      post(policiesAt, policy('x', { targetRef, protocol: null, healthCheck: null })),
      post(policiesAt, policy('x', { targetRef: { group: '', name: 's' } })),
      post(`${policiesAt}?fieldValidation=Strict`, policy('x', { targetRef, bogus: 1, healthCheck: { bogus: 2 } })),
      post(`${policiesAt}?fieldValidation=Warn`, policy('warned', { targetRef, bogus: 1, healthCheck: { bogus: 2 } })),
      post(`${policiesAt}?fieldValidation=Ignore`, policy('ignored', { targetRef, bogus: 1 })),
      post(
        policiesAt,
        '{"apiVersion":"application-networking.k8s.aws/v1alpha1","kind":"TargetGroupPolicy","metadata":{"name":"dup","name":"dup"},"spec":{"targetRef":{"group":"","kind":"Service","name":"a","name":"b"}}}',
      ),
      post(policiesAt, { ...policy('with-status', { targetRef }), status: { conditions: [condition('Accepted')] } }),
      post(exportsAt, serviceExport('e', { spec: { exportedPorts: [{ port: 80, routeType: 'HTTP' }] } })),
      post(exportsAt, serviceExport('x', { spec: { exportedPorts: [{ port: 0, routeType: 'UDP' }, { port: 80 }] } })),
      post(exportsAt, serviceExport('x', { spec: { exportedPorts: {} } })),
      post(exportsAt, serviceExport('x', { spec: [] })),
      post(exportsAt, { apiVersion, kind: 'Other', metadata: { name: 'x' } }),
      post(exportsAt, { apiVersion: 'other/v1', kind: 'ServiceExport', metadata: { name: 'x' } }),
      post(exportsAt, { kind: 'ServiceExport', metadata: { name: 'x' } }),
      post(exportsAt, { apiVersion, metadata: { name: 'x' } }),
      post(exportsAt, serviceExport('x', {}, { labels: { a: 1 } })),
      post(exportsAt, serviceExport('x', {}, { finalizers: ['z', 'a.b', 'c.d/e'] })),
      post(exportsAt, { ...serviceExport('x'), metadata: 'text' }),
      post(exportsAt, '[]'),
      post(exportsAt, ''),
      post(exportsAt, { apiVersion, kind: 'ServiceExport', metadata: { generateName: 'gen-', name: 'given' } }),
      post(exportsAt, serviceExport('y', {}, { namespace: 'other' })),
      post('/apis/application-networking.k8s.aws/v1alpha1/namespaces/not-there/serviceexports', serviceExport('y')),
      post(`${group}/serviceexports`, serviceExport('y')),
      get(`${group}/serviceexports/y`),
      get(exportsAt),
    ],
  },
  {
    name: 'custom objects change',
    steps: [
      post(policiesAt, policy('a', { targetRef, protocol: 'HTTP' })),
      mergePatch(`${policiesAt}/a`, { spec: { protocol: 'TCP' } }),
      mergePatch(`${policiesAt}/a`, { spec: { protocol: 'TCP' } }),
      mergePatch(`${policiesAt}/a`, { spec: { bogus: 1 } }),
      mergePatch(`${policiesAt}/a?fieldValidation=Strict`, { spec: { bogus: 1 } }),
      mergePatch(`${policiesAt}/a`, { spec: { targetRef: null } }),
      mergePatch(`${policiesAt}/a`, { metadata: { labels: { a: 'b' } } }),
      mergePatch(`${policiesAt}/a/status`, { status: { conditions: [condition('Accepted'), condition('Other', 'False')] } }),
      mergePatch(`${policiesAt}/a/status`, { status: { conditions: [condition('Accepted'), condition('Accepted')] } }),
      mergePatch(`${policiesAt}/a/status`, { status: { conditions: [{ type: 'x y', status: 'Maybe' }] } }),
      mergePatch(`${policiesAt}/a/status`, { status: null }),
      mergePatch(`${policiesAt}/a/status`, { metadata: { labels: { from: 'status' } }, spec: { protocol: 'HTTPS' } }),
      jsonPatch(`${policiesAt}/a`, [{ op: 'replace', path: '/spec/protocol', value: 'HTTPS' }]),
      jsonPatch(`${policiesAt}/a`, [{ op: 'test', path: '/spec/protocol', value: 'no' }]),
      jsonPatch(`${policiesAt}/a`, [{ op: 'move', from: '/spec/protocol', path: '/spec/protocolVersion' }]),
      jsonPatch(`${policiesAt}/a`, [{ op: 'copy', from: '/spec/nope', path: '/spec/protocolVersion' }]),
      jsonPatch(`${policiesAt}/a`, [{ op: 'add', path: '/spec/a/b/c', value: 1 }]),
      apply(`${policiesAt}/a/status?fieldManager=s`, {
        apiVersion,
        kind: 'TargetGroupPolicy',
        metadata: { name: 'a' },
        status: { conditions: [condition('Programmed')] },
      }),
      apply(`${policiesAt}/a/status?fieldManager=t`, {
        apiVersion,
        kind: 'TargetGroupPolicy',
        metadata: { name: 'a' },
        status: { conditions: [condition('Programmed', 'False'), condition('More')] },
      }),
      apply(`${policiesAt}/a/status?fieldManager=s`, {
        apiVersion,
        kind: 'TargetGroupPolicy',
        metadata: { name: 'a' },
        status: { conditions: [] },
      }),
      apply(`${policiesAt}/b?fieldManager=s`, policy('b', { targetRef, protocol: 'HTTP' })),
      apply(`${policiesAt}/b?fieldManager=s`, policy('b', { targetRef })),
      apply(`${policiesAt}/b?fieldManager=t`, policy('b', { targetRef, protocol: 'TCP' })),
      apply(`${policiesAt}/b?fieldManager=u`, policy('b', { targetRef: { ...targetRef, name: 'other' }, protocol: 'HTTP' })),
      apply(`${policiesAt}/b?fieldManager=u`, policy('b', { bogus: 1 })),
      apply(`${policiesAt}/b?fieldManager=u&fieldValidation=Strict`, policy('b', { bogus: 1 })),
      apply(`${policiesAt}/c?fieldManager=u`, policy('c', {})),
      put(`${policiesAt}/b`, policy('b', { targetRef })),
      put(`${policiesAt}/missing`, policy('missing', { targetRef })),
      put(`${policiesAt}/missing`, policy('missing', { targetRef }, { resourceVersion: '5' })),
      put(`${policiesAt}/b`, policy('b', { targetRef }, { resourceVersion: 'x' })),
      get(`${policiesAt}/a`),
      get(`${policiesAt}/a/status`),
      get(policiesAt, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } }),
      remove(`${policiesAt}/a`),
      remove(policiesAt),
      remove(`${policiesAt}/a`),
    ],
  },
  {
    name: 'definitions that are refused',
    steps: [
      post(definitionsAt, definition('as', { names: { plural: 'bs', kind: 'B' } })),
      post(definitionsAt, definition('as', { group: 'other.example.com' })),
      post(definitionsAt, definition('as', { scope: 'Bogus' })),
      post(definitionsAt, definition('as', { versions: [] })),
      post(definitionsAt, definition('as', { versions: [version('v1', {})] })),
      post(definitionsAt, definition('as', { versions: [version('v1', { storage: true }), version('v2', { storage: true })] })),
      post(definitionsAt, definition('as', { versions: [version('v1', { storage: true }), version('v1', {})] })),
      post(definitionsAt, definition('as', { versions: [version('V_1', { storage: true })] })),
      post(definitionsAt, definition('as', { versions: [{ name: 'v1', served: true, storage: true }] })),
      post(definitionsAt, definition('as', { names: { plural: 'as', kind: 'not valid' } })),
      post(definitionsAt, definition('as', {}, { type: 'string' })),
      post(definitionsAt, definition('as', {}, {})),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: {} } })),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: { type: 'bogus' } } })),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: { type: 'array' } } })),
      post(
        definitionsAt,
        definition(
          'as',
          {},
          {
            type: 'object',
            properties: { spec: { type: 'object', additionalProperties: { type: 'string' }, properties: { a: { type: 'string' } } } },
          },
        ),
      ),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: { type: 'string', pattern: '[' } } })),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: { type: 'string', default: 7 } } })),
      post(
        definitionsAt,
        definition(
          'as',
          {},
          { type: 'object', properties: { spec: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'map' } } },
        ),
      ),
      post(definitionsAt, definition('as', {}, { type: 'object', properties: { spec: { $ref: '#/x' } } })),
      post(definitionsAt, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'as.side.example.com' },
      }),
      post(definitionsAt, { ...definition('as'), metadata: { name: 'wrong' } }),
    ],
  },
];
