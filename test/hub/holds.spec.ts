import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FullFleet, quickToBelieve } from '../fixtures/full-fleet.js';
import type { SimulatedCluster } from '../fixtures/simulated-cluster.js';
import { networking, networkingCrds, policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

const memberCluster = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-1' } as const;
const exportCrd = 'serviceexports.application-networking.k8s.aws';
const hubUser = 'system:serviceaccount:lattice-hub:lattice-hub';
const writing = ['create', 'update', 'patch', 'delete'];

describe('a person’s word on what the deletion budget holds back', () => {
  let fleet: TestFleet;
  const numbers = Array.from({ length: 15 }, (_, i) => i + 1);

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 1, env: quickToBelieve });
    await fleet.startHub();
    await fleet.registerAll();
  }, 60_000);

  afterEach(async () => {
    await fleet.stop();
  }, 30_000);

  const groupsAre = (count: number) =>
    until(`${count} groups`, async () => (fleet.groups(1).length === count ? undefined : `${fleet.groups(1).length}`));

  /** Makes fifteen exports and ends them: ten go, and the same five each time are held back. */
  async function endFifteen(): Promise<void> {
    for (const i of numbers) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await groupsAre(15);
    await fleet.settled();
    for (const i of numbers.slice(0, 10)) await fleet.deleteExport(1, `shop-${i}`);
    await groupsAre(5);
    for (const i of numbers.slice(10)) await fleet.deleteExport(1, `shop-${i}`);
    await until('five are held back', async () => {
      const { withheld } = (await fleet.cluster(1)).status;
      return withheld?.items?.length === 5 && withheld.acknowledgementId !== undefined ? undefined : shown(withheld);
    });
    await fleet.settled();
  }

  const ledger = async () => {
    const name = `lattice-hub-deletions-${fleet.placeOf(1).accountId}`;
    const object = await fleet.hubCluster.objects.find({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'lattice-hub', name });
    return JSON.parse(object?.data.ledger ?? '{}') as {
      readonly acknowledged: readonly { readonly arns: readonly string[] }[];
      readonly entries: readonly object[];
    };
  };

  it('counts once: it stays on the object, and the same that comes to be held back anew waits for another one', async () => {
    await endFifteen();
    await fleet.acknowledge(1);
    await groupsAre(0);
    const { annotations } = (await fleet.cluster(1)).metadata;
    await endFifteen();
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(5);
    expect((await fleet.cluster(1)).metadata.annotations).toEqual(annotations);
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.stateIs(1, 'Synced');
    await until('it is asked for again', async () => ((await fleet.cluster(1)).status.withheld?.acknowledgementId ? undefined : 'not yet'));
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(5);
    await fleet.acknowledge(1);
    await groupsAre(0);
  }, 90_000);

  it('is over for a group that is wanted again before it went', async () => {
    await endFifteen();
    const fault = fleet.aws.faults.inject({ operations: ['DeleteTargetGroup'], effect: { kind: 'accessDenied' } });
    await fleet.acknowledge(1);
    await until('it is written down', async () =>
      (await ledger()).acknowledged[0]?.arns.length === 5 ? undefined : shown(await ledger()),
    );
    for (const i of numbers.slice(10)) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await until('it is over', async () => ((await ledger()).acknowledged.length === 0 ? undefined : shown(await ledger())), 30_000);
    fault.remove();
    await fleet.exported('shop-15', { 1: ['10.1.15.1'] });
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(5);
    for (const i of numbers.slice(10)) await fleet.deleteExport(1, `shop-${i}`);
    await groupsAre(0);
    expect((await ledger()).entries).toHaveLength(5);
  }, 60_000);
});

