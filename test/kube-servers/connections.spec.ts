import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FullFleet, quickToBelieve } from '../fixtures/full-fleet.js';
import type { KubeRoad } from '../fixtures/kube-road.js';
import { kubeServers } from '../fixtures/kube-servers.js';
import type { TestCluster } from '../fixtures/test-cluster.js';
import { networking, TestFleet, until } from '../fixtures/test-fleet.js';

/** What makes an object large, in a way that no compression takes back. */
const padding = (bytes: number) => ({ merge: { metadata: { annotations: { padding: randomBytes(bytes).toString('base64') } } } });

/** In the middle: of a page that is larger than everything else a connection begins with, and of an event that is larger than any other. */
const pagePadding = 30_000;
const middleOfPage = 90_000;
const eventPadding = 60_000;
const middleOfEvent = 30_000;

/** A kind, and the member whose objects of it are made so large that a page of it is cut. */
const kinds = {
  ServiceExport: { apiVersion: networking, kind: 'ServiceExport', member: 2, second: 'shop-2' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', member: 3, second: 'shop-2-1' },
  TargetGroupPolicy: { apiVersion: networking, kind: 'TargetGroupPolicy', member: 1, second: 'policy-2' },
} as const;

const cuts = [
  ['ServiceExport', 'reset'],
  ['ServiceExport', 'end'],
  ['EndpointSlice', 'reset'],
  ['TargetGroupPolicy', 'reset'],
] as const;

describe('a connection that breaks takes nothing away', () => {
  let fleet: TestFleet<TestCluster>;
  let full: FullFleet<TestCluster>;

  beforeAll(async () => {
    const layout = { members: 3, withUpstreamCrds: [2], withoutWatchCache: [3] };
    fleet = await TestFleet.over(kubeServers(), { ...layout, env: { ...quickToBelieve, UNREACHABLE_SECONDS: '1' } });
    full = await FullFleet.fill(fleet);
    for (const { apiVersion, kind, member } of Object.values(kinds)) {
      const { objects } = fleet.member(member);
      for (const { metadata } of await objects.list({ apiVersion, kind, namespace: 'default' })) {
        if (metadata.name !== 'kubernetes') await objects.patch({ apiVersion, kind, name: metadata.name }, padding(pagePadding));
      }
    }
    await fleet.settled();
  }, 120_000);

  beforeEach(() => {
    fleet.aws.calls.reset();
  });

  afterAll(async () => {
    await fleet.stop();
  }, 30_000);

  const expectHealed = async (member: number) => {
    await fleet.stateIs(member, 'Synced');
    await full.believe();
    expect(fleet.taken()).toEqual({});
    expect(full.lacking()).toBeUndefined();
    const { status } = await fleet.cluster(member);
    expect({ holds: status.holds, withheld: status.withheld }).toEqual({ holds: undefined, withheld: undefined });
  };

  it.each(cuts)(
    'in the middle of a page of %s, three times over, by a %s',
    async (kind, how) => {
      const { member } = kinds[kind];
      const { road } = fleet.member(member);
      const before = road.cutCount;
      road.cutAfter(middleOfPage, { times: 3, how });
      road.reset();
      await until('it was cut three times', async () => (road.cutCount === before + 3 ? undefined : `${road.cutCount - before} times`));
      expect(fleet.taken()).toEqual({});
      await expectHealed(member);
      await full.isFollowed(member);
    },
    60_000,
  );

  it.each(cuts)(
    'in the middle of an event about a %s, by a %s',
    async (kind, how) => {
      const { member, second, apiVersion } = kinds[kind];
      const { objects, road } = fleet.member(member);
      const before = road.cutCount;
      road.cutAfter(middleOfEvent, { how });
      await objects.patch({ apiVersion, kind, name: second }, padding(eventPadding));
      await until('it was cut', async () => (road.cutCount === before + 1 ? undefined : 'not yet'));
      await expectHealed(member);
      await full.isFollowed(member, 'shop-2');
    },
    60_000,
  );

  it('in the middle of an event about a new pod, which is registered all the same', async () => {
    const { objects, road } = fleet.member(3);
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', name: 'shop-3-1' };
    const endpoints = (ips: readonly string[]) => ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } }));
    const pods = full.pods(3, 'shop-3');
    const before = road.cutCount;
    road.cutAfter(middleOfEvent);
    await objects.patch(slice, { merge: { ...padding(eventPadding).merge, endpoints: endpoints([...pods, '10.3.3.9']) } });
    await until('it was cut', async () => (road.cutCount === before + 1 ? undefined : 'not yet'));
    await fleet.exported('shop-3', { 3: [...pods, '10.3.3.9'] });
    await full.believe();
    expect(fleet.aws.calls.byOperation()).toMatchObject({ RegisterTargets: 1 });
    expect(fleet.taken()).toEqual({});
    await objects.patch(slice, { merge: { endpoints: endpoints(pods) } });
    await fleet.exported('shop-3', { 3: pods });
    await fleet.settled();
  }, 60_000);

  it.each<[string, (road: KubeRoad) => void]>([
    ['is closed', (road) => road.close()],
    ['swallows everything', (road) => road.block()],
  ])(
    'when the road %s, and opens again',
    async (_, fault) => {
      const { road } = fleet.member(1);
      fault(road);
      await fleet.stateIs(1, 'Unreachable');
      await full.believe();
      expect(fleet.taken()).toEqual({});
      road.reopen();
      await expectHealed(1);
      await full.isFollowed(1);
    },
    60_000,
  );

  it('when it is half open: it is found out, and replaced', async () => {
    fleet.member(1).road.halfOpen();
    await full.isFollowed(1);
    await expectHealed(1);
  }, 60_000);
});
