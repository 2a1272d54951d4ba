import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { crdYaml } from '@hub/api';
import { KubeSimulator, type FaultRule } from '@hub/kube-simulator';
import { FullFleet, quickToBelieve } from '../fixtures/full-fleet.js';
import { SimulatedCluster } from '../fixtures/simulated-cluster.js';
import {
  exportManifests,
  manifests,
  networking,
  networkingCrds,
  policyManifest,
  shown,
  TestFleet,
  until,
  type Manifest,
} from '../fixtures/test-fleet.js';

const kinds = {
  serviceexports: 'ServiceExport',
  services: 'Service',
  endpointslices: 'EndpointSlice',
  targetgrouppolicies: 'TargetGroupPolicy',
} as const;

const startFull = async () => FullFleet.fill(await TestFleet.start({ members: 2, env: quickToBelieve }));

/** Makes the hub read member-1 anew under a fault, for long enough to believe it. */
async function readUnder(full: FullFleet<SimulatedCluster>, fault: FaultRule): Promise<void> {
  const { simulator } = full.fleet.member(1);
  const before = simulator.requests.count({ verb: 'list' });
  simulator.faults.inject(fault);
  simulator.cutConnections();
  await until('it was asked for', async () => (simulator.requests.count({ verb: 'list' }) > before ? undefined : 'no LIST'));
  await full.believe();
}

describe.each(Object.entries(kinds))('law 1, unknown is not empty: a LIST of %s', (resource, kind) => {
  let full: FullFleet<SimulatedCluster>;

  beforeAll(async () => {
    full = await startFull();
  }, 60_000);

  afterAll(async () => {
    await full.fleet.stop();
  });

  // One that fails must not be the reason why the others do.
  afterEach(() => {
    full.fleet.member(1).simulator.faults.clear();
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
      await readUnder(full, { verb: 'list', resource, ...fault });
      expect(fleet.taken()).toEqual({});
      if (what === 'is empty') {
        await until('the hold is shown', async () =>
          (await fleet.cluster(1))?.status?.holds?.[0]?.reason === `KindEmptied.${kind}`
            ? undefined
            : shown((await fleet.cluster(1))?.status?.holds),
        );
      } else {
        await until('it is not called Synced', async () => ((await fleet.cluster(1)).status.state === 'Synced' ? 'it is' : undefined));
      }
      fleet.member(1).simulator.faults.clear();
      fleet.member(1).simulator.cutConnections();
      await fleet.stateIs(1, 'Synced');
      await full.isWhole();
      await fleet.settled();
      expect(fleet.taken()).toEqual({});
      // What is whole again holds nothing back any more.
      await until('no hold', async () =>
        (await fleet.cluster(1))?.status?.holds === undefined ? undefined : shown((await fleet.cluster(1))?.status?.holds),
      );
    },
    60_000,
  );
});