describe('what is held of the hub cluster itself', () => {
  let fleet: TestFleet;
  const numbers = [1, 2, 3, 4, 5];
  const policies = { apiVersion: networking, kind: 'TargetGroupPolicy' } as const;

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 1, env: quickToBelieve });
    await fleet.startHub();
    await fleet.registerAll();
    for (const i of numbers) await fleet.hubCluster.objects.apply(policyManifest(`central-${i}`, `shop-${i}`, `/central-${i}`));
    for (const i of numbers) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await until('they hold', async () => (paths() === central ? undefined : paths()));
    await until('they are published', async () => ((await standing())?.policies?.length === 5 ? undefined : shown(await standing())));
    await fleet.settled();
  }, 60_000);

  afterEach(async () => {
    await fleet.stop();
  }, 30_000);

  const central = numbers.map((i) => `/central-${i}`).join();
  const paths = () => numbers.map((i) => fleet.group(1, `shop-${i}`)?.healthCheck?.path).join();
  const snapshot = { ...memberCluster, kind: 'MemberSnapshot', name: 'hub.lattice-hub.io' };
  const standing = async () => (await fleet.hubCluster.objects.find(snapshot))?.status;
  const isHeld = () =>
    until('it is told', async () =>
      (await standing())?.holds?.[0]?.reason === 'KindEmptied.TargetGroupPolicy' ? undefined : shown((await standing())?.holds),
    );
  const believe = async () => {
    await sleep(1300);
    await fleet.settled();
  };
  const isReleased = async () => {
    await until('the policies are gone', async () => (paths() === numbers.map(() => '/').join() ? undefined : paths()));
    await until('nothing is held', async () => ((await standing()).holds?.length ? shown((await standing()).holds) : undefined));
  };

  it('outlives a restart, and ends by a person’s word on the snapshot of the hub cluster', async () => {
    fleet.hubCluster.simulator.faults.inject({ verb: 'list', resource: 'targetgrouppolicies', effect: { kind: 'empty-list' } });
    fleet.hubCluster.simulator.cutConnections();
    await isHeld();
    await fleet.stopHub();
    await fleet.startHub();
    await believe();
    expect(paths()).toBe(central);
    await isHeld();
    const { acknowledgementId } = await standing();
    await fleet.hubCluster.objects.patch(snapshot, {
      merge: { metadata: { annotations: { 'lattice-hub.io/acknowledge': acknowledgementId } } },
    });
    await isReleased();
    expect((await standing()).acknowledged).toMatchObject({ id: acknowledgementId });
  }, 60_000);

  it('is held where more than three are missing after a restart, by a person’s word given through the door released by every replica', async () => {
    await fleet.stopHub();
    for (const i of numbers) await fleet.hubCluster.objects.delete({ ...policies, namespace: 'default', name: `central-${i}` });
    await fleet.startHub();
    const second = await fleet.startReplica();
    try {
      await isHeld();
      await believe();
      expect(paths()).toBe(central);
      const { status, body } = await fleet.call('GET', '/api/v1/hub');
      expect({ status, body }).toMatchObject({ status: 200, body: { holds: [{ reason: 'KindEmptied.TargetGroupPolicy' }] } });
      expect((await fleet.call('POST', '/api/v1/hub/acknowledgement', { id: '0'.repeat(16) })).status).toBe(409);
      expect((await fleet.call('POST', '/api/v1/hub/acknowledgement', { id: body.acknowledgementId })).status).toBe(202);
      await isReleased();
      for (const hub of [fleet.hub, second.hub])
        await until('no replica holds anything', async () => {
          const { holds } = hub?.fleet.hub.session.facts() ?? {};
          return holds?.length === 0 ? undefined : shown(holds);
        });
    } finally {
      await second.hub.stop();
      await second.door.close();
    }
  }, 60_000);
});

