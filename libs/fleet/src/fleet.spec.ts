import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KubeError, type HubApi, type KubeObject } from '@hub/kube';
import { createLogger } from '@hub/telemetry';
import type { SessionOptions } from './cluster-session.js';
import { Fleet, type FleetHost } from './fleet.js';

const durationMs = 15_000;
const renewMs = 5000;

interface StoredLease {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

/** The Leases of a hub cluster, and nothing else of one. */
function leasesOnly(): HubApi {
  const leases = new Map<string, StoredLease>();
  let version = 1;
  const write = (name: string, lease: StoredLease) => {
    if (leases.get(name)?.metadata.resourceVersion !== lease.metadata.resourceVersion) throw new KubeError('conflict', name);
    leases.set(name, { ...lease, metadata: { ...lease.metadata, resourceVersion: `${version++}` } });
  };
  return {
    endpoint: () => Promise.reject(new KubeError('unreachable', 'nobody connects')),
    getLease: async (_: string, name: string) => leases.get(name),
    createLease: async (_: string, lease: StoredLease) => write(lease.metadata.name, lease),
    replaceLease: async (_: string, name: string, lease: StoredLease) => write(name, lease),
    deleteLease: async (_: string, name: string) => leases.delete(name),
  } as unknown as HubApi;
}

const aws = {
  accountId: '111111111111',
  region: 'us-west-2',
  vpcId: 'vpc-0123456789abcdef0',
  roleArn: 'arn:aws:iam::111111111111:role/hub',
};

const aMember: KubeObject = {
  apiVersion: 'lattice-hub.io/v1alpha1',
  kind: 'MemberCluster',
  metadata: { name: 'prod', uid: 'prod-uid', resourceVersion: '10', generation: 1 },
  spec: { kubeconfigSecretRef: { name: 'prod' }, aws },
};

/** A replica of a hub that is not connected to anything. */
function fleetOf(host: FleetHost, nowMs: () => number): Fleet {
  const session: SessionOptions = {
    connection: { connectTimeoutMs: 1, pingIntervalMs: 1, pingTimeoutMs: 1, userAgent: 'test' },
    calls: { callMs: 1, listMs: 1 },
    reflector: {
      pageSize: 1,
      silenceMs: 1,
      limits: { objects: 1000, againAfterMs: 1, eventsPerSecond: 1000, eventBurst: 1000 },
      backoff: { firstMs: 1, mostMs: 1, resetAfterMs: 1 },
      random: () => 0,
      nowMs,
    },
    unreachableAfterMs: 60_000,
    reconnect: { firstMs: 1000, mostMs: 1000 },
    settle: { quietMs: 1, emptiedMs: 1 },
    confirmationMs: 60_000,
  };
  const options = { namespace: 'hub', hubSession: session, memberSession: session, lease: { durationMs, renewMs }, graceMs: 25_000 };
  return new Fleet(leasesOnly(), createLogger('silent'), host, options);
}

describe('a replica whose Lease lapsed while it stood still', () => {
  let nowMs = 0;
  let told: string[];
  /** What is under way for the member that is let go; it ends when the test says so. */
  let end: () => void;
  let isOver = false;
  let fleet: Fleet;

  async function pass(ms: number): Promise<void> {
    nowMs += ms;
    await jest.advanceTimersByTimeAsync(renewMs);
    for (let i = 0; i < 10; i++) await setImmediate();
  }
  const held = () => [...fleet.heldMembers()].map((member) => `${member.name} ${member.holding.number}`);

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    nowMs = 0;
    isOver = false;
    told = [];
    const host: FleetHost = {
      changed: () => undefined,
      engaged: (member) => told.push(`engaged ${member.holding.number}`),
      disengaged: (member, why) => {
        told.push(`disengaged ${member.holding.number} ${why}`);
        return isOver ? Promise.resolve() : new Promise((resolve) => (end = resolve));
      },
      touched: () => undefined,
      shown: () => undefined,
      policiesTouched: () => undefined,
      detaching: () => undefined,
    };
    fleet = fleetOf(host, () => nowMs);
    // As if the hub cluster had been read: no connection is made here.
    fleet.hub.members.replaced([aMember], '10', 0);
    Object.assign(fleet, { started: true });
    await fleet.leases.start(0);
  });
  afterEach(async () => {
    isOver = true;
    await fleet.stop();
    jest.useRealTimers();
  });

