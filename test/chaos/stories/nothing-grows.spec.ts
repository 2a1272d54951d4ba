import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../fixtures/until.js';
import { untilQuiet } from '../checks/quiet.js';
import { ChaosFleet, neverInPassing } from '../fleet/chaos-fleet.js';
import type { Census } from '../fleet/hub-process.js';
import { endpointSlice, networkingVersion, service, serviceExport, targetGroupPolicy } from '../fleet/manifests.js';
import { addressesIn, exportShop, setPods, shopIs } from './shops.js';

/** One target group of each account goes in a round, and no more than ten may go without a person's word. */
const warmUp = 2;
const rounds = 5;
/** How many of each kind come and go in a round. */
const visitors = 10;
const kinds = 5;

/** To count takes seconds, in which nothing else is done. */
const patience = { LEASE_SECONDS: '15', MEMBER_PING_SECONDS: '15' } as const;

/** What may be more after these rounds than before: what was heard of each that is gone, and the events that the hub has told. */
const most = { handle: 6, files: 6, objects: rounds * (visitors * kinds + 100), heapKiB: 3072 } as const;

/** What there is more of than there may be. */
function grown(before: Census, after: Census): readonly string[] {
  const handles = Object.keys(after.handles).map((kind) => ({
    what: kind,
    more: (after.handles[kind] ?? 0) - (before.handles[kind] ?? 0),
    most: most.handle,
  }));
  const others = (['files', 'objects', 'heapKiB'] as const).map((what) => ({ what, more: after[what] - before[what], most: most[what] }));
  return [...handles, ...others].filter((each) => each.more > each.most).map(({ what, more }) => `${what}: ${more} more`);
}