describe('law 1, unknown is not empty', () => {
  let fleet: TestFleet;
  let full: FullFleet<SimulatedCluster>;

  beforeEach(async () => {
    full = await startFull();
    fleet = full.fleet;
  }, 60_000);

  afterEach(async () => {
    await fleet.stop();
  }, 30_000);

  it.each(['serviceexports', 'targetgrouppolicies'])(
    'takes nothing away when the CRD %s is deleted under a live watch, whatever DELETED events come',
    async (plural) => {
      const name = `${plural}.application-networking.k8s.aws`;
      await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
      await until('the hold is shown', async () => {
        const hold = (await fleet.cluster(1))?.status?.holds?.[0];
        return hold?.reason?.startsWith('KindVanished') ? undefined : shown(hold);
      });
      await fleet.settled();
      expect(fleet.taken()).toEqual({});
      // It comes back empty, as an honest server would have it: that is still nobody's word about the exports.
      await fleet.member(1).installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name));
      await fleet.stateIs(1, 'Synced');
      await full.believe();
      expect(fleet.taken()).toEqual({});
      await fleet.acknowledge(1);
      await until('what a person acknowledged goes', async () => {
        if (plural === 'serviceexports') return fleet.groups(1).length === 0 ? undefined : `${fleet.groups(1).length} groups`;
        const paths = [1, 2].flatMap((member) => fleet.groups(member).map((group) => group.healthCheck?.path));
        return paths.every((path) => path === '/') ? undefined : paths.join();
      });
    },
    60_000,
  );

  it('does not take a person’s word for what came to be held after it was given', async () => {
    const name = 'serviceexports.application-networking.k8s.aws';
    await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
    const reasons = async () => ((await fleet.cluster(1))?.status?.holds ?? []).map((hold: { reason: string }) => hold.reason).toSorted();
    await until('the hold is shown', async () =>
      (await reasons()).join() === 'KindVanished.ServiceExport' ? undefined : shown(await reasons()),
    );
    await fleet.settled();
    await fleet.member(1).installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name));
    await fleet.stateIs(1, 'Synced');
    await full.believe();
    const { simulator } = fleet.hubCluster;
    const asked = () => simulator.requests.count({ resource: 'configmaps' });
    const before = asked();
    simulator.faults.inject({ resource: 'configmaps', effect: { kind: 'slow', delayMs: 3000 } });
    await fleet.acknowledge(1);
    await until('the word is being written down', async () => (asked() > before ? undefined : 'not yet'));
    fleet.member(1).simulator.faults.inject({ verb: 'list', resource: 'endpointslices', effect: { kind: 'empty-list' } });
    fleet.member(1).simulator.cutConnections();
    await until('more is held', async () => ((await reasons()).includes('KindEmptied.EndpointSlice') ? undefined : shown(await reasons())));
    simulator.faults.clear();
    await until('the word was written down', async () => {
      const ledger = await fleet.hubCluster.objects.find({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'lattice-hub',
        name: `lattice-hub-deletions-${fleet.placeOf(1).accountId}`,
      });
      return ledger?.data.ledger.includes('"acknowledged":[{') ? undefined : shown(ledger?.data);
    });
    await full.believe();
    expect(await reasons()).toEqual(expect.arrayContaining(['KindEmptied.EndpointSlice', 'KindVanished.ServiceExport']));
    expect(fleet.taken()).toEqual({});
  }, 60_000);

  it('takes nothing away of a cluster that was restored from a backup, until a person acknowledges it', async () => {
    const backup = fleet.member(1).simulator.checkpoint();
    for (let i = 6; i <= 8; i++) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await fleet.setPods(1, 'shop-1', ['10.1.1.1', '10.1.1.2', '10.1.1.3']);
    await fleet.member(1).objects.apply(policyManifest('late', 'shop-6', '/late'));
    await until('the newer exports are there', async () => {
      const isThere =
        fleet.groups(1).length === 8 && fleet.group(1, 'shop-6')?.healthCheck?.path === '/late' && fleet.targets(1, 'shop-1').length === 3;
      return isThere ? undefined : `${fleet.groups(1).length} groups`;
    });
    await fleet.settled();
    fleet.aws.calls.reset();
    fleet.member(1).simulator.restore(backup);
    fleet.member(1).simulator.cutConnections();
    await until('the hold is shown', async () => {
      const hold = (await fleet.cluster(1))?.status?.holds?.[0];
      return hold?.reason === 'ClusterRestored' ? undefined : shown(hold);
    });
    await full.believe();
    expect(fleet.taken()).toEqual({});
    expect(await fleet.condition(1, 'Synced')).toMatchObject({ reason: 'ClusterRestored' });
    await fleet.acknowledge(1);
    await until('the newer exports go', async () => (fleet.groups(1).length === 5 ? undefined : `${fleet.groups(1).length} groups`));
    expect(fleet.targets(1, 'shop-1')).toEqual(['10.1.1.1', '10.1.1.2']);
  }, 60_000);

  it('takes nothing away for a CRD that was replaced in a moment, with all that there was', async () => {
    const name = 'serviceexports.application-networking.k8s.aws';
    await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
    await until('it is made anew', async () =>
      fleet
        .member(1)
        .installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name))
        .then(() => undefined, String),
    );
    await full.believe();
    expect(fleet.taken()).toEqual({});
    await until('the hold is shown', async () => {
      const holds = (await fleet.cluster(1))?.status?.holds;
      // By the events, or by a LIST without any, whichever is heard first.
      return holds?.some((hold: { reason: string }) => /^Kind(Vanished|Emptied)\.ServiceExport$/.test(hold.reason))
        ? undefined
        : shown(holds);
    });
  }, 60_000);

  it.each(['no hub ran', 'the member could not be reached'])(
    'takes nothing away for a CRD that was replaced and came back with a part while %s',
    async (when) => {
      const name = 'serviceexports.application-networking.k8s.aws';
      const { simulator } = fleet.member(1);
      if (when === 'no hub ran') await fleet.stopHub();
      else {
        await fleet.member(1).kill();
        await until('it is noticed', async () => ((await fleet.cluster(1)).status.state === 'Synced' ? 'not yet' : undefined));
      }
      simulator.objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
      await until('it is made anew', async () =>
        simulator.installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name)).then(() => undefined, String),
      );
      for (const shop of ['shop-1', 'shop-2']) await fleet.export(1, shop, full.pods(1, shop));
      if (when === 'no hub ran') await fleet.startHub();
      else await fleet.member(1).restart();
      await fleet.stateIs(1, 'Synced');
      await full.believe();
      await full.believe();
      expect(fleet.taken()).toEqual({});
      expect((await fleet.cluster(1))?.status?.holds?.[0]).toMatchObject({
        reason: 'KindVanished.ServiceExport',
        message: expect.stringContaining('was deleted and made anew'),
      });
      await fleet.acknowledge(1);
      await until('what a person acknowledged goes', async () =>
        fleet.groups(1).length === 2 ? undefined : `${fleet.groups(1).length} groups`,
      );
    },
    60_000,
  );

  it('takes nothing away for a CRD that vanished and came back with a part, though the hub was started anew', async () => {
    const name = 'serviceexports.application-networking.k8s.aws';
    await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
    await until('the hold is shown', async () => {
      const hold = (await fleet.cluster(1))?.status?.holds?.[0];
      return hold?.reason?.startsWith('KindVanished') ? undefined : shown(hold);
    });
    await fleet.member(1).installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === name));
    await fleet.export(1, 'shop-1', full.pods(1, 'shop-1'));
    await fleet.stateIs(1, 'Synced');
    await full.believe();
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.stateIs(1, 'Synced');
    await full.believe();
    expect(fleet.taken()).toEqual({});
    expect((await fleet.cluster(1))?.status?.holds?.[0]?.reason).toBe('KindVanished.ServiceExport');
    await fleet.acknowledge(1);
    await until('what a person acknowledged goes', async () =>
      fleet.groups(1).length === 1 ? undefined : `${fleet.groups(1).length} groups`,
    );
  }, 60_000);

  it('takes nothing away where another cluster answers over the same connection', async () => {
    const { simulator } = fleet.member(1);
    const stranger = await SimulatedCluster.start('stranger');
    try {
      await stranger.installDefinitions(networkingCrds());
      const rbac = readFileSync('deploy/rbac/member.yaml', 'utf8');
      for (const object of [...manifests(rbac), ...exportManifests('default', 'shop-1', full.pods(1, 'shop-1'))])
        await stranger.objects.apply(object);
      // As much has happened there, so that no resourceVersion tells them apart.
      stranger.simulator.advanceResourceVersion(Number(simulator.resourceVersion) + 1000);
      simulator.restore(stranger.simulator.checkpoint());
      await until('it is stopped', async () =>
        (await fleet.condition(1, 'Synced'))?.reason === 'IdentityChanged' ? undefined : shown(await fleet.condition(1, 'Synced')),
      );
      await full.believe();
      expect(fleet.taken()).toEqual({});
    } finally {
      await stranger.stop();
    }
  }, 60_000);

  // --- the other side: what a person did take away goes ------------------------------------------------------------------------------------

  it('deletes the group of an export that was deleted while the hub was down, within two passes', async () => {
    await fleet.stopHub();
    await fleet.deleteExport(1, 'shop-3');
    await fleet.startHub();
    await until('the group is gone', async () => (fleet.group(1, 'shop-3') === undefined ? undefined : 'there still'));
    expect(fleet.groups(1)).toHaveLength(4);
    expect(fleet.groups(2)).toHaveLength(5);
  }, 60_000);

  it('deletes the group of an export that is deleted under its eyes, at once', async () => {
    await fleet.deleteExport(1, 'shop-3');
    await until('the group is gone', async () => (fleet.group(1, 'shop-3') === undefined ? undefined : 'there still'));
    expect(fleet.groups(1)).toHaveLength(4);
  });

  it('deletes the group of an export that is deleted while others come and go without end', async () => {
    const busy: Manifest = { apiVersion: networking, kind: 'ServiceExport', metadata: { namespace: 'default', name: 'busy' } };
    const churn = setInterval(() => {
      void fleet.member(1).objects.apply(busy);
      void fleet.deleteExport(1, 'busy');
    }, 50);
    try {
      await fleet.deleteExport(1, 'shop-3');
      await until('the group is gone', async () => (fleet.group(1, 'shop-3') === undefined ? undefined : 'there still'), 8000);
    } finally {
      clearInterval(churn);
    }
  }, 30_000);

  it('deregisters the targets of a Service that is scaled to zero, at once', async () => {
    await fleet.setPods(1, 'shop-3', []);
    await until('the targets are gone', async () =>
      fleet.targets(1, 'shop-3').length === 0 ? undefined : fleet.targets(1, 'shop-3').join(),
    );
    expect(fleet.group(1, 'shop-3')?.status).toBe('ACTIVE');
  });

  /** Ends fifteen exports, ten of which may go. */
  async function spendBudget(): Promise<void> {
    for (let i = 6; i <= 15; i++) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await until('fifteen groups', async () => (fleet.groups(1).length === 15 ? undefined : `${fleet.groups(1).length}`));
    await fleet.settled();
    for (let i = 1; i <= 15; i++) await fleet.deleteExport(1, `shop-${i}`);
    await until('the budget is spent', async () => {
      const withheld = (await fleet.cluster(1))?.status?.withheld;
      return fleet.groups(1).length === 5 && withheld?.items?.some((item: { reason: string }) => item.reason === 'DeletionBudget')
        ? undefined
        : `${fleet.groups(1).length} ${shown(withheld)}`;
    });
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(5);
  }

  it('stops at the deletion budget, says so, and goes on when a person acknowledges it', async () => {
    await spendBudget();
    // What may not go is not emptied either.
    expect(fleet.groups(1).map((group) => group.targets.length > 0)).toEqual([true, true, true, true, true]);
    await fleet.acknowledge(1);
    await until('the rest goes', async () => (fleet.groups(1).length === 0 ? undefined : `${fleet.groups(1).length} groups`));
  }, 60_000);

  it('heeds a person’s word that was given while no hub ran, once it knows again what it is about', async () => {
    await spendBudget();
    const id = (await fleet.cluster(1))?.status?.withheld?.acknowledgementId as string;
    await fleet.stopHub();
    fleet.hubCluster.simulator.objects.patch(
      { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-1' },
      { merge: { metadata: { annotations: { 'lattice-hub.io/acknowledge': id } } } },
    );
    await fleet.startHub();
    await until('the rest goes', async () => (fleet.groups(1).length === 0 ? undefined : `${fleet.groups(1).length} groups`));
    expect((await fleet.cluster(1))?.metadata.annotations['lattice-hub.io/acknowledge']).toBe(id);
  }, 60_000);

  it('believes nothing of another cluster that answers in the place of the hub cluster', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop-1', '/central'));
    await until('it holds', async () => (fleet.group(2, 'shop-1')?.healthCheck?.path === '/central' ? undefined : 'not yet'));
    await fleet.settled();
    fleet.aws.calls.reset();
    const { simulator } = fleet.hubCluster;
    const newest = Number(simulator.resourceVersion);
    const stranger = await KubeSimulator.start({ name: 'stranger' });
    try {
      await stranger.installDefinitions(Object.values(crdYaml).flatMap(manifests));
      for (const object of manifests(readFileSync('deploy/rbac/hub.yaml', 'utf8'))) stranger.objects.apply(object);
      // As much has happened there, so that no resourceVersion tells them apart.
      stranger.advanceResourceVersion(newest + 1000);
      simulator.restore(stranger.checkpoint());
      simulator.cutConnections();
      await full.believe();
      await full.believe();
      expect(fleet.taken()).toEqual({});
      expect(fleet.hub?.fleet.hub.session.facts().problem).toMatchObject({ reason: 'IdentityChanged' });
      expect([...(fleet.hub?.fleet.heldMembers() ?? [])]).toHaveLength(2);
    } finally {
      await stranger.stop();
    }
  }, 60_000);

  it('keeps the policy of a hub cluster whose CRD is deleted', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop-1', '/central'));
    await until('it holds', async () => (fleet.group(2, 'shop-1')?.healthCheck?.path === '/central' ? undefined : 'not yet'));
    await fleet.settled();
    fleet.aws.calls.reset();
    await fleet.hubCluster.objects.delete({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'targetgrouppolicies.application-networking.k8s.aws',
    });
    await full.believe();
    expect(fleet.taken()).toEqual({});
    const snapshots = await fleet.hubCluster.objects.list({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberSnapshot' });
    expect(snapshots.length).toBeGreaterThan(0);
  }, 60_000);
});