  it('takes a member up again only when what was under way for it has ended', async () => {
    expect(held()).toEqual(['prod 1']);
    await pass(2 * durationMs);
    expect(fleet.leases.holding('prod')?.number).toBe(2);
    expect(told).toEqual(['engaged 1', 'disengaged 1 lost']);
    end();
    await pass(0);
    expect(told).toEqual(['engaged 1', 'disengaged 1 lost', 'engaged 2']);
    expect(held()).toEqual(['prod 2']);
  });

  it('takes up nothing that it has lost once more by then', async () => {
    await pass(2 * durationMs);
    await pass(2 * durationMs);
    expect(fleet.leases.holding('prod')?.number).toBe(3);
    end();
    await pass(0);
    expect(told).toEqual(['engaged 1', 'disengaged 1 lost', 'engaged 3']);
    expect(held()).toEqual(['prod 3']);
  });
});

describe('a member that cannot be reached', () => {
  it('is told of on the member alone, where only what is wrong with it is different', async () => {
    let looks = 0;
    const seen = new Set<string | undefined>();
    const host: FleetHost = {
      changed: () => undefined,
      engaged: () => undefined,
      disengaged: () => Promise.resolve(),
      touched: (member) => seen.add(member.sessionFacts().problem?.reason),
      shown: () => undefined,
      policiesTouched: () => looks++,
      detaching: () => undefined,
    };
    const fleet = fleetOf(host, () => 0);
    try {
      Object.assign(fleet, { started: true });
      fleet.knowHubAccount('111111111111');
      fleet.hub.members.replaced([aMember], '10', 0);
      await fleet.leases.start(0);
      const tried = async () => {
        for (let i = 0; i < 10; i++) await setImmediate();
      };
      await tried();
      const before = looks;
      const metadata = { name: 'prod', namespace: 'hub', resourceVersion: '11' };
      fleet.hub.secrets.replaced([{ metadata, data: { kubeconfig: Buffer.from('no kubeconfig').toString('base64') } }], '11', 0);
      await tried();
      expect([...seen]).toEqual(['SecretMissing', 'KubeconfigRefused']);
      expect(looks).toBe(before);
    } finally {
      await fleet.stop();
    }
  });
});

describe('what is published of a member that another replica holds', () => {
  interface Published {
    readonly state?: string;
    readonly admitted?: string;
    readonly writable?: string;
    readonly mode?: string;
  }

  /** The member, after so many changes. */
  function published(
    change: number,
    { state = 'Synced', admitted = 'Admitted', writable = 'Writable', mode = 'Hub' }: Published,
  ): KubeObject {
    const condition = (type: string, reason: string) => ({
      type,
      status: 'True',
      reason,
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    return {
      ...aMember,
      metadata: { ...aMember.metadata, resourceVersion: `${change}`, generation: mode === 'Hub' ? 1 : 2 },
      spec: { kubeconfigSecretRef: { name: 'prod' }, aws, mode },
      status: { state, conditions: [condition('Admitted', admitted), condition('Writable', writable)] },
    };
  }

  it.each<{ words: string; after: Published; isLookedAt: boolean }>([
    { words: 'that it cannot be read any more', after: { state: 'Stale' }, isLookedAt: true },
    { words: 'that it is a second name for a member', after: { admitted: 'AlreadyRegistered' }, isLookedAt: true },
    { words: 'that it is not admitted any more', after: { mode: 'Delegate' }, isLookedAt: true },
    { words: 'what policies do not go by', after: { writable: 'Forbidden' }, isLookedAt: false },
  ])('lets policies be looked at again where it says $words: $isLookedAt', ({ after, isLookedAt }) => {
    let looks = 0;
    const nothing = () => undefined;
    const host = {
      changed: nothing,
      engaged: nothing,
      disengaged: () => Promise.resolve(),
      touched: nothing,
      shown: nothing,
      detaching: nothing,
    };
    const fleet = fleetOf({ ...host, policiesTouched: () => looks++ }, () => 0);
    Object.assign(fleet, { started: true });
    fleet.hub.members.replaced([published(10, {})], '10', 0);
    looks = 0;
    fleet.hub.members.replaced([published(11, after)], '11', 0);
    expect(looks > 0).toBe(isLookedAt);
  });
});
