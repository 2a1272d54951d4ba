import { describe, expect, it } from '@jest/globals';
import type { Condition, MemberState, PolicyScope } from '@hub/model';
import { policyVerdict, programmedCondition, type PolicySubject } from './policy-verdict.js';
import { aPolicy, type PolicyBuilder } from './testing/facts.spec-builders.js';

function subject(cluster: string, name = 'web', service = 'web'): PolicySubject {
  return { cluster, namespace: 'shop', name, service };
}

interface Facts {
  readonly rivals?: readonly PolicyBuilder[];
  readonly subjects?: readonly PolicySubject[];
  readonly scopes?: Readonly<Record<string, PolicyScope>>;
  readonly clusters?: Readonly<Record<string, MemberState>>;
}

function verdict(
  policy: PolicyBuilder,
  { rivals = [], subjects = [subject('a')], scopes = {}, clusters = { a: 'Synced' } }: Facts = {},
): Condition {
  return policyVerdict({
    policy: policy.build(),
    subjects,
    known: {
      candidates: [policy, ...rivals].map((p) => p.build()),
      scopeOf: (cluster) => scopes[cluster] ?? 'Fleet',
      isUnread: () => false,
    },
    clusters: new Map(Object.entries(clusters)),
  });
}

describe('the Accepted condition of a policy', () => {
  it('is True where it is in force, if only in one cluster', () => {
    expect(verdict(aPolicy())).toMatchObject({ type: 'Accepted', status: 'True', reason: 'Accepted' });
    const own = aPolicy().named('own').inCluster('a').createdAt(1);
    const mine = aPolicy().named('mine').inCluster('b').createdAt(2);
    const both = { rivals: [own], subjects: [subject('a'), subject('b')] };
    expect(verdict(mine, { ...both, scopes: { a: 'Own' } })).toMatchObject({ status: 'True' });
    expect(verdict(mine, { ...both, scopes: { a: 'Fleet' } })).toMatchObject({ status: 'False', reason: 'Conflicted' });
  });

  it.each([
    { where: 'the hub cluster', rival: aPolicy().named('winner').inHub() },
    { where: 'cluster b', rival: aPolicy().named('winner').inCluster('b').createdAt(1) },
  ])('is False where another is in force, and names it in $where', ({ where, rival }) => {
    expect(verdict(aPolicy().createdAt(2), { rivals: [rival] })).toEqual({
      type: 'Accepted',
      status: 'False',
      reason: 'Conflicted',
      message: `targetRef has conflict, policy=shop/winner in ${where}`,
    });
  });

  it('is False behind one that was edited into something invalid, because that keeps its place', () => {
    const broken = aPolicy().named('broken').createdAt(1).edited().invalid();
    expect(verdict(aPolicy().createdAt(2), { rivals: [broken] })).toMatchObject({
      reason: 'Conflicted',
      message: expect.stringContaining('shop/broken'),
    });
  });

  it('is True again when the winner is gone', () => {
    expect(verdict(aPolicy().createdAt(2), { rivals: [] })).toMatchObject({ status: 'True' });
  });

  it('is False and says why where it can not be followed', () => {
    expect(verdict(aPolicy().invalid('spec.protocol: "http" is not one of HTTP'))).toMatchObject({
      status: 'False',
      reason: 'Invalid',
      message: 'spec.protocol: "http" is not one of HTTP',
    });
  });

  it('is False where its member is not to be followed', () => {
    expect(verdict(aPolicy().inCluster('a'), { scopes: { a: 'Ignore' } })).toMatchObject({ status: 'False', reason: 'OutOfScope' });
  });

  it('says that the target is missing only when every cluster was read', () => {
    expect(verdict(aPolicy(), { subjects: [], clusters: { a: 'Synced', b: 'Synced' } })).toEqual({
      type: 'Accepted',
      status: 'False',
      reason: 'TargetNotFound',
      message: 'targetRef not found, target=shop/web',
    });
  });

  it.each<[MemberState]>([['Connecting'], ['Stale'], ['Unreachable'], ['Detaching']])(
    'is Unknown while a cluster is %s that could have the target',
    (state) => {
      expect(verdict(aPolicy(), { subjects: [], clusters: { a: 'Synced', b: state } })).toMatchObject({
        status: 'Unknown',
        reason: 'Unknown',
        message: expect.stringContaining('(b)'),
      });
    },
  );

  it('says so where there is nowhere to look', () => {
    expect(verdict(aPolicy(), { subjects: [], clusters: {} })).toMatchObject({
      reason: 'TargetNotFound',
      message: 'targetRef not found, target=shop/web: there is no admitted cluster that the policy reaches',
    });
  });

  it('names five clusters that could not be read, and counts the others', () => {
    const clusters = Object.fromEntries(['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((name) => [name, 'Stale' as const]));
    expect(verdict(aPolicy(), { subjects: [], clusters }).message).toContain('(a, b, c, d, e and 2 more)');
  });

  it('follows the Service of each cluster for itself', () => {
    const onBackend = aPolicy().onService('backend');
    const subjects = [subject('a', 'web', 'backend')];
    expect(verdict(onBackend, { subjects })).toMatchObject({ status: 'True' });
    expect(verdict(onBackend, { subjects, rivals: [aPolicy().named('near').onExport('web')] })).toMatchObject({ reason: 'Conflicted' });
  });
});

describe('the Programmed condition of a policy', () => {
  it.each([
    { ready: 0, total: 0, status: 'False', reason: 'NoTargetGroups' },
    { ready: 0, total: 2, status: 'False', reason: 'PartiallyProgrammed' },
    { ready: 1, total: 2, status: 'False', reason: 'PartiallyProgrammed' },
    { ready: 2, total: 2, status: 'True', reason: 'Programmed' },
  ])('with $ready of $total groups as it says is $status, $reason', ({ ready, total, status, reason }) => {
    expect(programmedCondition({ ready, total, behind: [] })).toMatchObject({ status, reason });
  });

  it('names the clusters that are behind, in order, ten at most', () => {
    const behind = ['c', 'a', 'b', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((cluster) => ({ cluster, reason: 'ClusterStale' }));
    const { message } = programmedCondition({ ready: 1, total: 20, behind });
    expect(message).toContain('behind: a (ClusterStale), b (ClusterStale), c (ClusterStale)');
    expect(message).toContain('j (ClusterStale)');
    expect(message).not.toContain('k (ClusterStale)');
  });
});
