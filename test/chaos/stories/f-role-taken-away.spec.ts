import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wrongCallers } from '../checks/callers.js';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { until } from '../../fixtures/until.js';
import { addressesIn, conditionOf, exportShop, setPods, setPolicy, shopIs } from './shops.js';

describe('F: the role of an account is taken away', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    // Member 3 is in the account of member 1, and has a role of its own there.
    fleet = await ChaosFleet.start({ members: 3, replicas: 1 });
    for (const member of [1, 2, 3]) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of [1, 2, 3]) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('nothing is written there, with no credentials whatever, and the member says why', async () => {
    // Member 1 is in the hub's own account: there the hub's own keys would open everything.
    fleet.takeRole(fleet.member(1));
    setPods(fleet, 1, 'shop', ['10.1.0.9']);
    setPods(fleet, 2, 'shop', ['10.2.0.9']);
    setPods(fleet, 3, 'shop', ['10.3.0.9']);
    setPolicy(fleet, 'shop', 'path');
    await shopIs(fleet, 2, 'shop', ['10.2.0.9']);
    await shopIs(fleet, 3, 'shop', ['10.3.0.9']);
    await until('member-1 says it', () => {
      const condition = conditionOf(fleet, 1, 'AwsAuthorized');
      return condition?.status === 'False' ? undefined : JSON.stringify(condition);
    });
    await sleep(3000);
    expect(addressesIn(fleet, 1, 'shop')).toEqual(['10.1.0.1']);
    expect(wrongCallers(fleet.aws.calls.log, fleet.members)).toEqual([]);
    // What is refused is tried again more and more rarely, and takes nothing from the budget of others.
    const refusals = fleet.aws.calls.log.filter(
      ({ operation, userAgent }) => operation === 'RegisterTargets' && userAgent.includes(' cluster/member-1 '),
    );
    expect(refusals.length).toBeLessThan(10);
  }, 60_000);

  it('and once the role is back, everything that was missed is done', async () => {
    fleet.giveRoleBack(fleet.member(1));
    await shopIs(fleet, 1, 'shop', ['10.1.0.9'], 30_000);
    await until('member-1 says it', () => (conditionOf(fleet, 1, 'AwsAuthorized')?.status === 'True' ? undefined : 'not yet'));
  }, 60_000);
});
