import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { groupsOf, idOf } from '../compare.js';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { until } from '../../fixtures/until.js';
import { addressesIn, exportShop, shopIs } from './shops.js';

/** Two groups without use, and nothing of the member: that is done at once. */
const detachWithinMs = 15_000;

describe('K: a member that is dead for good is detached with its target groups', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: 2, replicas: 1 });
    for (const member of [1, 2]) for (const name of ['shop', 'cart', 'pay']) exportShop(fleet, member, name, [`10.${member}.0.1`]);
    for (const member of [1, 2]) for (const name of ['shop', 'cart', 'pay']) await shopIs(fleet, member, name, [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('ends, asks nothing of the member, and says what was left behind and why', async () => {
    const used = groupsOf(fleet.aws, fleet.hubId).find((group) => idOf(group) === 'member-1 default/shop/80');
    fleet.aws.attachService(used?.arn ?? '');
    await fleet.member(1).cluster.suspend();
    await fleet.stateIs('member-1', 'Unreachable');
    const { status } = await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Remove');
    expect(status).toBe(202);
    await until('member-1 is gone', () => (fleet.memberCluster('member-1') ? 'there still' : undefined), detachWithinMs);
    const left = groupsOf(fleet.aws, fleet.hubId).filter((group) => idOf(group).startsWith('member-1 '));
    expect(left.map((group) => group.name)).toEqual([used?.name]);
    expect(addressesIn(fleet, 1, 'shop')).toEqual(['10.1.0.1']);
    const events = fleet.hubCluster.objects.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' });
    const detached = events.find((event) => event['reason'] === 'Detached');
    expect(detached?.['note']).toContain(`left behind: ${used?.name} (InUse)`);
    for (const name of ['shop', 'cart', 'pay']) expect(addressesIn(fleet, 2, name)).toEqual(['10.2.0.1']);
  }, 60_000);
});
