import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { replicaFor } from '@hub/plan';
import { until } from '../../fixtures/until.js';
import { groupsOf } from '../compare.js';
import { Fencing } from '../checks/fencing.js';
import { ChaosFleet, neverInPassing, type ChaosFleetOptions } from '../fleet/chaos-fleet.js';
import type { HubProcess } from '../fleet/hub-process.js';
import { targetGroupPolicy } from '../fleet/manifests.js';
import { exportShop, setPods, setPolicy, shopIs } from './shops.js';

/** How long a hand-over in order may take, and one without a word. */
const handOverMs = 5000;
const takeOverMs = 30_000;

let fencing: Fencing;

/** A fleet of which every member exports a shop. */
async function withShops(options: ChaosFleetOptions): Promise<ChaosFleet> {
  fencing = new Fencing();
  const fleet = await ChaosFleet.start({ ...options, onWrite: (attempt) => fencing.note(attempt) });
  for (const number of numbersOf(fleet)) exportShop(fleet, number, 'shop', [podOf(number, 1)]);
  await shopsAre(fleet, 1);
  return fleet;
}

function numbersOf(fleet: ChaosFleet): readonly number[] {
  return fleet.members.map((_, index) => index + 1);
}

function podOf(member: number, byte: number): string {
  return `10.${member}.0.${byte}`;
}

function changeShops(fleet: ChaosFleet, byte: number): void {
  for (const number of numbersOf(fleet)) setPods(fleet, number, 'shop', [podOf(number, byte)]);
}

async function shopsAre(fleet: ChaosFleet, byte: number, timeoutMs = 30_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (const number of numbersOf(fleet)) await shopIs(fleet, number, 'shop', [podOf(number, byte)], deadlineMs - performance.now());
}

const shopPolicy = targetGroupPolicy('default', 'shop', { kind: 'ServiceExport', name: 'shop' }, 'path');

function pathsIn(fleet: ChaosFleet): readonly (string | undefined)[] {
  return groupsOf(fleet.aws, fleet.hubId).map(({ healthCheck }) => healthCheck?.path);
}

async function policyIsEverywhere(fleet: ChaosFleet, path: string, timeoutMs?: number): Promise<void> {
  const missing = () => {
    const paths = pathsIn(fleet);
    return paths.length === fleet.members.length && paths.every((each) => each === path) ? undefined : paths.join();
  };
  await until(`${path} everywhere`, missing, timeoutMs);
}

/** Who holds each member, by the Leases. */
function holders(fleet: ChaosFleet): ReadonlyMap<string, string> {
  return new Map(fleet.replicas.flatMap(({ identity }) => fleet.heldBy(identity).map((name) => [name, identity] as const)));
}

/** Waits until every member is held by one that runs, by the Leases. */
async function shared(fleet: ChaosFleet, timeoutMs = 45_000): Promise<ReadonlyMap<string, string>> {
  const awake = () => new Set(fleet.replicas.filter((replica) => replica.isAwake).map(({ identity }) => identity));
  await until(
    'every member is held',
    () => {
      const held = [...holders(fleet).values()];
      return held.length === fleet.members.length && held.every((identity) => awake().has(identity)) ? undefined : held.join();
    },
    timeoutMs,
  );
  return holders(fleet);
}

function called(fleet: ChaosFleet, identity: string | undefined): string {
  const replica = fleet.replicas.find((each) => each.identity === identity);
  return replica ? `${replica.name} (${identity})` : `${identity}`;
}

/** Waits until every member is where the replicas that run want it: nobody moves any more. */
async function settled(fleet: ChaosFleet): Promise<ReadonlyMap<string, string>> {
  const identities = fleet.replicas.filter((replica) => replica.isAwake).map(({ identity }) => identity);
  await until(
    'every member is where it belongs',
    () => {
      const held = holders(fleet);
      const astray = fleet.members.flatMap(({ name }) => {
        const [holder, wanted] = [held.get(name), replicaFor(name, identities)];
        return holder === wanted ? [] : [`${name} is with ${called(fleet, holder)}, belongs to ${called(fleet, wanted)}`];
      });
      return astray.length === 0 ? undefined : astray.join();
    },
    45_000,
  );
  return holders(fleet);
}

