import { apply, get, mergePatch, post, put, remove } from './scenario.js';
import type { Scenario } from './scenario.js';

const slices = '/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices';
const slice = (name: string, rest: object): object => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, labels: { 'kubernetes.io/service-name': 'svc' } },
  ...rest,
});
const ready = (address: string): object => ({ addresses: [address], conditions: { ready: true } });

/** EndpointSlices: addresses, ports, and the type that never changes. */
export const endpointSliceScenarios: readonly Scenario[] = [
  {
    name: 'slices that are valid',
    steps: [
      post(
        slices,
        slice('a', {
          addressType: 'IPv4',
          endpoints: [
            ready('192.0.2.1'),
            {
              addresses: ['192.0.2.2'],
              conditions: { ready: false, serving: true, terminating: true },
              nodeName: 'n',
              zone: 'z',
              hostname: 'h',
              targetRef: { kind: 'Pod', name: 'p', namespace: 'default' },
            },
          ],
          ports: [{ port: 80 }, { name: 'x', port: 81, protocol: 'UDP', appProtocol: 'http' }],
        }),
      ),
      post(slices, slice('six', { addressType: 'IPv6', endpoints: [ready('2001:db8::1')], ports: [{ name: '', port: 80 }] })),
      post(slices, slice('names', { addressType: 'FQDN', endpoints: [ready('a.example.com')] })),
      post(slices, slice('empty', { addressType: 'IPv4', endpoints: [] })),
      post(slices, slice('null', { addressType: 'IPv4', endpoints: null, ports: null })),
      post(slices, { ...slice('gen-', { addressType: 'IPv4', endpoints: [] }), metadata: { generateName: 'x-', name: 'x-1' } }),
      mergePatch(`${slices}/a`, { endpoints: [ready('192.0.2.3')] }),
      mergePatch(`${slices}/a`, { metadata: { labels: { more: 'labels' } } }),
      mergePatch(`${slices}/a`, { ports: null }),
      apply(
        `${slices}/applied?fieldManager=m`,
        slice('applied', { addressType: 'IPv4', endpoints: [ready('192.0.2.9')], ports: [{ name: 'p', port: 1 }] }),
      ),
      apply(
        `${slices}/applied?fieldManager=n`,
        slice('applied', { addressType: 'IPv4', endpoints: [ready('192.0.2.8')], ports: [{ name: 'p', port: 1 }] }),
      ),
      apply(
        `${slices}/applied?fieldManager=n&force=true`,
        slice('applied', { addressType: 'IPv4', endpoints: [ready('192.0.2.8')], ports: [{ name: 'p', port: 1 }] }),
      ),
      get(`${slices}?labelSelector=kubernetes.io/service-name%3Dsvc`),
      remove(`${slices}/a`),
      remove(slices),
      get(slices),
    ],
  },
  {
    name: 'slices that are not valid',
    steps: [
      post(slices, slice('x', { endpoints: [] })),
      post(slices, slice('x', { addressType: 'Bogus', endpoints: [] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('nonsense')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('2001:db8::1')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('127.0.0.1')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('169.254.1.1')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('224.0.0.1')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [ready('0.0.0.0')] })),
      post(slices, slice('x', { addressType: 'IPv6', endpoints: [ready('192.0.2.1')] })),
      post(slices, slice('x', { addressType: 'IPv6', endpoints: [ready('::1')] })),
      post(slices, slice('x', { addressType: 'IPv6', endpoints: [ready('fe80::1')] })),
      post(slices, slice('x', { addressType: 'FQDN', endpoints: [ready('a_b')] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [{ addresses: [] }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1', '192.0.2.1'] }] })),
      post(
        slices,
        slice('x', { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'], hostname: 'Not_Valid', nodeName: 'Not_Valid' }] }),
      ),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [], ports: [{ port: 80 }, { port: 81 }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [], ports: [{ name: 'NOT_valid', port: 80 }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [], ports: [{ name: 'a', port: 0 }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [], ports: [{ name: 'a', port: 80, protocol: 'TELNET' }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [], ports: [{ name: 'a', port: 80, appProtocol: 'a b' }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: 'yes' } }] })),
      post(slices, slice('x', { addressType: 'IPv4', endpoints: Array.from({ length: 1001 }, () => ready('192.0.2.1')) })),
      post(
        slices,
        slice('x', {
          addressType: 'IPv4',
          endpoints: [],
          ports: Array.from({ length: 101 }, (_, index) => ({ name: `p${index}`, port: 80 })),
        }),
      ),
      post(slices, slice('ok', { addressType: 'IPv4', endpoints: [] })),
      mergePatch(`${slices}/ok`, { addressType: 'IPv6' }),
      put(`${slices}/ok`, slice('ok', { addressType: 'IPv6', endpoints: [] })),
      put(`${slices}/missing`, slice('missing', { addressType: 'IPv4', endpoints: [] })),
    ],
  },
];
