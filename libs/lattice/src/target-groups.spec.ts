import { beforeEach, describe, expect, it } from '@jest/globals';
import { hubTags, upstreamTags } from '@hub/api';
import type { ObservedTarget, Target } from '@hub/model';
import type { LatticeApi, TargetGroupListing, TargetGroupReading } from './lattice-api.js';
import { LatticeError } from './lattice-error.js';
import { TargetGroups } from './target-groups.js';

const never = new AbortController().signal;
const vpcId = 'vpc-0123456789abcdef0';
const place = { accountId: '111111111111', region: 'us-west-2', vpcId, clusterName: 'prod' };
const ours = {
  [hubTags.hub]: 'this-hub',
  [hubTags.slot]: '80',
  [upstreamTags.clusterName]: 'prod',
  [upstreamTags.serviceNamespace]: 'shop',
  [upstreamTags.serviceName]: 'cart',
};

type Tags = Readonly<Record<string, string>>;

/** An account as its listings tell of it; the index of tags may lag behind the tags. */
class Account {
  readonly groups = new Map<string, TargetGroupListing>();
  readonly tags = new Map<string, Tags>();
  readonly index = new Map<string, Tags>();
  readonly asked: string[] = [];
  readonly targets: ObservedTarget[] = [];
  /** How the next call fails; where its outcome is not known, it was carried out. */
  failure: LatticeError | undefined;

  readonly api = {
    listTargetGroups: async () => this.hear('ListTargetGroups', [...this.groups.values()]),
    getTargetGroupTags: async () => this.hear('GetResources', new Map(this.index)),
    listTags: async (arn: string) => this.hear('ListTagsForResource', this.tags.get(arn) ?? {}),
    getTargetGroup: async (arn: string) => this.hear('GetTargetGroup', readingOf(arn)),
    listTargets: async () => this.hear('ListTargets', [...this.targets]),
    registerTargets: async (_: string, targets: readonly Target[]) => {
      if (this.failure?.isUnknownOutcome !== false)
        this.targets.push(...targets.map((target) => ({ ...target, status: 'UNUSED' as const })));
      if (this.failure) throw this.failure;
      return this.hear('RegisterTargets', { done: targets, refused: [] });
    },
    deleteTargetGroup: async (arn: string) => {
      this.groups.delete(arn);
      return this.hear('DeleteTargetGroup', 'DELETE_IN_PROGRESS');
    },
  } as unknown as LatticeApi;

  put(arn: string, tags: Tags, isIndexed = true): void {
    const listing = { arn, name: arn, status: 'ACTIVE', port: 80, protocol: 'HTTP', ipFamily: 'IPV4', vpcId, serviceArns: [] } as const;
    this.groups.set(arn, { ...listing, lastUpdatedAtMs: 1 });
    this.tags.set(arn, tags);
    if (isIndexed) this.index.set(arn, tags);
  }

  private hear<T>(operation: string, answer: T): T {
    this.asked.push(operation);
    return answer;
  }
}

function readingOf(arn: string): TargetGroupReading {
  const shape = { port: 80, protocol: 'HTTP', protocolVersion: 'HTTP1', ipFamily: 'IPV4', vpcId } as const;
  return {
    arn,
    name: arn,
    status: 'ACTIVE',
    shape,
    healthCheck: { enabled: true },
    serviceArns: [],
    lastUpdatedAtMs: 1,
    failure: undefined,
  };
}

