import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { exportShop, setPods, shopIs, takingCalls } from './shops.js';

// In production a connection is asked every 15 s whether it lives. Here it is every 0.5 s, and ten minutes are 20 s in proportion.
const tenMinutesMs = 20_000;
/** A minute in proportion, and what a busy machine needs beside that. */
const foundWithinMs = 2000 + 3500;
/** What is not shortened here: an attempt to connect that was begun while the way was closed is given up after 10 s. */
const resumedWithinMs = 15_000;

describe('H: a connection to a member that is half-open for ten minutes', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: 2, replicas: 1 });
    for (const member of [1, 2]) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of [1, 2]) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('is found out within a minute, takes nothing away, and once the way is open events resume within a minute', async () => {
    const before = takingCalls(fleet);
    fleet.member(1).relay.fallSilent();
    await fleet.stateIs('member-1', 'Unreachable', foundWithinMs);
    setPods(fleet, 1, 'shop', ['10.1.0.2']);
    await sleep(tenMinutesMs);
    expect(takingCalls(fleet)).toBe(before);
    fleet.member(1).relay.speak();
    await shopIs(fleet, 1, 'shop', ['10.1.0.2'], resumedWithinMs);
    setPods(fleet, 1, 'shop', ['10.1.0.3']);
    await shopIs(fleet, 1, 'shop', ['10.1.0.3']);
  }, 60_000);
});
