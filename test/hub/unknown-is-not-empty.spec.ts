import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '@hub/kube-simulator';
import { networkingCrds, policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

/** What AWS heard that takes something away, or sets a health check. */
const taking = /^(Delete|Deregister|Update)/;

const kinds = {
  serviceexports: 'ServiceExport',
  services: 'Service',
  endpointslices: 'EndpointSlice',
  targetgrouppolicies: 'TargetGroupPolicy',
} as const;

/** The same rules with shorter waits, so that many cases fit into a minute. */
const env = { ABSENCE_CONFIRMATION_SECONDS: '0.4', DELETION_QUIET_SECONDS: '0.2', DELETION_EMPTIED_SECONDS: '0.4' };
/** Long enough for two LISTs so far apart, and for what would follow from them. */
const believedMs = 1300;

/** Two members with five exports each, every one with two pods, and a policy of member-1 for every export. */
class FullFleet {
  private constructor(readonly fleet: TestFleet) {}

  static async start(): Promise<FullFleet> {
    const full = new FullFleet(await TestFleet.start({ members: 2, env }));
    const { fleet } = full;
    await fleet.startHub();
    await fleet.registerAll();
    for (let i = 1; i <= 5; i++) {
      fleet.member(1).objects.apply(policyManifest(`policy-${i}`, `shop-${i}`, `/health-${i}`));
      for (const member of [1, 2]) fleet.export(member, `shop-${i}`, [`10.${member}.${i}.1`, `10.${member}.${i}.2`]);
    }
    await full.isWhole();
    await fleet.settled();
    fleet.aws.calls.reset();
    return full;
  }

  /** Everything is there as it was made. */
  async isWhole(): Promise<void> {
    await until('everything is there', async () => {
      for (const member of [1, 2]) {
        for (let i = 1; i <= 5; i++) {
          const group = this.fleet.group(member, `shop-${i}`);
          if (group?.targets.length !== 2) return `member-${member} shop-${i}: ${group?.targets.length} targets`;
          if (group.healthCheck?.path !== `/health-${i}`) return `member-${member} shop-${i}: ${group.healthCheck?.path}`;
        }
      }
      return undefined;
    });
  }

  /** What was taken away, or set. */
  taken(): readonly [string, number][] {
    return Object.entries(this.fleet.aws.calls.byOperation()).filter(([operation]) => taking.test(operation));
  }

  /** Time in which whatever could be believed would have been. */
  async believe(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, believedMs));
    await this.fleet.settled();
  }

  /** Makes the hub read member-1 anew under a fault, for long enough to believe it. */
  async readUnder(fault: FaultRule): Promise<void> {
    const member = this.fleet.member(1);
    const before = member.requests.count({ verb: 'list' });
    member.faults.inject(fault);
    member.cutConnections();
    await until('it was asked for', async () => (member.requests.count({ verb: 'list' }) > before ? undefined : 'no LIST'));
    await this.believe();
  }
}

describe.each(Object.entries(kinds))('law 1, unknown is not empty: a LIST of %s', (resource, kind) => {
  let full: FullFleet;

  beforeAll(async () => {
    full = await FullFleet.start();
  }, 60_000);

  afterAll(async () => {
    await full.fleet.stop();
  });

  it.each<[string, Omit<FaultRule, 'verb' | 'resource'>]>([
    ['is empty', { effect: { kind: 'empty-list' } }],
    ['is cut off', { effect: { kind: 'truncated-list' } }],
    ['leads on to a page that is gone', { effect: { kind: 'lost-continue' } }],
    ['is forbidden', { effect: { kind: 'status', code: 403 } }],
    ['fails', { effect: { kind: 'status', code: 500 } }],
    ['is never answered', { effect: { kind: 'hang' } }],
  ])(
    'takes nothing away when it %s',
    async (what, fault) => {
      const { fleet } = full;
      await full.readUnder({ verb: 'list', resource, ...fault });
      expect(full.taken()).toEqual([]);
      if (what === 'is empty') {
        await until('the hold is shown', async () =>
          fleet.cluster(1)?.status?.holds?.[0]?.reason === `KindEmptied.${kind}` ? undefined : shown(fleet.cluster(1)?.status?.holds),
        );
      } else {
        await until('it is not called Synced', async () => (fleet.cluster(1).status.state === 'Synced' ? 'it is' : undefined));
      }
      fleet.member(1).faults.clear();
      fleet.member(1).cutConnections();
      await fleet.stateIs(1, 'Synced');
      await full.isWhole();
      await fleet.settled();
      expect(full.taken()).toEqual([]);
      // What is whole again holds nothing back any more.
      await until('no hold', async () =>
        fleet.cluster(1)?.status?.holds === undefined ? undefined : shown(fleet.cluster(1)?.status?.holds),
      );
    },
    60_000,
  );
});

