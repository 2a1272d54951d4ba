import { apply, get, jsonPatch, mergePatch, post, put, remove, strategicPatch } from './scenario.js';
import type { Scenario } from './scenario.js';

const services = '/api/v1/namespaces/{ns}/services';
const service = (name: string, spec: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec,
});

/** Services: what the server fills in, what it refuses, and how types change. */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: 'services get defaults',
    steps: [
      post(services, service('plain', { ports: [{ port: 80 }] })),
      post(
        services,
        service('named', {
          selector: { app: 'x' },
          ports: [
            { name: 'a', port: 80, targetPort: 'http' },
            { name: 'b', port: 81, protocol: 'UDP', targetPort: 8080 },
          ],
        }),
      ),
      post(services, service('headless', { clusterIP: 'None', selector: { a: 'b' }, ports: [{ port: 80 }] })),
      post(services, service('headless-bare', { clusterIP: 'None' })),
      post(services, service('external', { type: 'ExternalName', externalName: 'example.com' })),
      post(services, service('node', { type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] })),
      post(
        services,
        service('balanced', {
          type: 'LoadBalancer',
          ports: [
            { port: 80, nodePort: 30124 },
            { name: 'x', port: 81, nodePort: 30125 },
          ],
        }),
      ),
      post(
        services,
        service('lb', {
          type: 'LoadBalancer',
          ports: [
            { name: 'y', port: 80, nodePort: 30124 },
            { name: 'x', port: 81, nodePort: 30125 },
          ],
        }),
      ),
      post(services, service('sticky', { sessionAffinity: 'ClientIP', ports: [{ port: 80 }] })),
      post(services, service('fixed', { clusterIP: '10.0.7.7', ports: [{ port: 80 }] })),
      post(services, service('fixed-again', { clusterIP: '10.0.7.7', ports: [{ port: 80 }] })),
      post(services, service('dual', { ipFamilyPolicy: 'PreferDualStack', ports: [{ port: 80 }] })),
      post(services, service('need-dual', { ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] })),
      post(services, service('six', { ipFamilies: ['IPv6'], ports: [{ port: 80 }] })),
      post(services, service('externals', { externalIPs: ['1.2.3.4'], ports: [{ port: 80 }] })),
      get(services),
    ],
  },
  {
    name: 'services that are not valid',
    steps: [
      post(services, service('none', {})),
      post(services, service('Bad_Name', { ports: [{ port: 80 }] })),
      post(services, service('a'.repeat(64), { ports: [{ port: 80 }] })),
      post(services, service('x', { ports: [{ port: 0 }] })),
      post(services, service('x', { ports: [{ port: 70_000 }] })),
      post(services, service('x', { ports: [{ port: 80 }, { port: 81 }] })),
      post(
        services,
        service('x', {
          ports: [
            { name: 'a', port: 80 },
            { name: 'a', port: 81 },
          ],
        }),
      ),
      post(
        services,
        service('x', {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80 },
          ],
        }),
      ),
      post(services, service('x', { ports: [{ name: 'A_', port: 80 }] })),
      post(services, service('x', { ports: [{ port: 80, protocol: 'HTTP' }] })),
      post(services, service('x', { ports: [{ port: 80, targetPort: 0 }] })),
      post(services, service('x', { ports: [{ port: 80, targetPort: 'not_valid' }] })),
      post(services, service('x', { type: 'Bogus', ports: [{ port: 80 }] })),
      post(services, service('x', { type: 'ExternalName' })),
      post(services, service('x', { type: 'ExternalName', externalName: 'a_b' })),
      post(services, service('x', { clusterIP: 'abc', ports: [{ port: 80 }] })),
      post(services, service('x', { clusterIP: '11.0.0.1', ports: [{ port: 80 }] })),
      post(services, service('x', { type: 'NodePort', ports: [{ port: 80, nodePort: 99 }] })),
      post(
        services,
        service('x', {
          type: 'NodePort',
          ports: [
            { port: 80, nodePort: 30_126 },
            { name: 'b', port: 81, nodePort: 30_126 },
          ],
        }),
      ),
      post(services, service('x', { ports: [{ port: 80, nodePort: 30_127 }] })),
      post(services, service('x', { sessionAffinity: 'Bogus', ports: [{ port: 80 }] })),
      post(services, service('x', { selector: { 'a b': 'c' }, ports: [{ port: 80 }] })),
      post(services, service('x', { ports: 'x' })),
      post(services, service('x', { ports: [{ port: '80' }] })),
      post(services, service('x', { ports: [{ port: 80, bogus: 1 }] }), { headers: { 'content-type': 'application/json' } }),
      post(`${services}?fieldValidation=Strict`, service('x', { ports: [{ port: 80, bogus: 1 }], other: true })),
      post(`${services}?fieldValidation=Warn`, service('warned', { ports: [{ port: 80, bogus: 1 }], other: true })),
      post(`${services}?fieldValidation=Ignore`, service('ignored', { ports: [{ port: 80, bogus: 1 }], other: true })),
      post(`${services}?fieldValidation=Bogus`, service('x', { ports: [{ port: 80 }] })),
    ],
  },
  {
    name: 'services change',
    steps: [
      post(
        services,
        service('a', {
          selector: { app: 'a' },
          ports: [
            { name: 'http', port: 80, targetPort: 8080 },
            { name: 'dns', port: 53, protocol: 'UDP' },
          ],
        }),
      ),
      strategicPatch(`${services}/a`, {
        spec: {
          ports: [
            { port: 80, targetPort: 9090 },
            { name: 'new', port: 82 },
          ],
        },
      }),
      strategicPatch(`${services}/a`, { spec: { ports: [{ port: 53, $patch: 'delete' }] } }),
      strategicPatch(`${services}/a`, { spec: { ports: [{ $patch: 'replace' }, { name: 'only', port: 99 }] } }),
      strategicPatch(`${services}/a`, { spec: { selector: { $patch: 'replace', other: 'x' } } }),
      strategicPatch(`${services}/a`, { metadata: { labels: { a: 'b', c: null } } }),
      strategicPatch(`${services}/a`, { spec: { ports: [{ name: 'no-key' }] } }),
      strategicPatch(`${services}/a`, { spec: { ports: 'text' } }),
      strategicPatch(`${services}/a`, '[]'),
      strategicPatch(`${services}/a`, '{'),
      mergePatch(`${services}/a`, { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_130 }] } }),
      mergePatch(`${services}/a`, { spec: { type: 'ClusterIP' } }),
      mergePatch(`${services}/a`, { spec: { clusterIP: '10.0.9.9' } }),
      mergePatch(`${services}/a`, { spec: { clusterIP: null } }),
      mergePatch(`${services}/a`, { spec: { type: 'ExternalName', externalName: 'x.example.com' } }),
      mergePatch(`${services}/a`, {
        spec: {
          type: 'ExternalName',
          externalName: 'x.example.com',
          clusterIP: '',
          clusterIPs: null,
          ipFamilies: null,
          ipFamilyPolicy: null,
        },
      }),
      mergePatch(`${services}/a`, { spec: { type: 'LoadBalancer', externalName: null, ports: [{ port: 80, nodePort: 30_131 }] } }),
      mergePatch(`${services}/a/status`, {
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', hostname: 'x' }] } },
        spec: { selector: { not: 'taken' } },
      }),
      mergePatch(`${services}/a/status`, { status: { loadBalancer: { ingress: [{ ip: 'nonsense' }] } } }),
      mergePatch(`${services}/a/status`, {
        status: { conditions: [{ type: 'Ready', status: 'True', reason: 'R', message: '', lastTransitionTime: '2024-01-01T00:00:00Z' }] },
      }),
      mergePatch(`${services}/a`, { spec: { allocateLoadBalancerNodePorts: false } }),
      mergePatch(`${services}/a`, { spec: { loadBalancerClass: 'x.io/y' } }),
      mergePatch(`${services}/a`, { spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 30_132 } }),
      jsonPatch(`${services}/a`, [{ op: 'replace', path: '/spec/ports/0/port', value: 81 }]),
      jsonPatch(`${services}/a`, [{ op: 'remove', path: '/spec/nothing' }]),
      jsonPatch(`${services}/a`, [{ op: 'bogus', path: '/spec' }]),
      jsonPatch(`${services}/a`, { op: 'add' }),
      jsonPatch(`${services}/a`, 'nonsense'),
      get(`${services}/a`),
      remove(`${services}/a`),
      get(`${services}/a`),
    ],
  },
  {
    name: 'services are applied',
    steps: [
      apply(`${services}/s?fieldManager=one`, service('s', { selector: { app: 'a' }, ports: [{ name: 'http', port: 80 }] })),
      apply(`${services}/s?fieldManager=two`, service('s', { ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] })),
      apply(`${services}/s?fieldManager=two`, service('s', { ports: [{ name: 'dns', port: 54, protocol: 'UDP' }] })),
      apply(
        `${services}/s?fieldManager=two`,
        service('s', { selector: { app: 'b' }, ports: [{ name: 'other', port: 80, targetPort: 1 }] }),
      ),
      apply(
        `${services}/s?fieldManager=two&force=true`,
        service('s', { selector: { app: 'b' }, ports: [{ name: 'other', port: 80, targetPort: 1 }] }),
      ),
      apply(`${services}/s?fieldManager=one`, service('s', { ports: [{ name: 'http', port: 81 }] })),
      apply(`${services}/s?fieldManager=one&dryRun=All`, service('s', { ports: [{ name: 'http', port: 82 }] })),
      apply(
        `${services}/s?fieldManager=one`,
        service('s', {
          ports: [
            { name: 'dup', port: 81 },
            { name: 'dup2', port: 81 },
          ],
        }),
      ),
      apply(`${services}/s?fieldManager=one`, service('other', {})),
      apply(`${services}/s?fieldManager=one`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' } }),
      apply(`${services}/s?fieldManager=one`, { kind: 'Service', metadata: { name: 's' } }),
      apply(`${services}/s?fieldManager=one`, service('s', {}, { managedFields: [{ manager: 'x', operation: 'Apply' }] })),
      apply(`${services}/s?fieldManager=one`, service('s', {}, { resourceVersion: '1' })),
      apply(`${services}/s?fieldManager=one&fieldValidation=Strict`, service('s', { bogus: 1 })),
      apply(`${services}/s?fieldManager=${'x'.repeat(129)}`, service('s', {})),
      apply(`${services}/s/status?fieldManager=status`, {
        ...service('s', {}),
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
      }),
      mergePatch(`${services}/s?fieldManager=merger`, { spec: { selector: { z: 'z' } } }),
      put(`${services}/s`, service('s', { ports: [{ port: 1 }] })),
      put(`${services}/missing`, service('missing', { ports: [{ port: 1 }] })),
      put(`${services}/s`, service('t', { ports: [{ port: 1 }] })),
      get(`${services}/s`),
    ],
  },
];
