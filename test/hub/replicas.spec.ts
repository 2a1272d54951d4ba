import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Hub } from '../../apps/hub/src/hub.js';
import { policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

describe('two replicas', () => {
  let fleet: TestFleet;
  let second: Awaited<ReturnType<TestFleet['startReplica']>> | undefined;
  const members = Array.from({ length: 10 }, (_, i) => i + 1);

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: members.length });
    await fleet.startHub();
    await fleet.registerAll();
    for (const member of members) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', Object.fromEntries(members.map((member) => [member, [`10.${member}.0.1`]])));
    second = await fleet.startReplica();
    // Longer than a Lease lasts: one call to the hub cluster that is never answered holds up the sharing until its deadline.
    await until(
      'both hold some',
      async () =>
        held(fleet.hub).length > 0 && held(second?.hub).length > 0 && spread() ? undefined : shown([held(fleet.hub), held(second?.hub)]),
      45_000,
    );
  }, 90_000);

  afterEach(async () => {
    await second?.hub.stop();
    await second?.door.close();
    second = undefined;
    await fleet.stop();
  });

  const held = (hub: Hub | undefined) => [...(hub?.fleet.heldMembers() ?? [])].map((member) => member.name).toSorted();
  const spread = () =>
    [...held(fleet.hub), ...held(second?.hub)].toSorted().join() ===
    members
      .map((member) => `member-${member}`)
      .toSorted()
      .join();
  /** Each of them knows that every target group follows the policy of the hub cluster, and that there is one a member. */
  const isProgrammedAtBoth = async () => {
    for (const hub of [fleet.hub, second?.hub]) {
      await until('the policy has come everywhere', async () => {
        const [policy] = hub?.fleet.policies.of('.hub') ?? [];
        const progress = policy && hub?.fleet.policies.standing(policy).progress;
        return progress?.ready === members.length && progress.total === members.length ? undefined : shown(progress);
      });
    }
  };
  const numberOf = (name: string) => Number(name.slice('member-'.length));

  it('take a policy of a member that one holds to the clusters that the other holds', async () => {
    const own = numberOf(held(fleet.hub)[0] ?? '');
    await fleet.member(own).objects.apply(policyManifest('local', 'shop', '/from-one'));
    await until('everywhere', async () => {
      const paths = members.map((member) => fleet.group(member, 'shop')?.healthCheck?.path);
      return paths.every((path) => path === '/from-one') ? undefined : paths.join();
    });
  });

  it('each show the whole fleet', async () => {
    for (const door of [fleet.door, second?.door]) {
      const list = async (path: string) => {
        const answer = await fetch(`${door?.url}${path}`, { headers: { authorization: `Bearer ${fleet.token}` } });
        return ((await answer.json()) as { items: { cluster?: string; name?: string }[] }).items;
      };
      await until('all of it', async () => {
        const seen = [await list('/api/v1/clusters'), await list('/api/v1/exports'), await list('/api/v1/target-groups')].map(
          (items) => items.length,
        );
        return seen.every((count) => count === members.length) ? undefined : shown(seen);
      });
    }
  });

  it('do not go by what they remember of a member that another one held meanwhile', async () => {
    const before = new Set([...held(fleet.hub), ...held(second?.hub)]);
    // The names of replicas are random, and so is what moves; that nothing does is rare.
    let third = await fleet.startReplica();
    try {
      const taken = () => held(third.hub).filter((name) => before.has(name));
      const isSpread = () => held(fleet.hub).length + held(second?.hub).length + held(third.hub).length === members.length;
      await until('all are held', async () => (isSpread() ? undefined : 'not yet'), 45_000);
      while (taken().length === 0) {
        await third.hub.stop();
        await third.door.close();
        third = await fleet.startReplica();
        await until('all are held', async () => (isSpread() ? undefined : 'not yet'), 45_000);
      }
      const moved = taken().map(numberOf);
      for (const member of moved) await fleet.setPods(member, 'shop', [`10.${member}.0.2`]);
      await fleet.exported('shop', Object.fromEntries(moved.map((member) => [member, [`10.${member}.0.2`]])));
      await third.hub.stop();
      await until('both hold all again', async () => (spread() ? undefined : shown([held(fleet.hub), held(second?.hub)])), 45_000);
      for (const member of moved) await fleet.setPods(member, 'shop', [`10.${member}.0.1`]);
      await fleet.exported('shop', Object.fromEntries(moved.map((member) => [member, [`10.${member}.0.1`]])));
    } finally {
      await third.hub.stop();
      await third.door.close();
    }
  }, 150_000);

  it('both count the target groups of a cluster once, whatever other name it is to be registered by', async () => {
    await fleet.applyByHand('again', await fleet.kubeconfigOf(1), { clusterName: 'again' });
    await fleet.admissionIs('again', 'AlreadyRegistered');
    await until('its word is published', async () =>
      (await fleet.hubCluster.objects.find({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberSnapshot', name: 'again' }))
        ? undefined
        : 'not yet',
    );
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await isProgrammedAtBoth();
    for (const hub of [fleet.hub, second?.hub]) expect(hub?.fleet.admission('again')).toMatchObject({ reason: 'AlreadyRegistered' });
  });

  it('both know how the groups of a member that cannot be read follow a policy, whichever holds it', async () => {
    const dark = [held(fleet.hub), held(second?.hub)].map(([name = '']) => numberOf(name));
    for (const member of dark) fleet.member(member).freeze();
    for (const member of dark) await fleet.stateIs(member, 'Unreachable');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await isProgrammedAtBoth();
  }, 60_000);

  it('hand over within seconds when one leaves, with a new fencing number, and lose nothing', async () => {
    const moving = held(fleet.hub);
    const numbers = new Map(moving.map((name) => [name, fleet.hub?.fleet.leases.holding(name)?.number ?? 0]));
    const began = performance.now();
    const leaving = fleet.stopHub();
    for (const name of moving) await fleet.setPods(numberOf(name), 'shop', [`10.${numberOf(name)}.0.2`]);
    await leaving;
    await until('the other has all', async () => (held(second?.hub).length === members.length ? undefined : shown(held(second?.hub))));
    expect(performance.now() - began).toBeLessThan(5000);
    await fleet.exported('shop', Object.fromEntries(moving.map((name) => [numberOf(name), [`10.${numberOf(name)}.0.2`]])));
    for (const name of moving) expect(second?.hub.fleet.leases.holding(name)?.number).toBe((numbers.get(name) ?? 0) + 1);
    const last = fleet.aws.calls.log.findLast(
      (call) => call.operation === 'RegisterTargets' && call.userAgent.includes(`cluster/${moving[0]} `),
    );
    expect(last?.userAgent).toContain(`fence/${moving[0]}.${(numbers.get(moving[0] ?? '') ?? 0) + 1}`);
  }, 30_000);
});
