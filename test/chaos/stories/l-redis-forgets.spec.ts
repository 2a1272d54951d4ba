import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChaosFleet, neverInPassing } from '../fleet/chaos-fleet.js';
import { exportShop, setPods, setPolicy, shopIs, takingCalls } from './shops.js';
import { groupsOf } from '../compare.js';
import { until } from '../../fixtures/until.js';

const members = [1, 2, 3, 4];
const shops = ['shop', 'cart', 'pay'];

describe('L: Redis forgets everything in the middle of the work', () => {
  let fleet: ChaosFleet;
  let byte = 1;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: members.length, replicas: 2, env: neverInPassing });
    for (const member of members) for (const name of shops) exportShop(fleet, member, name, [`10.${member}.0.1`]);
    for (const member of members) for (const name of shops) await shopIs(fleet, member, name, [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  const redisFails: readonly [string, () => Promise<void>][] = [
    ['by FLUSHALL', async () => void (await fleet.redis.client.flushall())],
    [
      'by kill -9',
      async () => {
        await fleet.redis.kill();
        await fleet.redis.begin();
      },
    ],
    [
      'or takes nothing in, for want of memory',
      async () => {
        await fleet.redis.client.config('SET', 'maxmemory', '1');
        setTimeout(() => void fleet.redis.client.config('SET', 'maxmemory', '0'), 1000);
      },
    ],
    ['or cuts every connection', async () => void (await fleet.redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))],
  ];

  it.each(redisFails)(
    '%s: everything is done, and nothing but the old pods is taken away',
    async (_, fail) => {
      const deletions = fleet.aws.calls.count({ operation: 'DeleteTargetGroup' });
      byte++;
      for (const member of members)
        for (const name of shops) setPods(fleet, member, name, [`10.${member}.0.${byte}`, `10.${member}.0.100`]);
      await fail();
      for (const member of members)
        for (const name of shops) await shopIs(fleet, member, name, [`10.${member}.0.${byte}`, `10.${member}.0.100`], 75_000);
      expect(fleet.aws.calls.count({ operation: 'DeleteTargetGroup' })).toBe(deletions);
    },
    100_000,
  );

  it('and a policy reaches every cluster after all of that', async () => {
    const taken = takingCalls(fleet);
    setPolicy(fleet, 'shop', 'path');
    await until(
      'everywhere',
      () => {
        const paths = groupsOf(fleet.aws, fleet.hubId).flatMap((group) => (group.name.includes('-shop-') ? [group.healthCheck?.path] : []));
        return paths.every((path) => path === '/alive') ? undefined : paths.join();
      },
      75_000,
    );
    expect(takingCalls(fleet)).toBe(taken + members.length);
  }, 100_000);
});