describe('the inventory of an account', () => {
  let account: Account;
  let groups: TargetGroups;
  let nowMs: number;
  const names = () => Array.from(groups.known.ofCluster(place), (group) => group.arn);
  const refresh = (tags: 'all' | 'unknown') => groups.refresh(account.api, never, tags);
  const askedSince = async (act: () => Promise<unknown>) => {
    account.asked.length = 0;
    await act();
    return account.asked.toSorted();
  };

  beforeEach(async () => {
    account = new Account();
    nowMs = 0;
    groups = new TargetGroups('this-hub', { nowMs: () => nowMs, wallMs: () => 1e9 + nowMs });
    account.put('cart', ours);
  });

  it('has the tags of all groups after the first reading, whatever was asked for', async () => {
    expect(await askedSince(() => refresh('unknown'))).toEqual(['GetResources', 'ListTargetGroups']);
    expect(names()).toEqual(['cart']);
  });

  it('reads no tags where they are known, and goes on knowing them', async () => {
    await refresh('all');
    expect(await askedSince(() => refresh('unknown'))).toEqual(['ListTargetGroups']);
    expect(names()).toEqual(['cart']);
  });

  it('reads tags for a group that is new, and for as long as the index does not tell of it', async () => {
    await refresh('all');
    account.put('new', { ...ours, [upstreamTags.serviceName]: 'new' }, false);
    expect(await askedSince(() => refresh('unknown'))).toEqual(['GetResources', 'ListTargetGroups']);
    expect(names()).toEqual(['cart']);
    account.put('new', { ...ours, [upstreamTags.serviceName]: 'new' });
    expect(await askedSince(() => refresh('unknown'))).toEqual(['GetResources', 'ListTargetGroups']);
    expect(names()).toEqual(['cart', 'new']);
    expect(await askedSince(() => refresh('unknown'))).toEqual(['ListTargetGroups']);
  });

  it('reads no tags for a group that has had none for longer than the index lags', async () => {
    account.put('nobody', {});
    await refresh('all');
    expect(await askedSince(() => refresh('unknown'))).toEqual(['GetResources', 'ListTargetGroups']);
    nowMs += 300_000;
    expect(await askedSince(() => refresh('unknown'))).toEqual(['ListTargetGroups']);
    account.put('new', ours, false);
    expect(await askedSince(() => refresh('unknown'))).toEqual(['GetResources', 'ListTargetGroups']);
  });

  it('tells of one group for each policy that made groups of an export and port', async () => {
    for (const [arn, policy] of [
      ['first', 'a/p'],
      ['second', 'a/p'],
      ['third', 'b/q'],
    ] as const)
      account.put(arn, { ...ours, [upstreamTags.clusterName]: arn, [hubTags.policy]: policy });
    await refresh('all');
    const traced = () => Array.from(groups.known.tracedOf('shop', 'cart', '80'), ({ arn }) => arn);
    expect(traced()).toEqual(['first', 'third']);
    await groups.read(account.api, 'second', never);
    expect(traced()).toEqual(['second', 'third']);
    account.groups.delete('third');
    await refresh('all');
    expect(traced()).toEqual(['second']);
  });

  it('hears of tags that somebody changed when all are read', async () => {
    await refresh('all');
    account.put('cart', { ...ours, [hubTags.hub]: 'another-hub' });
    expect(await refresh('unknown')).toEqual([]);
    expect(await refresh('all')).toHaveLength(1);
    expect(names()).toEqual([]);
  });

  it('is not read once more for who asks while it is being read', async () => {
    expect(await askedSince(() => Promise.all([refresh('all'), refresh('unknown')]))).toEqual(['GetResources', 'ListTargetGroups']);
  });

  it('counts for a deletion budget what is this hub’s and is not being deleted', async () => {
    account.put('other-cluster', { ...ours, [upstreamTags.clusterName]: 'dev' });
    account.put('another-hub', { ...ours, [hubTags.hub]: 'another-hub' });
    account.put('nobody', {});
    account.put('going', ours);
    await refresh('all');
    expect(groups.known.countsFor(place)).toEqual({ ofAccount: 3, ofCluster: 2 });
    await groups.delete(account.api, 'going', never);
    expect(groups.known.countsFor(place)).toEqual({ ofAccount: 2, ofCluster: 1 });
  });

  describe('a group that is to be deleted', () => {
    beforeEach(() => refresh('all'));

    it('goes where it carries this hub’s tag', async () => {
      expect(await askedSince(() => groups.delete(account.api, 'cart', never))).toEqual(['DeleteTargetGroup', 'ListTagsForResource']);
    });

    it.each<{ tags: Tags; when: string }>([
      { tags: { ...ours, [hubTags.hub]: 'another-hub' }, when: 'it is another hub’s by now' },
      { tags: {}, when: 'it has no tags any more' },
    ])('stays where $when, though the index has not heard of it', async ({ tags }) => {
      account.put('cart', tags, false);
      await expect(groups.delete(account.api, 'cart', never)).rejects.toMatchObject({ kind: 'conflict' });
      expect(account.groups.has('cart')).toBe(true);
      expect(names()).toEqual([]);
      // What the index still says is not believed for as long as it may lag.
      await refresh('all');
      expect(names()).toEqual([]);
    });

    it('stays where its tags can’t be read', async () => {
      Object.assign(account.api, { listTags: () => Promise.reject(new LatticeError('denied', 'no')) });
      await expect(groups.delete(account.api, 'cart', never)).rejects.toMatchObject({ kind: 'denied' });
      expect(account.groups.has('cart')).toBe(true);
      expect(names()).toEqual(['cart']);
    });
  });

  describe('what is remembered of a group when a call failed', () => {
    const target = { ip: '10.0.0.1', port: 8080 };

    beforeEach(async () => {
      await refresh('all');
      await groups.read(account.api, 'cart', never);
    });

    it.each<{ failure: LatticeError; isKept: boolean; because: string }>([
      { failure: new LatticeError('fenced', 'no Lease'), isKept: true, because: 'no attempt was made' },
      { failure: new LatticeError('denied', 'no'), isKept: true, because: 'it was refused' },
      { failure: new LatticeError('unavailable', 'no answer'), isKept: false, because: 'it may have been carried out' },
      {
        failure: new LatticeError('fenced', 'no Lease', { isUnsure: true }),
        isKept: false,
        because: 'an attempt before may have been carried out',
      },
    ])('$failure.kind: kept is $isKept, for $because', async ({ failure, isKept }) => {
      account.failure = failure;
      await expect(groups.register(account.api, 'cart', [target], never)).rejects.toBe(failure);
      const [group] = groups.known.ofCluster(place);
      expect(group?.targets).toEqual(isKept ? [] : undefined);
      expect(account.targets).toHaveLength(isKept ? 0 : 1);
    });
  });
});
