import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FullFleet, quickToBelieve } from '../fixtures/full-fleet.js';
import { kubeServers } from '../fixtures/kube-servers.js';
import type { TestCluster } from '../fixtures/test-cluster.js';
import { shown, TestFleet, until } from '../fixtures/test-fleet.js';

/** The members with upstream's CRDs, and without a watch cache: the second and the third. */
const layout = { members: 3, withUpstreamCrds: [2], withoutWatchCache: [3] };

describe('what becomes of an API server takes nothing away', () => {
  let fleet: TestFleet<TestCluster>;
  let full: FullFleet<TestCluster>;

  beforeAll(async () => {
    full = await FullFleet.fill(
      await TestFleet.over(kubeServers(), {
        ...layout,
        env: { ...quickToBelieve, LEASE_SECONDS: '4', AWS_ATTEMPT_TIMEOUT_SECONDS: '1', UNREACHABLE_SECONDS: '1' },
      }),
    );
    fleet = full.fleet;
  }, 120_000);

  beforeEach(() => {
    fleet.aws.calls.reset();
  });

  afterAll(async () => {
    await fleet.stop();
  }, 30_000);

  /** Nothing was taken away, and nothing is when whatever could be believed has been. */
  const expectNothingTaken = async () => {
    await full.believe();
    expect(fleet.taken()).toEqual({});
    expect(full.lacking()).toBeUndefined();
  };

  /** Members are read again, nothing holds anything back, and one of them is followed. */
  const expectHealed = async (...members: readonly [number, ...number[]]) => {
    for (const member of members) await fleet.stateIs(member, 'Synced');
    await expectNothingTaken();
    for (const member of members) {
      const { status } = await fleet.cluster(member);
      expect({ holds: status.holds, withheld: status.withheld }).toEqual({ holds: undefined, withheld: undefined });
    }
    await full.isFollowed(members[0]);
  };

  describe('of a member', () => {
    it('that stands still and goes on, while the others are worked for', async () => {
      fleet.member(1).freeze();
      await fleet.stateIs(1, 'Unreachable');
      await full.isFollowed(2);
      await expectNothingTaken();
      fleet.member(1).thaw();
      await expectHealed(1);
    }, 60_000);

    it('that is killed and started again, with a watch cache or without', async () => {
      await Promise.all([2, 3].map((member) => fleet.member(member).kill()));
      for (const member of [2, 3]) await fleet.stateIs(member, 'Unreachable');
      await expectNothingTaken();
      await Promise.all([2, 3].map((member) => fleet.member(member).restart()));
      await expectHealed(2, 3);
    }, 60_000);

    it('that is killed and started again while the hub is started again', async () => {
      await fleet.member(1).kill();
      await fleet.stopHub();
      await fleet.startHub();
      await fleet.stateIs(1, 'Unreachable');
      await expectNothingTaken();
      await fleet.member(1).restart();
      await expectHealed(1);
    }, 60_000);

    it('whose etcd forgets the past while the watches are cut', async () => {
      const { road } = fleet.member(3);
      road.close();
      await fleet.stateIs(3, 'Unreachable');
      await fleet.member(3).compact();
      road.reopen();
      await expectHealed(3);
    }, 60_000);

    it('whose token is revoked: it says so, and a new token heals it', async () => {
      await fleet.member(2).revokeToken(fleet.tokenOf(2));
      fleet.member(2).road.reset();
      await until('it is shown', async () => {
        const condition = await fleet.condition(2, 'CredentialsValid');
        return condition?.status === 'False' && condition.reason === 'Unauthorized' ? undefined : shown(condition);
      });
      await until('it is not called Synced', async () => ((await fleet.cluster(2)).status.state === 'Synced' ? 'it is' : undefined));
      await fleet.stateIs(2, 'Unreachable');
      await expectNothingTaken();
      const { status } = await fleet.call('PATCH', '/api/v1/clusters/member-2', { kubeconfig: await fleet.kubeconfigOf(2) });
      expect(status).toBe(202);
      await expectHealed(2);
      await until('it is shown', async () => {
        const condition = await fleet.condition(2, 'CredentialsValid');
        return condition?.status === 'True' ? undefined : shown(condition);
      });
    }, 90_000);
  });

  describe('of the hub cluster', () => {
    it('that stands still for longer than its Leases last, and goes on', async () => {
      fleet.hubCluster.freeze();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(fleet.taken()).toEqual({});
      fleet.hubCluster.thaw();
      await expectHealed(1, 2, 3);
    }, 90_000);

    it('that is killed and started again', async () => {
      await fleet.hubCluster.kill();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(fleet.taken()).toEqual({});
      await fleet.hubCluster.restart();
      await expectHealed(1, 2, 3);
    }, 90_000);
  });

  it('keeps nobody from taking away: what went in a member unseen goes in two passes, dead pods in one', async () => {
    const { objects, road } = fleet.member(3);
    road.close();
    await fleet.stateIs(3, 'Unreachable');
    await fleet.setPods(3, 'shop-4', full.pods(3, 'shop-4').slice(1));
    await fleet.deleteExport(3, 'shop-5');
    await objects.delete({ apiVersion: 'v1', kind: 'Service', name: 'shop-5' });
    await fleet.member(3).compact();
    await full.believe();
    expect(fleet.taken()).toEqual({});
    road.reopen();
    await fleet.exported('shop-4', { 3: full.pods(3, 'shop-4').slice(1) });
    await until('the group is gone', async () => (fleet.group(3, 'shop-5') === undefined ? undefined : 'there still'));
    await fleet.settled();
    expect(fleet.taken()).toEqual({ DeregisterTargets: 2, DeleteTargetGroup: 1 });
    expect(fleet.groups(3)).toHaveLength(4);
  }, 60_000);
});
