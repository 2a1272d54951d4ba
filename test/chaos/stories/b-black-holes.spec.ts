import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChaosFleet } from '../fleet/chaos-fleet.js';
import { addressesIn, exportShop, setPods, shopIs } from './shops.js';

const members = 10;
/** 30 % black-holed, 10 % slow. */
const blackHoles = [8, 9, 10];
const slow = 7;
const well = [1, 2, 3, 4, 5, 6];
const changes = 8;

describe('B: with 30 % of the members black-holed and 10 % slow', () => {
  let fleet: ChaosFleet;
  let lastByte = 1;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members, replicas: 1, env: { RESYNC_SECONDS: '600', INVENTORY_SECONDS: '600' } });
    for (let member = 1; member <= members; member++) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (let member = 1; member <= members; member++) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  /** How long it takes from a change of the endpoints of a well member until AWS has it: the longest of many. */
  async function slowestMs(): Promise<number> {
    const tookMs: number[] = [];
    for (let i = 0; i < changes; i++) {
      lastByte = (lastByte % 200) + 1;
      await Promise.all(
        well.map(async (member) => {
          const ip = `10.${member}.1.${lastByte}`;
          const began = performance.now();
          setPods(fleet, member, 'shop', [ip]);
          while (addressesIn(fleet, member, 'shop')?.includes(ip) !== true && performance.now() - began < 10_000) await sleep(1);
          tookMs.push(performance.now() - began);
        }),
      );
    }
    return Math.max(...tookMs);
  }

  async function sicken(): Promise<void> {
    for (const member of blackHoles) fleet.member(member).relay.fallSilent();
    fleet.member(slow).cluster.faults.inject({ effect: { kind: 'slow', delayMs: 30_000 } });
    fleet.member(slow).cluster.cutConnections();
    for (const member of blackHoles) await fleet.stateIs(`member-${member}`, 'Unreachable');
  }

  async function heal(): Promise<void> {
    for (const member of blackHoles) fleet.member(member).relay.speak();
    fleet.member(slow).cluster.faults.clear();
    fleet.member(slow).cluster.cutConnections();
    for (const member of [...blackHoles, slow]) await fleet.stateIs(`member-${member}`, 'Synced');
  }

  it('the slowest change of the others comes as soon as ever', async () => {
    await slowestMs();
    const ratios: number[] = [];
    for (let pair = 0; pair < 3; pair++) {
      const before = await slowestMs();
      await sicken();
      const during = await slowestMs();
      await heal();
      // Of times so short the machine's own noise is more than a tenth.
      ratios.push(Math.max(0, during - 50) / before);
    }
    const median = ratios.toSorted((a, b) => a - b)[1];
    expect(median).toBeLessThanOrEqual(1.1);
  }, 120_000);
});
