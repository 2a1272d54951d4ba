import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fencing } from '../checks/fencing.js';
import type { WriteAttempt } from '../fleet/aws-gate.js';
import { ChaosFleet, neverInPassing } from '../fleet/chaos-fleet.js';
import { until } from '../../fixtures/until.js';
import { addressesIn, exportShop, setPods, shopIs } from './shops.js';

const members = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe('D: two replicas whose clocks are three minutes apart', () => {
  let fleet: ChaosFleet;
  const fencing = new Fencing();

  beforeAll(async () => {
    fleet = await ChaosFleet.start({
      members: members.length,
      replicas: 2,
      clockSkewsMs: [90_000, -90_000],
      onWrite: (attempt) => fencing.note(attempt),
    });
    for (const member of members) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  /** Changes the pods of every member; with slow answers of AWS the writes are under way for a while. */
  function change(byte: number): void {
    for (const member of members) setPods(fleet, member, 'shop', [`10.${member}.0.${byte}`]);
  }

  it('every target group is written under one fencing number at a time, though one replica is killed in the middle of a write', async () => {
    const slow = fleet.aws.faults.inject({
      effect: { kind: 'latency', latencyMs: 400 },
      operations: ['RegisterTargets', 'DeregisterTargets'],
    });
    change(2);
    await sleep(150);
    await fleet.replica(1).kill();
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.2`], 30_000);
    slow.remove();
    expect(fencing.report().violations).toEqual([]);
  }, 60_000);

  it('so it is where one comes back, and the other is stopped for longer than its Lease lasts and wakes up', async () => {
    fleet.replica(1).start();
    await fleet.ready();
    await until(
      'both hold some',
      () => (fleet.replicas.every(({ identity }) => fleet.heldBy(identity).length > 0) ? undefined : 'not yet'),
      45_000,
    );
    // In the middle of register and deregister: what comes second is decided already.
    const slow = fleet.aws.faults.inject({ effect: { kind: 'latency', latencyMs: 300 }, operations: ['RegisterTargets'] });
    change(3);
    await sleep(150);
    fleet.replica(2).pause();
    await until('the other holds all', () => {
      const held = fleet.heldBy(fleet.replica(1).identity).length;
      return held === members.length ? undefined : `${held}`;
    });
    slow.remove();
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.3`], 30_000);
    change(4);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.4`], 30_000);
    fleet.replica(2).resume();
    // Time in which it would go on, and begin anew, if it believed to hold anything still.
    await sleep(3000);
    change(5);
    for (const member of members) await shopIs(fleet, member, 'shop', [`10.${member}.0.5`], 30_000);
    const { violations, late, latestMs } = fencing.report();
    expect(violations).toEqual([]);
    // What was on its way already may come late; no later than the replica slept.
    expect(late).toBeLessThanOrEqual(members.length * 2);
    expect(latestMs).toBeLessThan(30_000);
  }, 90_000);
});

describe('D: what a replica that died had on the wire', () => {
  let fleet: ChaosFleet;
  const few = [1, 2, 3, 4];

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: few.length, replicas: 2, env: neverInPassing });
    for (const member of few) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of few) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('arrives after the other has taken over, and is put right by that one', async () => {
    const victim = fleet.replicas.findIndex(({ identity }) => fleet.heldBy(identity).length > 0) + 1;
    const [name = ''] = fleet.heldBy(fleet.replica(victim).identity);
    const member = Number(name.slice('member-'.length));
    fleet.gate(victim).holdBack('RegisterTargets');
    setPods(fleet, member, 'shop', [`10.${member}.0.66`]);
    await until('it is on the wire', () => (fleet.gate(victim).onTheWire > 0 ? undefined : 'not yet'));
    await fleet.replica(victim).kill();
    setPods(fleet, member, 'shop', [`10.${member}.0.2`]);
    await until(
      'the other has begun',
      () => (addressesIn(fleet, member, 'shop')?.includes(`10.${member}.0.2`) === true ? undefined : 'not yet'),
      30_000,
    );
    fleet.gate(victim).letThrough();
    await until('it has arrived', () =>
      addressesIn(fleet, member, 'shop')?.includes(`10.${member}.0.66`) === true ? undefined : 'not yet',
    );
    await shopIs(fleet, member, 'shop', [`10.${member}.0.2`], 30_000);
  }, 90_000);
});

describe('D: a replica that cannot renew its Lease', () => {
  const few = [1, 2, 3, 4];
  const leaseMs = 6000;
  const attemptMs = 3900;
  /** From the check until it arrives, on a machine that is busy. */
  const arrivalMs = 1000;
  let fleet: ChaosFleet;
  const fencing = new Fencing();
  const attempts: WriteAttempt[] = [];

  beforeAll(async () => {
    fleet = await ChaosFleet.start({
      members: few.length,
      replicas: 2,
      env: { ...neverInPassing, LEASE_SECONDS: `${leaseMs / 1000}`, AWS_ATTEMPT_TIMEOUT_SECONDS: `${attemptMs / 1000}` },
      onWrite: (attempt) => {
        fencing.note(attempt);
        attempts.push(attempt);
      },
    });
    for (const member of few) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    for (const member of few) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
  }, 90_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('begins no attempt that might outlive it, though it sees its members as well as ever and nobody has told it anything', async () => {
    const victim = fleet.replicas.findIndex(({ identity }) => fleet.heldBy(identity).length > 0) + 1;
    const { name, identity } = fleet.replica(victim);
    const held = fleet.heldBy(identity).map((member) => Number(member.slice('member-'.length)));
    const cutOffAtMs = Date.now();
    fleet.hubRelay(victim).fallSilent();
    let byte = 1;
    await until(
      'the other holds all',
      () => {
        byte = (byte % 200) + 1;
        for (const member of held) setPods(fleet, member, 'shop', [`10.${member}.1.${byte}`]);
        return fleet.heldBy(identity).length === 0 ? undefined : fleet.heldBy(identity).join();
      },
      45_000,
    );
    for (const member of held) await shopIs(fleet, member, 'shop', [`10.${member}.1.${byte}`], 30_000);
    const afterMs = attempts.filter(({ replica }) => replica === name).map(({ arrivedAtMs }) => arrivedAtMs - cutOffAtMs);
    // It went on for as long as it might.
    expect(Math.max(...afterMs)).toBeGreaterThan(0);
    expect(Math.max(...afterMs)).toBeLessThan(leaseMs - attemptMs + arrivalMs);
    expect(fencing.report()).toMatchObject({ violations: [], late: 0 });
    fleet.hubRelay(victim).speak();
  }, 90_000);
});