describe('law 1, unknown is not empty', () => {
  let fleet: TestFleet;
  let full: FullFleet;

  beforeEach(async () => {
    full = await FullFleet.start();
    fleet = full.fleet;
  }, 60_000);

  afterEach(async () => {
    await fleet.stop();
  }, 30_000);

  const taken = () => full.taken();

  it.each(['serviceexports', 'targetgrouppolicies'])(
    'takes nothing away when the CRD %s is deleted under a live watch, whatever DELETED events come',
    async (plural) => {
      const name = `${plural}.application-networking.k8s.aws`;
      fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
      await until('the hold is shown', async () => {
        const hold = fleet.cluster(1)?.status?.holds?.[0];
        return hold?.reason?.startsWith('KindVanished') ? undefined : shown(hold);
      });
      await fleet.settled();
      expect(taken()).toEqual([]);
      // It comes back empty, as an honest server would have it: that is still nobody's word about the exports.
      await fleet.member(1).installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name));
      await fleet.stateIs(1, 'Synced');
      await full.believe();
      expect(taken()).toEqual([]);
      await fleet.acknowledge(1);
      await until('what a person acknowledged goes', async () => {
        if (plural === 'serviceexports') return fleet.groups(1).length === 0 ? undefined : `${fleet.groups(1).length} groups`;
        const paths = [1, 2].flatMap((member) => fleet.groups(member).map((group) => group.healthCheck?.path));
        return paths.every((path) => path === '/') ? undefined : paths.join();
      });
    },
    60_000,
  );

  it('takes nothing away of a cluster that was restored from a backup, until a person acknowledges it', async () => {
    const backup = fleet.member(1).checkpoint();
    for (let i = 6; i <= 8; i++) fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    fleet.setPods(1, 'shop-1', ['10.1.1.1', '10.1.1.2', '10.1.1.3']);
    fleet.member(1).objects.apply(policyManifest('late', 'shop-6', '/late'));
    await until('the newer exports are there', async () => {
      const isThere =
        fleet.groups(1).length === 8 && fleet.group(1, 'shop-6')?.healthCheck?.path === '/late' && fleet.targets(1, 'shop-1').length === 3;
      return isThere ? undefined : `${fleet.groups(1).length} groups`;
    });
    await fleet.settled();
    fleet.aws.calls.reset();
    fleet.member(1).restore(backup);
    fleet.member(1).cutConnections();
    await until('the hold is shown', async () => {
      const hold = fleet.cluster(1)?.status?.holds?.[0];
      return hold?.reason === 'ClusterRestored' ? undefined : shown(hold);
    });
    await full.believe();
    expect(taken()).toEqual([]);
    expect(fleet.condition(1, 'Synced')).toMatchObject({ reason: 'ClusterRestored' });
    await fleet.acknowledge(1);
    await until('the newer exports go', async () => (fleet.groups(1).length === 5 ? undefined : `${fleet.groups(1).length} groups`));
    expect(fleet.targets(1, 'shop-1')).toEqual(['10.1.1.1', '10.1.1.2']);
  }, 60_000);

  // --- the other side: what a person did take away goes ------------------------------------------------------------------------------------

  it('deletes the group of an export that was deleted while the hub was down, within two passes', async () => {
    await fleet.stopHub();
    fleet.deleteExport(1, 'shop-3');
    await fleet.startHub();
    await until('the group is gone', async () => (fleet.group(1, 'shop-3') === undefined ? undefined : 'there still'));
    expect(fleet.groups(1)).toHaveLength(4);
    expect(fleet.groups(2)).toHaveLength(5);
  }, 60_000);

  it('deletes the group of an export that is deleted under its eyes, at once', async () => {
    fleet.deleteExport(1, 'shop-3');
    await until('the group is gone', async () => (fleet.group(1, 'shop-3') === undefined ? undefined : 'there still'));
    expect(fleet.groups(1)).toHaveLength(4);
  });

  it('deregisters the targets of a Service that is scaled to zero, at once', async () => {
    fleet.setPods(1, 'shop-3', []);
    await until('the targets are gone', async () =>
      fleet.targets(1, 'shop-3').length === 0 ? undefined : fleet.targets(1, 'shop-3').join(),
    );
    expect(fleet.group(1, 'shop-3')?.status).toBe('ACTIVE');
  });

  it('stops at the deletion budget, says so, and goes on when a person acknowledges it', async () => {
    for (let i = 6; i <= 15; i++) fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await until('fifteen groups', async () => (fleet.groups(1).length === 15 ? undefined : `${fleet.groups(1).length}`));
    await fleet.settled();
    for (let i = 1; i <= 15; i++) fleet.deleteExport(1, `shop-${i}`);
    await until('the budget is spent', async () => {
      const withheld = fleet.cluster(1)?.status?.withheld;
      return fleet.groups(1).length === 5 && withheld?.items?.some((item: { reason: string }) => item.reason === 'DeletionBudget')
        ? undefined
        : `${fleet.groups(1).length} ${shown(withheld)}`;
    });
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(5);
    await fleet.acknowledge(1);
    await until('the rest goes', async () => (fleet.groups(1).length === 0 ? undefined : `${fleet.groups(1).length} groups`));
  }, 60_000);

  it('keeps the policy of a hub cluster whose CRD is deleted', async () => {
    fleet.hubCluster.objects.apply(policyManifest('central', 'shop-1', '/central'));
    await until('it holds', async () => (fleet.group(2, 'shop-1')?.healthCheck?.path === '/central' ? undefined : 'not yet'));
    await fleet.settled();
    fleet.aws.calls.reset();
    fleet.hubCluster.objects.delete({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'targetgrouppolicies.application-networking.k8s.aws',
    });
    await full.believe();
    expect(taken()).toEqual([]);
    expect(fleet.hubCluster.objects.list({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberSnapshot' }).length).toBeGreaterThan(0);
  }, 60_000);
});
