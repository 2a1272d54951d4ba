import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultEffect } from '@hub/kube-simulator';
import { until } from '../../fixtures/until.js';
import { untilQuiet } from '../checks/quiet.js';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { targetGroupPolicy } from '../fleet/manifests.js';
import { exportShop, shopIs, takingCalls } from './shops.js';

/** Long enough for two LISTs so far apart that what both lack would count as gone. */
const believedMs = 1600;

describe('A: an API server that fails, forbids, cuts off or leaves out what it lists', () => {
  let fleet: ChaosFleet;
  const shops = ['shop-1', 'shop-2', 'shop-3', 'shop-4', 'shop-5'];
  const kinds = ['serviceexports', 'services', 'endpointslices', 'targetgrouppolicies'];

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: 3, replicas: 1 });
    // So few that nobody thinks of a kind that was emptied: what is absent once must not count all the same.
    exportShop(fleet, 3, 'kiosk', ['10.3.0.1', '10.3.0.2']);
    fleet.member(3).apply(targetGroupPolicy('default', 'kiosk', { kind: 'ServiceExport', name: 'kiosk' }, 'path'));
    for (const member of [1, 2]) for (const name of shops) exportShop(fleet, member, name, [`10.${member}.0.1`, `10.${member}.0.2`]);
    for (const member of [1, 2]) for (const name of shops) await shopIs(fleet, member, name, [`10.${member}.0.1`, `10.${member}.0.2`]);
    await shopIs(fleet, 3, 'kiosk', ['10.3.0.1', '10.3.0.2']);
    await untilQuiet(fleet, 500, 5000);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  const lies: readonly [string, FaultEffect][] = [
    ['500', { kind: 'status', code: 500 }],
    ['403', { kind: 'status', code: 403 }],
    ['an empty list', { kind: 'empty-list' }],
    ['half a list', { kind: 'truncated-list' }],
  ];

  it.each(lies)(
    '%s of a member for its ServiceExports deletes nothing',
    async (_, effect) => {
      const { cluster } = fleet.member(1);
      const before = takingCalls(fleet);
      cluster.faults.inject({ verb: 'list', resource: 'serviceexports', effect });
      cluster.cutConnections();
      await sleep(believedMs);
      expect(cluster.faults.list().every(({ hits }) => hits > 0)).toBe(true);
      cluster.faults.clear();
      cluster.cutConnections();
      await fleet.stateIs('member-1', 'Synced');
      await sleep(believedMs);
      for (const name of shops) await shopIs(fleet, 1, name, ['10.1.0.1', '10.1.0.2']);
      expect(takingCalls(fleet)).toBe(before);
    },
    30_000,
  );

  it.each(kinds)(
    'one empty list of %s deletes nothing where there were few',
    async (resource) => {
      const { cluster } = fleet.member(3);
      const before = takingCalls(fleet);
      cluster.faults.inject({ verb: 'list', resource, times: 1, effect: { kind: 'empty-list' } });
      cluster.cutConnections();
      await until('it was told', () => (cluster.faults.list().every(({ hits }) => hits > 0) ? undefined : 'not yet'));
      cluster.faults.clear();
      await fleet.stateIs('member-3', 'Synced');
      await sleep(believedMs);
      await shopIs(fleet, 3, 'kiosk', ['10.3.0.1', '10.3.0.2']);
      expect(takingCalls(fleet)).toBe(before);
    },
    30_000,
  );

  it.each(lies)(
    '%s of the hub cluster for the Secrets of the members and for the members deletes nothing',
    async (_, effect) => {
      const before = takingCalls(fleet);
      for (const resource of ['secrets', 'memberclusters']) fleet.hubCluster.faults.inject({ verb: 'list', resource, effect });
      fleet.hubCluster.cutConnections();
      for (const member of fleet.members) member.cluster.cutConnections();
      await sleep(believedMs);
      fleet.hubCluster.faults.clear();
      fleet.hubCluster.cutConnections();
      for (const { name } of fleet.members) await fleet.stateIs(name, 'Synced');
      await sleep(believedMs);
      for (const name of shops) await shopIs(fleet, 1, name, ['10.1.0.1', '10.1.0.2']);
      expect(takingCalls(fleet)).toBe(before);
    },
    40_000,
  );
});
