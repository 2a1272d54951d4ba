import { describe, expect, it } from '@jest/globals';
import type { TagFacts } from './target-group-tags.js';
import { annotationTags, missingTags, targetGroupTags } from './target-group-tags.js';
import { hubId, place } from './testing/facts.spec-builders.js';

const facts: TagFacts = {
  hubId,
  place,
  namespace: 'shop',
  name: 'web',
  slot: '80',
  service: 'backend',
  protocolVersion: 'HTTP1',
  trace: 'a/uid',
};

describe('the tags of a group', () => {
  it('are all that the AWS controller writes, byte for byte, and the hub its own', () => {
    expect(targetGroupTags(facts, {})).toEqual({
      'application-networking.k8s.aws/ManagedBy': '111111111111/a/vpc-0123456789abcdef0',
      'application-networking.k8s.aws/ClusterName': 'a',
      // As upstream: the name of the export, whatever the Service behind it is called.
      'application-networking.k8s.aws/ServiceName': 'web',
      'application-networking.k8s.aws/ServiceNamespace': 'shop',
      'application-networking.k8s.aws/SourceTypeKey': 'ServiceExport',
      'application-networking.k8s.aws/ProtocolVersion': 'HTTP1',
      'lattice-hub.io/hub': 'hub-1',
      'lattice-hub.io/slot': '80',
      'lattice-hub.io/service': 'backend',
      'lattice-hub.io/policy': 'a/uid',
    });
  });

  it.each([
    { slot: 'legacy', protocolVersion: 'HTTP1', tag: 'HTTP1' },
    { slot: '80', protocolVersion: 'HTTP2', tag: 'HTTP2' },
    { slot: '80', protocolVersion: 'GRPC', tag: 'GRPC' },
    { slot: '443', protocolVersion: undefined, tag: '' },
  ] as const)('say $protocolVersion as "$tag" in slot $slot', ({ slot, protocolVersion, tag }) => {
    expect(targetGroupTags({ ...facts, slot, protocolVersion }, {})).toMatchObject({
      'application-networking.k8s.aws/ProtocolVersion': tag,
      'lattice-hub.io/slot': slot,
    });
  });

  it('stand over what the annotation asks for', () => {
    const tags = targetGroupTags(facts, { team: 'red', 'lattice-hub.io/hub': 'stolen' });
    expect(tags).toMatchObject({ team: 'red', 'lattice-hub.io/hub': 'hub-1' });
  });

  it('are at most 50 with the most that an annotation adds', () => {
    const annotation = Array.from({ length: 99 }, (_, i) => `k${i}=v`).join(',');
    expect(Object.keys(targetGroupTags(facts, annotationTags(annotation))).length).toBeLessThanOrEqual(50);
  });
});

describe('the tags that an annotation asks for', () => {
  it.each<{ annotation: string | undefined; tags: Readonly<Record<string, string>> }>([
    { annotation: undefined, tags: {} },
    { annotation: '', tags: {} },
    { annotation: 'team=red', tags: { team: 'red' } },
    { annotation: 'team=red,env=prod', tags: { team: 'red', env: 'prod' } },
    { annotation: ' team = red , env=prod ', tags: { team: 'red', env: 'prod' } },
    { annotation: 'team', tags: {} },
    { annotation: '=red', tags: {} },
    { annotation: 'team=', tags: {} },
    { annotation: 'team=red=blue', tags: { team: 'red=blue' } },
    { annotation: 'team=red,,env=prod,', tags: { team: 'red', env: 'prod' } },
    { annotation: 'team=red,team=blue', tags: { team: 'red' } },
    { annotation: 'a b=c d', tags: { 'a b': 'c d' } },
    { annotation: 'größe=groß', tags: { größe: 'groß' } },
    { annotation: 'a.b:c/d+e-f@g_h=x', tags: { 'a.b:c/d+e-f@g_h': 'x' } },
    { annotation: 'a*b=c', tags: {} },
    { annotation: 'a=b;c', tags: {} },
    { annotation: 'aws:owner=me,AWS:x=y', tags: {} },
    { annotation: 'application-networking.k8s.aws/ManagedBy=me,Application-Networking.k8s.aws/x=y', tags: {} },
    { annotation: 'lattice-hub.io/hub=me,Lattice-Hub.io/x=y', tags: {} },
    { annotation: `${'k'.repeat(128)}=v`, tags: { ['k'.repeat(128)]: 'v' } },
    { annotation: `${'k'.repeat(129)}=v`, tags: {} },
    { annotation: `k=${'v'.repeat(256)}`, tags: { k: 'v'.repeat(256) } },
    { annotation: `k=${'v'.repeat(257)}`, tags: {} },
  ])('"$annotation" are $tags', ({ annotation, tags }) => {
    expect(annotationTags(annotation)).toEqual(tags);
  });

  it('are the first thirty, so that the others find room', () => {
    const annotation = Array.from({ length: 40 }, (_, i) => `k${i}=v`).join(',');
    expect(Object.keys(annotationTags(annotation))).toEqual(Array.from({ length: 30 }, (_, i) => `k${i}`));
  });
});

describe('the tags that are missing', () => {
  it.each([
    { observed: { a: '1', b: '2' }, missing: undefined, because: 'all are there' },
    { observed: { a: '1', b: '2', foreign: 'x' }, missing: undefined, because: 'a foreign tag is none of ours' },
    { observed: { a: '1' }, missing: { b: '2' }, because: 'one is gone' },
    { observed: { a: '1', b: 'changed' }, missing: { b: '2' }, because: 'one was changed' },
    { observed: {}, missing: { a: '1', b: '2' }, because: 'all are gone' },
  ])('are $missing when $because', ({ observed, missing }) => {
    expect(missingTags({ a: '1', b: '2' }, observed)).toEqual(missing);
  });

  it('count an empty tag that is there as there', () => {
    expect(missingTags({ policy: '' }, { policy: '' })).toBeUndefined();
    expect(missingTags({ policy: '' }, {})).toEqual({ policy: '' });
  });
});