describe('ten replicas', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await withShops({ members: 20, replicas: 10, env: neverInPassing });
    await settled(fleet);
  }, 180_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('each serve every read of the whole fleet, whichever holds the members', async () => {
    for (const replica of fleet.replicas) {
      for (const list of ['clusters', 'exports', 'target-groups'])
        await until(`${replica.name} shows all ${list}`, async () => {
          const { body } = await fleet.ask(replica, 'GET', `/api/v1/${list}`);
          return body.items?.length === fleet.members.length ? undefined : `${body.items?.length}`;
        });
    }
  }, 60_000);

  it('take a policy in a member that one holds to the clusters that the others hold', async () => {
    fleet.member(1).apply(targetGroupPolicy('default', 'shop', { kind: 'ServiceExport', name: 'shop' }, 'path'));
    await policyIsEverywhere(fleet, '/alive');
    fleet.member(1).apply(targetGroupPolicy('default', 'shop', { kind: 'ServiceExport', name: 'shop' }, 'otherPath'));
    await policyIsEverywhere(fleet, '/ready');
    expect(fencing.report().violations).toEqual([]);
  }, 60_000);

  it('move only the share of one that leaves, and of one that joins', async () => {
    const before = await settled(fleet);
    const leaver = holding(fleet, before);
    const gone = leaver.identity;
    await leaver.leave();
    const without = await settled(fleet);
    expect(moved(before, without).every(({ from }) => from === gone)).toBe(true);
    leaver.start();
    await fleet.ready();
    const withIt = await settled(fleet);
    expect(moved(without, withIt).every(({ to }) => to === leaver.identity)).toBe(true);
    changeShops(fleet, 2);
    await shopsAre(fleet, 2);
    expect(fencing.report().violations).toEqual([]);
  }, 120_000);
});

