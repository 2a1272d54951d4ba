import { describe, expect, it } from '@jest/globals';
import type { Policy } from '@hub/model';
import { readPolicy } from '@hub/plan';
import { originName, PolicyIndex } from './policy-index.js';
import { readRawPolicy } from './records.js';
import { policy } from './testing/records.spec-builders.js';

function inCluster(
  cluster: string,
  name: string,
  target: { readonly kind: string; readonly name: string } = { kind: 'ServiceExport', name: 'web' },
): Policy {
  const group = target.kind === 'Service' ? '' : 'application-networking.k8s.aws';
  return readPolicy(
    readRawPolicy(policy(name, 1, { targetRef: { group, ...target } })),
    cluster === '.hub' ? { tier: 'hub' } : { tier: 'member', cluster },
  );
}

function names(policies: Iterable<Policy>): readonly string[] {
  return [...policies].map((p) => `${originName(p)} ${p.name}`).toSorted();
}

const onWeb = { kind: 'Service', name: 'web' };
const onBackend = { kind: 'Service', name: 'backend' };

function indexed(): PolicyIndex {
  const index = new PolicyIndex();
  index.replace('.hub', [inCluster('.hub', 'central')]);
  index.replace('a', [
    inCluster('a', 'on-export'),
    inCluster('a', 'on-web', onWeb),
    inCluster('a', 'on-other', { kind: 'ServiceExport', name: 'other' }),
  ]);
  index.replace('b', [inCluster('b', 'on-backend', onBackend)]);
  return index;
}

describe('the policies that an export could follow', () => {
  it('are those on it, and those on its Service, of every cluster', () => {
    expect(names(indexed().candidates('shop', 'web', 'web'))).toEqual(['.hub central', 'a on-export', 'a on-web']);
    expect(names(indexed().candidates('shop', 'web', 'backend'))).toEqual(['.hub central', 'a on-export', 'b on-backend']);
  });

  it('are those on any Service of the namespace, where its own is not known', () => {
    expect(names(indexed().candidates('shop', 'web', undefined))).toEqual(['.hub central', 'a on-export', 'a on-web', 'b on-backend']);
  });

  it('are none of another namespace', () => {
    expect(indexed().candidates('elsewhere', 'web', undefined)).toEqual([]);
  });
});

describe('the policies of a cluster', () => {
  it('take the place of those that were there', () => {
    const index = indexed();
    index.replace('a', [inCluster('a', 'newer')]);
    expect(names(index.of('a'))).toEqual(['a newer']);
    expect(names(index.candidates('shop', 'web', 'web'))).toEqual(['.hub central', 'a newer']);
    expect(names(index.candidates('shop', 'other', 'other'))).toEqual([]);
  });

  it('are gone with the cluster, and nothing of another goes along', () => {
    const index = indexed();
    index.replace('c', [inCluster('c', 'same-service', onBackend)]);
    index.replace('b', []);
    expect(names(index.candidates('shop', 'web', undefined))).toContain('c same-service');
    index.replace('c', []);
    expect(names(index.candidates('shop', 'web', undefined))).not.toContain('c same-service');
    expect(names(index.all())).toEqual(['.hub central', 'a on-export', 'a on-other', 'a on-web']);
  });

  it('count among all though they are about nothing', () => {
    const index = new PolicyIndex();
    index.replace('a', [inCluster('a', 'lost', { kind: 'Gateway', name: 'g' })]);
    expect(names(index.all())).toEqual(['a lost']);
    expect(index.candidates('shop', 'g', 'g')).toEqual([]);
    index.replace('a', []);
    expect(names(index.all())).toEqual([]);
  });
});