describe('what the hub cluster is told of a member', () => {
  let full: FullFleet<SimulatedCluster>;
  let fleet: TestFleet;

  beforeEach(async () => {
    full = await FullFleet.fill(await TestFleet.start({ members: 2, env: quickToBelieve }));
    fleet = full.fleet;
  }, 60_000);

  afterEach(async () => {
    await fleet.stop();
  }, 30_000);

  /** The holds that stand on the MemberCluster. */
  const holds = async (): Promise<readonly string[]> =>
    ((await fleet.cluster(1))?.status?.holds ?? []).map((hold: { reason: string }) => hold.reason);
  const isHeld = (reason: string) =>
    until(`${reason} stands there`, async () => ((await holds()).includes(reason) ? undefined : shown(await holds())));

  /** Somebody writes the status of member-1, past the hub. */
  function tamper(status: object): void {
    fleet.hubCluster.simulator.objects.patch(memberCluster, { merge: { status } }, { subresource: 'status' });
  }

  /** What the hub has written to the hub cluster, Leases aside. */
  function written(): readonly string[] {
    const requests = fleet.hubCluster.simulator.requests.recent({ user: hubUser });
    const writes = requests.filter(({ verb, resource }) => writing.includes(verb) && resource !== 'leases');
    return writes.map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);
  }

  /** Nothing more is told: longer than anything is gathered for. */
  async function isQuiet(): Promise<void> {
    let before = -1;
    let quiet = 0;
    await until('nothing more is told', async () => {
      await sleep(100);
      quiet = written().length === before ? quiet + 1 : 0;
      before = written().length;
      return quiet >= 10 ? undefined : `${before} writes`;
    });
  }

  it('is told once: a hub that is started anew, and finds everything as it was, writes Leases and nothing else', async () => {
    await isQuiet();
    await fleet.stopHub();
    fleet.hubCluster.simulator.requests.reset();
    await fleet.startHub();
    await full.isFollowed(1);
    await isQuiet();
    expect(written()).toEqual([]);
    expect((await fleet.cluster(1)).status).toMatchObject({ state: 'Synced', counts: { exports: 5, policies: 5, targetGroups: 5 } });
  }, 60_000);

  it('is told again where somebody took a hold off', async () => {
    await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: exportCrd });
    await isHeld('KindVanished.ServiceExport');
    await fleet.member(1).installDefinitions(networkingCrds().filter((crd) => crd.metadata.name === exportCrd));
    await fleet.stateIs(1, 'Synced');
    await full.believe();
    const told = (await fleet.cluster(1)).status.holds;
    tamper({ holds: null });
    await until('it stands there again', async () =>
      shown((await fleet.cluster(1)).status.holds) === shown(told) ? undefined : 'not yet',
    );
  }, 60_000);

  it('is not told over what came to stand there since it was looked at', async () => {
    const { simulator } = fleet.hubCluster;
    simulator.faults.inject({ verb: 'patch', resource: 'memberclusters', effect: { kind: 'slow', delayMs: 1500 }, times: 1 });
    const before = simulator.requests.count({ verb: 'patch', resource: 'memberclusters/status' });
    await fleet.export(1, 'late', ['10.1.99.1']);
    await until('it is being told', async () => (simulator.faults.list().every(({ hits }) => hits > 0) ? undefined : 'not yet'));
    const message = 'another holder has seen that the cluster was restored from a backup';
    tamper({ holds: [{ reason: 'ClusterRestored', since: '2026-01-01T00:00:00Z', message }] });
    await until('it was told', async () =>
      simulator.requests.count({ verb: 'patch', resource: 'memberclusters/status' }) > before ? undefined : 'not yet',
    );
    await until('the export counts', async () =>
      (await fleet.cluster(1)).status.counts.exports === 6 ? undefined : shown((await fleet.cluster(1)).status.counts),
    );
    expect(await holds()).toEqual(['ClusterRestored']);
    fleet.aws.calls.reset();
    await fleet.deleteExport(1, 'late');
    await full.believe();
    expect(fleet.taken()).toEqual({});
    // A person's word is on what stands there, and that says by now what is missing.
    await until('what is missing is told', async () => {
      const [hold] = (await fleet.cluster(1)).status.holds as { message: string }[];
      return hold?.message.endsWith('missing: ServiceExport default/late') ? undefined : shown(hold);
    });
    await fleet.acknowledge(1);
    await until('the export that was ended goes', async () => (fleet.group(1, 'late') ? 'there still' : undefined));
    expect(await holds()).toEqual([]);
  }, 60_000);

  it('is told though somebody edits the object all the time', async () => {
    let edits = 0;
    const editing = setInterval(() => {
      fleet.hubCluster.simulator.objects.patch(memberCluster, { merge: { metadata: { annotations: { edits: `${edits++}` } } } });
    }, 10);
    try {
      await fleet.export(1, 'late', ['10.1.99.1']);
      await until(
        'the export counts',
        async () => ((await fleet.cluster(1)).status.counts.exports === 6 ? undefined : shown((await fleet.cluster(1)).status.counts)),
        5000,
      );
      expect(edits).toBeGreaterThan(5);
    } finally {
      clearInterval(editing);
    }
  }, 30_000);

  it('hears that a member was restored before its snapshot forgets that there was more', async () => {
    const backup = fleet.member(1).simulator.checkpoint();
    for (let i = 6; i <= 7; i++) await fleet.export(1, `shop-${i}`, [`10.1.${i}.1`]);
    await until('the newer exports are there', async () => (fleet.groups(1).length === 7 ? undefined : `${fleet.groups(1).length}`));
    await fleet.settled();
    const { simulator } = fleet.hubCluster;
    const version = async () => {
      const snapshot = await fleet.hubCluster.objects.get({ ...memberCluster, kind: 'MemberSnapshot' });
      return Number(snapshot.status.kinds.find(({ kind }: { kind: string }) => kind === 'ServiceExport').resourceVersion);
    };
    await until('the newer exports are published', async () => ((await version()) > 0 ? undefined : 'not yet'));
    const newest = await version();
    let forgotten: string | undefined;
    const looking = setInterval(() => {
      void (async () => {
        if ((await version()) < newest && !(await holds()).includes('ClusterRestored')) forgotten ??= `${await version()} < ${newest}`;
      })();
    }, 10);
    try {
      simulator.faults.inject({ verb: 'patch', resource: 'memberclusters', effect: { kind: 'slow', delayMs: 1500 }, times: 1 });
      // So that there is something to tell, and it takes its time.
      await fleet.export(1, 'late', ['10.1.99.1']);
      await until('it is being told', async () => (simulator.faults.list().every(({ hits }) => hits > 0) ? undefined : 'not yet'));
      fleet.member(1).simulator.restore(backup);
      fleet.member(1).simulator.cutConnections();
      await isHeld('ClusterRestored');
      await full.believe();
    } finally {
      clearInterval(looking);
    }
    expect(forgotten).toBeUndefined();
  }, 60_000);
});
