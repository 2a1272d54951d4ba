import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChildService } from '../../bench/world/child-service.js';
import { until } from '../../fixtures/until.js';
import { ChaosFleet, neverInPassing } from '../fleet/chaos-fleet.js';
import type { Flood, FloodService } from '../fleet/flood-service.js';
import { conditionOf, exportShop, setPods, shopIs } from './shops.js';

/** Ten times as fast as they are taken in by default, and ten times as much as the hub may keep of it. */
const flood = { service: 'shop', events: 50_000, perSecond: 10_000, bytes: 20_000 } as const;
const keptMiB = 100;
/** One in the same AWS account as the member that floods, and one in the other. */
const others = [2, 3];

describe('a member that sends 10,000 events a second', () => {
  let fleet: ChaosFleet;
  let flooder: ChildService<FloodService>;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: 3, replicas: 1, env: neverInPassing });
    for (const member of [1, ...others]) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of [1, ...others]) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
    flooder = ChildService.start<FloodService>(new URL('../fleet/flood-service.ts', import.meta.url), 512);
    await leadTo(await flooder.remote.stand(fleet.member(1).kubeconfig));
  }, 60_000);

  afterAll(async () => {
    await flooder.stop();
    await fleet.stop();
  });

  /** The hub reaches the first member by another kubeconfig from now on. */
  async function leadTo(kubeconfig: string): Promise<void> {
    const secret = { apiVersion: 'v1', kind: 'Secret', namespace: 'lattice-hub', name: 'member-1-kubeconfig' };
    fleet.hubCluster.objects.patch(secret, { merge: { stringData: { kubeconfig } } });
    setPods(fleet, 1, 'shop', ['10.1.0.2']);
    await shopIs(fleet, 1, 'shop', ['10.1.0.2']);
  }

  /** Later than all that a flood may say: what a cluster says afterwards must not be older. */
  function timeForAFlood(): number {
    const after = Number(fleet.member(1).cluster.resourceVersion);
    fleet.member(1).cluster.advanceResourceVersion(1_000_000);
    return after;
  }

  /** What the hub keeps, in its heap and outside. */
  async function usedMiB(): Promise<number> {
    const replica = fleet.replica(1);
    await replica.collectGarbage();
    const metrics = await replica.metrics();
    const used = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'].map((name) => metrics.get(name) ?? Infinity);
    return used.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
  }

  /** The numbers under which everything is held. */
  const fences = () =>
    fleet.hubCluster.objects
      .list({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'lattice-hub' })
      .map(({ metadata, ...lease }) => `${metadata.name} ${(lease['spec'] as { leaseTransitions?: number }).leaseTransitions ?? 0}`);

  it('is slowed down and says so, while the others have what they change, and the hub keeps next to nothing of it', async () => {
    const [fencesBefore, usedBefore] = [fences(), await usedMiB()];
    await flooder.remote.begin({ ...flood, after: timeForAFlood() } satisfies Flood);
    await until('it says so', () => {
      const condition = conditionOf(fleet, 1, 'WithinLimits');
      return condition?.reason === 'TooManyEvents' ? undefined : JSON.stringify(condition ?? 'nothing');
    });
    for (let change = 1; change <= 10; change++) {
      for (const member of others) setPods(fleet, member, 'shop', [`10.${member}.1.${change}`]);
      for (const member of others) await shopIs(fleet, member, 'shop', [`10.${member}.1.${change}`]);
    }
    await until('all of it is due', async () => {
      const { due } = await flooder.remote.progress();
      return due === flood.events ? undefined : String(due);
    });
    const { sent } = await flooder.remote.progress();
    expect(sent).toBeGreaterThan(1000);
    expect(sent).toBeLessThan(flood.events);
    const text = await (await fetch(`${fleet.replica(1).url}/metrics`)).text();
    expect(text).toContain('lattice_hub_member_throttled_kinds{cluster="member-1"} 1');
    expect(conditionOf(fleet, 1, 'WithinLimits')?.reason).toBe('TooManyEvents');
    for (const member of others) expect(conditionOf(fleet, member, 'WithinLimits')?.reason).toBe('WithinLimits');
    expect((await usedMiB()) - usedBefore).toBeLessThan(keptMiB);
    // Who is late to renew its own Lease has to take everything anew.
    expect(fences()).toEqual(fencesBefore);
  }, 60_000);

  it('is followed as ever when it has come to its senses', async () => {
    await flooder.remote.end();
    setPods(fleet, 1, 'shop', ['10.1.0.3']);
    await shopIs(fleet, 1, 'shop', ['10.1.0.3']);
    await fleet.stateIs('member-1', 'Synced');
  }, 60_000);
});
