import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@hub/kube';
import * as fc from 'fast-check';
import { writtenConditions } from './conditions.js';
import { readSnapshot } from './member-snapshot.js';
import { readExport, readRawPolicy, readService, readSlice, sameExport } from './records.js';
import { annotation, policy, service, serviceExport, slice } from './testing/records.spec-builders.js';

const federation = annotation('federation');

describe('an export that is read', () => {
  it.each<{ because: string; object: KubeObject; isOver: boolean }>([
    { because: 'nothing says otherwise', object: serviceExport('web'), isOver: false },
    {
      because: 'it is for VPC Lattice',
      object: serviceExport('web', { annotations: { [federation]: 'amazon-vpc-lattice' } }),
      isOver: false,
    },
    { because: 'it is for another federation', object: serviceExport('web', { annotations: { [federation]: 'other' } }), isOver: true },
    {
      because: 'it is being deleted',
      object: serviceExport('web', { metadata: { deletionTimestamp: '2026-08-01T10:00:00Z' } }),
      isOver: true,
    },
    { because: 'no time of deletion is set', object: serviceExport('web', { metadata: { deletionTimestamp: null } }), isOver: false },
  ])('is over: $isOver, when $because', ({ object, isOver }) => {
    expect(readExport(object).isOver).toBe(isOver);
  });

  it.each<{ finalizers: unknown; isOwned: boolean }>([
    { finalizers: ['serviceexport.k8s.aws/resources'], isOwned: true },
    { finalizers: ['other', 'serviceexport.k8s.aws/resources'], isOwned: true },
    { finalizers: ['other'], isOwned: false },
    { finalizers: undefined, isOwned: false },
    { finalizers: 'serviceexport.k8s.aws/resources', isOwned: false },
  ])('with the finalizers $finalizers is owned by the AWS controller: $isOwned', ({ finalizers, isOwned }) => {
    expect(readExport(serviceExport('web', { metadata: { finalizers } })).hasControllerFinalizer).toBe(isOwned);
  });

  it('is the same for every decision when only conditions differ, and another when anything else does', () => {
    const bare = serviceExport('web');
    const read = readExport(bare);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'R', message: 'm', lastTransitionTime: 't' }];
    expect(sameExport(read, readExport({ ...bare, status: { conditions } }))).toBe(true);
    expect(sameExport(read, readExport(serviceExport('web', { annotations: { [annotation('port')]: '80' } })))).toBe(false);
    expect(sameExport(read, readExport(serviceExport('web', { ports: [{ port: 80, routeType: 'HTTP' }] })))).toBe(false);
    expect(sameExport(read, readExport(serviceExport('web', { metadata: { generation: 2 } })))).toBe(false);
  });
});

describe('a slice that is read', () => {
  it.each<{ because: string; object: KubeObject }>([
    { because: 'of no Service', object: { ...slice('s'), metadata: { namespace: 'shop', name: 's' } } },
    { because: 'of a Service without a name', object: slice('s', [], { of: '' }) },
    { because: 'of names', object: slice('s', ['example.com'], { addressType: 'FQDN' }) },
    { because: 'of nothing known', object: slice('s', [], { addressType: null }) },
    { because: 'of a future kind of address', object: slice('s', [], { addressType: 'IPv7' }) },
  ])('is none when it is $because', ({ object }) => {
    expect(readSlice(object)).toBeUndefined();
  });
});

describe('a policy that is read', () => {
  it('is whole, with what its cluster says of it', () => {
    expect(readRawPolicy(policy('p', 3, { protocol: 'HTTPS' }))).toEqual({
      namespace: 'shop',
      name: 'p',
      uid: 'p-uid',
      generation: 3,
      creationTimestamp: '2026-08-01T10:00:00Z',
      spec: { targetRef: { group: 'application-networking.k8s.aws', kind: 'ServiceExport', name: 'web' }, protocol: 'HTTPS' },
    });
  });
});

describe('garbage of every kind', () => {
  const garbage = fc.anything({ maxDepth: 3 });
  const lists = fc.oneof(garbage, fc.array(garbage));
  const object: fc.Arbitrary<KubeObject> = fc
    .record({
      spec: fc.oneof(garbage, fc.record({ ports: lists, ipFamilies: lists, type: garbage, exportedPorts: lists })),
      status: fc.oneof(garbage, fc.record({ conditions: lists })),
      addressType: fc.oneof(garbage, fc.constantFrom('IPv4', 'IPv6')),
      endpoints: fc.oneof(lists, fc.array(fc.record({ addresses: lists, conditions: garbage }))),
      ports: lists,
      labels: fc.oneof(garbage, fc.constant({ 'kubernetes.io/service-name': 'web' })),
      annotations: fc.oneof(garbage, fc.dictionary(fc.constantFrom(annotation('port'), annotation('tags'), federation), garbage)),
      finalizers: lists,
      generation: garbage,
      deletionTimestamp: garbage,
      creationTimestamp: garbage,
    })
    .map(({ spec, status, addressType, endpoints, ports, ...metadata }) => ({
      metadata: { namespace: 'shop', name: 'web', uid: 'uid', resourceVersion: '1', ...metadata },
      spec,
      status,
      addressType,
      endpoints,
      ports,
    }));

  it.each<[string, (o: KubeObject) => unknown]>([
    ['an export', readExport],
    ['a Service', readService],
    ['a slice', readSlice],
    ['a policy', readRawPolicy],
    ['a snapshot', readSnapshot],
    ['conditions', writtenConditions],
  ])('is read as %s and never throws', (_, read) => {
    fc.assert(
      fc.property(object, (o) => void read(o)),
      { numRuns: 500 },
    );
  });

  it.each<[string, (o: KubeObject) => unknown]>([
    ['a Service', (o) => readService({ ...o, spec: { ports: [null, undefined, 1, 'x', { port: '80' }, { port: 80 }] } })],
    [
      'a slice',
      (o) =>
        readSlice({
          ...o,
          metadata: slice('s').metadata,
          addressType: 'IPv4',
          ports: [null, undefined, 1, 'x', { port: '80' }, { port: 80 }],
          endpoints: [null, 1, {}],
        }),
    ],
  ])('among the ports of %s is left out', (_, read) => {
    expect(read(service('web'))).toMatchObject({ ports: [{ port: 80, name: '' }] });
  });
});
