import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { groupsOf, idOf } from '../compare.js';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { networkingVersion, targetGroupPolicy } from '../fleet/manifests.js';
import { until } from '../../fixtures/until.js';
import { conditionOf, exportShop, setPods, setPolicy, shopIs } from './shops.js';

const policyTag = 'lattice-hub.io/policy';
const shopPolicy = { apiVersion: networkingVersion, kind: 'TargetGroupPolicy', namespace: 'default', name: 'shop' };

// What seeds of the chaos have found, each as short as it gets.
describe('found by chaos', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    // Member 3 is in the account of member 1, and has nothing to do there.
    fleet = await ChaosFleet.start({ members: 3, replicas: 1, env: { RESYNC_SECONDS: '600' } });
    for (const member of [1, 2]) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of [1, 2]) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  const shopOf = (member: number) => groupsOf(fleet.aws, fleet.hubId).find((group) => idOf(group) === `member-${member} default/shop/80`);

  async function pathIs(path: string): Promise<void> {
    await until(`the path is ${path}`, () => {
      const paths = [1, 2].map((member) => shopOf(member)?.healthCheck?.path);
      return paths.every((seen) => seen === path) ? undefined : paths.join();
    });
  }

  const noTraceIsLeft = () =>
    until('no trace is left', () => {
      const traces = [1, 2].map((member) => shopOf(member)?.tags[policyTag]);
      return traces.every((trace) => trace === '') ? undefined : traces.join();
    });

  it('a tag that was written without an answer is known to be there when it has to go', async () => {
    const fault = fleet.aws.faults.inject({ operations: ['TagResource'], times: 6, effect: { kind: 'reset', moment: 'after' } });
    setPolicy(fleet, 'shop', 'path');
    await pathIs('/alive');
    await until('an answer is lost', () => (fault.hits() >= 6 ? undefined : `${fault.hits()}`));
    fleet.hubCluster.objects.delete(shopPolicy);
    await pathIs('/');
    await noTraceIsLeft();
    expect(fault.hits()).toBe(6);
    fleet.aws.faults.clear();
  }, 60_000);

  it('a policy of the hub cluster that was deleted while no hub ran is not in force any more', async () => {
    setPolicy(fleet, 'shop', 'otherPath');
    await pathIs('/ready');
    await until('it is published', () => {
      const snapshots = fleet.hubCluster.objects.list({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberSnapshot' });
      return JSON.stringify(snapshots).includes('/ready') ? undefined : 'not yet';
    });
    await fleet.replica(1).kill();
    fleet.hubCluster.objects.delete(shopPolicy);
    fleet.replica(1).start();
    await fleet.ready();
    await pathIs('/');
    await noTraceIsLeft();
    expect(shopOf(1)?.healthCheck?.path).toBe('/');
  }, 60_000);

  it('a member that is registered anew in the moment of its end is another one, and is worked on', async () => {
    await fleet.member(1).recreate();
    exportShop(fleet, 1, 'shop', ['10.1.0.7']);
    await until('it is seen to be another one', () =>
      conditionOf(fleet, 1, 'Synced')?.reason === 'IdentityChanged' ? undefined : JSON.stringify(conditionOf(fleet, 1, 'Synced')),
    );
    await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Keep');
    await until('it is gone', () => (fleet.memberCluster('member-1') ? 'there still' : undefined));
    await fleet.register(fleet.member(1));
    await fleet.stateIs('member-1', 'Synced');
    await shopIs(fleet, 1, 'shop', ['10.1.0.7'], 30_000);
    setPods(fleet, 1, 'shop', ['10.1.0.8']);
    await shopIs(fleet, 1, 'shop', ['10.1.0.8']);
  }, 60_000);

  it('what was in force in a member that joined anew is not in force any more once it is known to have nothing', async () => {
    const policy = targetGroupPolicy('default', 'shop', { kind: 'ServiceExport', name: 'shop' }, 'path');
    fleet.member(2).apply(policy);
    await pathIs('/alive');
    await until('its trace is there', () => (shopOf(1)?.tags[policyTag]?.startsWith('member-2/') ? undefined : 'not yet'));
    // While it leaves nothing can be set; when something can, it is there again, and nobody has read it.
    fleet.takeRole(fleet.member(1));
    await fleet.member(2).cluster.suspend();
    fleet.member(2).delete(shopPolicy);
    await fleet.call('DELETE', '/api/v1/clusters/member-2?onDetach=Keep');
    await until('it is gone', () => (fleet.memberCluster('member-2') ? 'there still' : undefined));
    await fleet.register(fleet.member(2));
    await until('the hub knows of it', () => (fleet.memberCluster('member-2')?.status?.state === undefined ? 'not yet' : undefined));
    fleet.giveRoleBack(fleet.member(1));
    setPods(fleet, 1, 'shop', ['10.1.0.9']);
    await shopIs(fleet, 1, 'shop', ['10.1.0.9'], 30_000);
    expect(shopOf(1)?.healthCheck?.path).toBe('/alive');
    await fleet.member(2).cluster.resume();
    await pathIs('/');
    await noTraceIsLeft();
    expect(shopOf(1)?.healthCheck?.path).toBe('/');
  }, 90_000);

  it('a member without work says that its role is back as soon as the others do', async () => {
    for (const member of [1, 3]) fleet.takeRole(fleet.member(member));
    for (const member of [1, 3]) {
      await until(`member-${member} says that it is gone`, () =>
        conditionOf(fleet, member, 'AwsAuthorized')?.status === 'False' ? undefined : 'not yet',
      );
    }
    for (const member of [1, 3]) fleet.giveRoleBack(fleet.member(member));
    for (const member of [1, 3]) {
      await until(
        `member-${member} says that it is back`,
        () => (conditionOf(fleet, member, 'AwsAuthorized')?.status === 'True' ? undefined : 'not yet'),
        20_000,
      );
    }
    expect(conditionOf(fleet, 3, 'AwsAuthorized')?.reason).toBe('Assumed');
  }, 60_000);
});
