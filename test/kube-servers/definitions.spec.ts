import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FullFleet, quickToBelieve } from '../fixtures/full-fleet.js';
import { kubeServers } from '../fixtures/kube-servers.js';
import type { Manifest, TestCluster } from '../fixtures/test-cluster.js';
import { exportManifests, networkingCrds, shown, TestFleet, until, upstreamCrds } from '../fixtures/test-fleet.js';

/** The kinds that a CRD of ours is behind, and that something would follow from if they were gone. */
const kinds = { ServiceExport: 'serviceexports', TargetGroupPolicy: 'targetgrouppolicies' } as const;
type Kind = keyof typeof kinds;

/** Which CRDs a member has. The policies that the groups follow are those of member-1. */
const members = { 1: networkingCrds(), 2: upstreamCrds(), 3: networkingCrds() } as const;
type Member = keyof typeof members;

describe('a CRD that is deleted under a live watch', () => {
  let fleet: TestFleet<TestCluster>;
  let full: FullFleet<TestCluster>;

  beforeAll(async () => {
    const layout = { members: 3, withUpstreamCrds: [2], withoutWatchCache: [3] };
    fleet = await TestFleet.over(kubeServers(), { ...layout, env: quickToBelieve });
    full = await FullFleet.fill(fleet);
  }, 120_000);

  beforeEach(() => {
    fleet.aws.calls.reset();
  });

  afterAll(async () => {
    await fleet.stop();
  }, 30_000);

  const nameOf = (kind: Kind) => `${kinds[kind]}.application-networking.k8s.aws`;

  const removeDefinition = async (member: Member, kind: Kind) => {
    await fleet
      .member(member)
      .objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: nameOf(kind) });
  };

  const restoreDefinition = async (member: Member, kind: Kind) => {
    await fleet.member(member).installDefinitions(members[member].filter(({ metadata }) => metadata.name === nameOf(kind)));
  };

  /** The objects of a kind in a member, as they were made. */
  const objectsOf = (member: Member, kind: Kind): readonly Manifest[] => {
    if (kind === 'TargetGroupPolicy') return full.policies();
    const all = full.exports.flatMap((name) => exportManifests('default', name, full.pods(member, name)));
    return all.filter((object) => object.kind === kind);
  };

  const holdIs = async (member: Member, kind: Kind) => {
    await until(`the hold of member-${member} is shown`, async () => {
      const { status } = await fleet.cluster(member);
      const hold = status.holds?.find((held: { reason: string }) => held.reason === `KindVanished.${kind}`);
      return hold ? undefined : shown(status.holds);
    });
  };

  const expectWhole = async () => {
    await full.believe();
    expect(fleet.taken()).toEqual({});
    expect(full.lacking()).toBeUndefined();
  };

  /** What stands in the API for whoever asks what is held back, and what they must say. */
  const acknowledgementOf = async (member: Member): Promise<string | undefined> => {
    const { body } = await fleet.call('GET', `/api/v1/clusters/member-${member}`);
    return body.status.withheld?.acknowledgementId;
  };

  const restoreObjects = async (member: Member, kind: Kind) => {
    for (const object of objectsOf(member, kind)) await fleet.member(member).objects.apply(object);
  };

  const nothingIsHeld = async (member: Member) => {
    await until('nothing is held any more', async () => {
      const { status } = await fleet.cluster(member);
      return status.holds === undefined && status.withheld === undefined ? undefined : shown(status);
    });
  };

  const cases: readonly (readonly [Member, Kind])[] = [
    [1, 'TargetGroupPolicy'],
    [2, 'ServiceExport'],
    [3, 'ServiceExport'],
  ];

  it.each(cases)(
    'takes nothing away, is shown as a hold, and leaves no trace when it is restored with its objects: member-%i, %s',
    async (member, kind) => {
      const before = fleet.groups(member).map(({ arn }) => arn);
      await removeDefinition(member, kind);
      await holdIs(member, kind);
      await expectWhole();
      expect(await fleet.condition(member, 'Synced')).toMatchObject({ status: 'False' });
      await restoreDefinition(member, kind);
      await restoreObjects(member, kind);
      await fleet.stateIs(member, 'Synced');
      await nothingIsHeld(member);
      await expectWhole();
      expect(fleet.groups(member).map(({ arn }) => arn)).toEqual(before);
      await full.isFollowed(member);
    },
    60_000,
  );

  it('is held when it comes back empty, and not any more when its objects have come one by one', async () => {
    await removeDefinition(1, 'ServiceExport');
    await holdIs(1, 'ServiceExport');
    await restoreDefinition(1, 'ServiceExport');
    await fleet.stateIs(1, 'Synced');
    await expectWhole();
    await holdIs(1, 'ServiceExport');
    await restoreObjects(1, 'ServiceExport');
    await nothingIsHeld(1);
    await expectWhole();
    await full.isFollowed(1);
  }, 60_000);

  it('holds the policies in every cluster while the CRD comes back empty, until a person acknowledges it', async () => {
    await removeDefinition(1, 'TargetGroupPolicy');
    await holdIs(1, 'TargetGroupPolicy');
    await restoreDefinition(1, 'TargetGroupPolicy');
    await fleet.stateIs(1, 'Synced');
    await expectWhole();
    await holdIs(1, 'TargetGroupPolicy');
    expect(await acknowledgementOf(1)).toMatch(/^[0-9a-f]{16}$/);
    expect((await fleet.cluster(1)).status.holds[0].message).toContain('missing: TargetGroupPolicy default/');
    await fleet.acknowledge(1);
    await until('every path is the default', async () => {
      const paths = [1, 2, 3].flatMap((member) => fleet.groups(member).map((group) => group.healthCheck?.path));
      return paths.every((path) => path === '/') ? undefined : paths.join();
    });
    await fleet.settled();
    expect(fleet.taken()).toEqual({ UpdateTargetGroup: 15 });
  }, 60_000);

  it.each([2, 3] as const)(
    'holds the groups of member-%i while the CRD comes back empty, and lets them go when a person acknowledges it',
    async (member) => {
      await removeDefinition(member, 'ServiceExport');
      await holdIs(member, 'ServiceExport');
      await restoreDefinition(member, 'ServiceExport');
      await fleet.stateIs(member, 'Synced');
      await full.believe();
      expect(fleet.taken()).toEqual({});
      expect(fleet.groups(member).map(({ targets }) => targets.length)).toEqual([2, 2, 2, 2, 2]);
      await holdIs(member, 'ServiceExport');
      const { status } = await fleet.cluster(member);
      // Nobody acknowledges blindly: what would go is named.
      expect(status.withheld).toMatchObject({ acknowledgementId: expect.stringMatching(/^[0-9a-f]{16}$/), count: 5 });
      expect(status.withheld.items.map(({ targetGroup }: { targetGroup: string }) => targetGroup)).toEqual(
        fleet
          .groups(member)
          .map(({ name }) => name)
          .toSorted(),
      );
      expect(status.holds[0].message).toContain('missing: ServiceExport ');
      await fleet.acknowledge(member);
      await until('the groups go', async () => (fleet.groups(member).length === 0 ? undefined : `${fleet.groups(member).length} groups`));
      expect(fleet.groups(1)).toHaveLength(5);
    },
    60_000,
  );
});
