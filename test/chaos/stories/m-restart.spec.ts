import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilQuiet } from '../checks/quiet.js';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { exportShop, setPolicy, shopIs } from './shops.js';

/** 1,000 with CHAOS_CLUSTERS=1000, on a machine that has the memory for as many simulated clusters. */
const clusters = Number(process.env['CHAOS_CLUSTERS'] ?? 20);

describe(`M: a hub of ${clusters} clusters is started anew, and nothing has changed`, () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: clusters, replicas: 1 });
    setPolicy(fleet, 'shop', 'path');
    for (let member = 1; member <= clusters; member++)
      exportShop(fleet, member, 'shop', [`10.0.${member % 250}.1`, `10.0.${member % 250}.2`]);
    for (let member = 1; member <= clusters; member++)
      await shopIs(fleet, member, 'shop', [`10.0.${member % 250}.1`, `10.0.${member % 250}.2`], 60_000);
    await untilQuiet(fleet, 1000, 10_000);
  }, 600_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it.each(['leaves in order', 'is killed'])(
    'AWS hears no write where it %s',
    async (how) => {
      const before = fleet.traffic().writes;
      if (how === 'is killed') await fleet.replica(1).kill();
      else await fleet.replica(1).leave();
      fleet.replica(1).start();
      await fleet.ready();
      for (const { name } of fleet.members) await fleet.stateIs(name, 'Synced', 60_000);
      // Beyond the time in which a new holder takes nothing away, and the reading after it.
      await sleep(6000);
      await untilQuiet(fleet, 1000, 10_000);
      expect(fleet.traffic().writes).toBe(before);
    },
    120_000,
  );
});