describe('three replicas with the Leases of production', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await withShops({ members: 9, replicas: 3, env: { ...neverInPassing, LEASE_SECONDS: '15', AWS_ATTEMPT_TIMEOUT_SECONDS: '8' } });
    await shared(fleet);
  }, 120_000);

  afterAll(async () => {
    await fleet.stop();
  });

  it('are updated one after the other: each hands its members over within 5 s, and no change is lost', async () => {
    setPolicy(fleet, 'shop', 'path');
    await policyIsEverywhere(fleet, '/alive');
    for (const [index, replica] of fleet.replicas.entries()) {
      const began = performance.now();
      const leaving = replica.leave();
      // In the middle of it: whoever holds a member now, or will in a moment, has to see to it.
      changeShops(fleet, 10 + index);
      setPolicy(fleet, 'shop', index % 2 === 0 ? 'otherPath' : 'path');
      await leaving;
      await shared(fleet, handOverMs);
      expect(performance.now() - began).toBeLessThan(handOverMs);
      await shopsAre(fleet, 10 + index);
      await policyIsEverywhere(fleet, index % 2 === 0 ? '/ready' : '/alive');
      replica.start();
      await fleet.ready();
    }
    expect(fencing.report().violations).toEqual([]);
  }, 180_000);

  it('end what they have begun before they give a member back, and keep none of the others waiting for it', async () => {
    const victim = holding(fleet, await settled(fleet), 2);
    const { identity } = victim;
    const [busy = '', ...idle] = fleet.heldBy(identity);
    const member = Number(busy.slice('member-'.length));
    const gate = fleet.gate(fleet.replicas.indexOf(victim) + 1);
    gate.holdBack('RegisterTargets');
    setPods(fleet, member, 'shop', [podOf(member, 66)]);
    await until('it has begun', () => (gate.onTheWire > 0 ? undefined : 'not yet'));
    const leaving = victim.leave();
    const isAnothers = (name: string) => ![undefined, '', identity].includes(holders(fleet).get(name));
    await until('others hold the idle ones', () => (idle.every(isAnothers) ? undefined : fleet.heldBy(identity).join()));
    expect(fleet.heldBy(identity)).toEqual([busy]);
    gate.letThrough();
    await leaving;
    await shopIs(fleet, member, 'shop', [podOf(member, 66)]);
    expect(fencing.report()).toMatchObject({ violations: [], late: 0 });
    victim.start();
    await fleet.ready();
  }, 120_000);

  it('take a policy of a member to the clusters of the others, whichever view is behind', async () => {
    const held = await settled(fleet);
    const [origin, holder] = [...held][0] ?? ['', ''];
    const member = fleet.member(Number(origin.slice('member-'.length)));
    const other = fleet.replicas.findIndex(({ identity }) => identity !== holder && [...held.values()].includes(identity)) + 1;
    fleet.hubCluster.objects.delete({ ...shopPolicy, ...shopPolicy.metadata });
    await policyIsEverywhere(fleet, '/');
    // The other one does not hear of what the holder has published.
    fleet.hubRelay(other).fallSilent();
    member.apply(shopPolicy);
    await until('the holder has it', () => (pathsIn(fleet).includes('/alive') ? undefined : pathsIn(fleet).join()));
    expect(pathsIn(fleet)).toContain('/');
    fleet.hubRelay(other).speak();
    await policyIsEverywhere(fleet, '/alive', takeOverMs);
    // The holder does not hear of what its member says.
    member.relay.fallSilent();
    member.apply(targetGroupPolicy('default', 'shop', { kind: 'ServiceExport', name: 'shop' }, 'otherPath'));
    await fleet.stateIs(origin, 'Unreachable');
    expect(pathsIn(fleet).every((path) => path === '/alive')).toBe(true);
    member.relay.speak();
    await policyIsEverywhere(fleet, '/ready', takeOverMs);
    expect(fencing.report().violations).toEqual([]);
  }, 120_000);

  it('take over from one that is killed within 30 s, with what changed meanwhile', async () => {
    const victim = holding(fleet, await shared(fleet));
    const began = performance.now();
    await victim.kill();
    changeShops(fleet, 20);
    await shared(fleet, takeOverMs);
    expect(performance.now() - began).toBeLessThan(takeOverMs);
    await shopsAre(fleet, 20);
    victim.start();
    await fleet.ready();
    expect(fencing.report().violations).toEqual([]);
  }, 120_000);

  it('leave the members of one that is cut off from the hub cluster to the others, and it begins nothing with its old numbers', async () => {
    const victim = holding(fleet, await settled(fleet));
    const relay = fleet.hubRelay(fleet.replicas.indexOf(victim) + 1);
    relay.fallSilent();
    await until(
      'it holds none any more',
      () => (fleet.heldBy(victim.identity).length === 0 ? undefined : fleet.heldBy(victim.identity).join()),
      takeOverMs,
    );
    // It sees its former members as well as ever, and AWS too.
    changeShops(fleet, 30);
    await shopsAre(fleet, 30);
    relay.speak();
    await until('it is back', () => (fleet.heldBy(victim.identity).length > 0 ? undefined : 'not yet'), 60_000);
    changeShops(fleet, 31);
    await shopsAre(fleet, 31);
    expect(fencing.report().violations).toEqual([]);
  }, 180_000);
});

/** The members that another one holds now. */
function moved(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly { readonly from: string; readonly to: string | undefined }[] {
  return [...before].map(([member, from]) => ({ from, to: after.get(member) })).filter(({ from, to }) => from !== to);
}

/** One that holds something, or so many. */
function holding(fleet: ChaosFleet, held: ReadonlyMap<string, string>, atLeast = 1): HubProcess {
  const replica = fleet.replicas.find(({ identity }) => [...held.values()].filter((holder) => holder === identity).length >= atLeast);
  if (!replica) throw new Error(`nobody holds ${atLeast}`);
  return replica;
}