describe('a fleet in which much comes and goes', () => {
  let fleet: ChaosFleet;

  beforeAll(async () => {
    fleet = await ChaosFleet.start({ members: 3, replicas: 1, isCounted: true, env: { ...neverInPassing, ...patience } });
    for (const member of [1, 2]) exportShop(fleet, member, 'shop', [`10.${member}.0.1`]);
    exportShop(fleet, 3, 'guest', ['10.3.0.1']);
    // Something of each kind stays: where nothing was left of many, a person would have to look.
    fleet.member(1).apply(targetGroupPolicy('team', 'stays', { kind: 'ServiceExport', name: 'nothing' }, 'path'));
    fleet.hubCluster.objects.apply(targetGroupPolicy('team', 'stays', { kind: 'ServiceExport', name: 'nothing' }, 'path'));
    for (const member of [1, 2]) await shopIs(fleet, member, 'shop', [`10.${member}.0.1`]);
    await leave('member-3');
  }, 60_000);

  afterAll(async () => {
    await fleet.stop();
  });

  async function leave(name: string): Promise<void> {
    await fleet.call('DELETE', `/api/v1/clusters/${name}?onDetach=Remove`);
    await until(`${name} is gone`, () => (fleet.memberCluster(name) ? 'not yet' : undefined));
  }

  /** A member joins by a name that nobody had, exports, and leaves with its target group; and by another one, only to look. */
  async function visit(round: number): Promise<void> {
    const [name, looker] = [`guest-${round}`, `guest-${round}-paused`];
    await fleet.register(fleet.member(3), { name });
    await fleet.stateIs(name, 'Synced');
    await until('it has its group', () => (addressesIn(fleet, 3, 'guest', name) ? undefined : 'not yet'));
    await leave(name);
    await fleet.register(fleet.member(3), { name: looker, paused: true });
    await fleet.stateIs(looker, 'Synced');
    await leave(looker);
  }

  /** Exports without a Service, Services, slices and policies of names that nobody had. */
  async function objects(round: number): Promise<void> {
    const names = Array.from({ length: visitors }, (_, i) => `visitor-${round}-${i}`);
    for (const name of names) {
      fleet.member(1).apply(serviceExport('default', `${name}-alone`, 'http'));
      fleet.member(1).apply(service('default', name));
      fleet.member(1).apply(endpointSlice('default', name, 1, [{ ip: `10.1.${round}.9`, state: 'ready' }]));
      fleet.member(1).apply(targetGroupPolicy('default', name, { kind: 'ServiceExport', name: `${name}-alone` }, 'path'));
      fleet.hubCluster.objects.apply(targetGroupPolicy('team', name, { kind: 'ServiceExport', name: 'shop' }, 'otherPath'));
    }
    exportShop(fleet, 2, `passer-${round}`, ['10.2.0.9']);
    await shopIs(fleet, 2, `passer-${round}`, ['10.2.0.9']);
    for (const name of names) {
      fleet.member(1).delete({ apiVersion: networkingVersion, kind: 'ServiceExport', namespace: 'default', name: `${name}-alone` });
      fleet.member(1).delete({ apiVersion: networkingVersion, kind: 'TargetGroupPolicy', namespace: 'default', name });
      fleet.member(1).delete({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name });
      fleet.member(1).delete({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: 'default', name: `${name}-1` });
      fleet.hubCluster.objects.delete({ apiVersion: networkingVersion, kind: 'TargetGroupPolicy', namespace: 'team', name });
    }
    fleet.member(2).delete({ apiVersion: networkingVersion, kind: 'ServiceExport', namespace: 'default', name: `passer-${round}` });
    fleet.member(2).delete({ apiVersion: 'v1', kind: 'Service', namespace: 'default', name: `passer-${round}` });
    fleet.member(2).delete({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: 'default', name: `passer-${round}-1` });
    await until('the group is gone', () => (addressesIn(fleet, 2, `passer-${round}`) ? 'not yet' : undefined));
  }

  /** Connections of all sorts end: to members and their watches, to Redis, of people who read, and of people who may not. */
  async function connections(round: number): Promise<void> {
    for (let i = 0; i < 2; i++) {
      await fleet.redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      fleet.member(1).cluster.cutConnections();
      fleet.member(2).cluster.endWatches();
      setPods(fleet, 1, 'shop', [`10.1.${round}.${i + 1}`]);
      setPods(fleet, 2, 'shop', [`10.2.${round}.${i + 1}`]);
      await shopIs(fleet, 1, 'shop', [`10.1.${round}.${i + 1}`]);
      await shopIs(fleet, 2, 'shop', [`10.2.${round}.${i + 1}`]);
    }
    for (const list of ['clusters', 'exports', 'policies', 'target-groups', 'events']) {
      await fleet.call('GET', `/api/v1/${list}`);
      const watching = new AbortController();
      await fetch(`${fleet.replica(1).url}/api/v1/${list}?watch=1`, {
        signal: watching.signal,
        headers: { authorization: `Bearer ${round}-${list}` },
      });
      watching.abort();
    }
  }

  async function play(from: number, to: number): Promise<void> {
    for (let round = from; round <= to; round++) {
      await Promise.all([visit(round), objects(round)]);
      await connections(round);
    }
    await untilQuiet(fleet, 400, 5000);
  }

  it('keeps nothing of it: no object, no timer, no socket, no metric and no row', async () => {
    await play(1, warmUp);
    const before = await fleet.replica(1).census();
    await play(warmUp + 1, warmUp + rounds);
    // What is under way for a moment is no growth; what is kept stays.
    await until('nothing is kept', async () => grown(before, await fleet.replica(1).census()).join('; ') || undefined);
    const metrics = await (await fetch(`${fleet.replica(1).url}/metrics`)).text();
    expect(metrics).not.toMatch(/cluster="guest-/);
    await until('what is there is shown, and nothing else', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups');
      const shown = body.items.map((row: { cluster: string; export: string }) => `${row.cluster} ${row.export}`).join();
      return shown === 'member-1 shop,member-2 shop' ? undefined : shown;
    });
  }, 120_000);
});
