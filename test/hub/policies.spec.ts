import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  conditionOf,
  exportManifests,
  networking,
  policyManifest,
  shown,
  TestFleet,
  until,
  type Manifest,
} from '../fixtures/test-fleet.js';

describe('one policy, every cluster', () => {
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 2 });
    await fleet.startHub();
    await fleet.registerAll();
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'], 2: ['10.2.0.1'] });
  }, 30_000);

  afterEach(async () => {
    await fleet.stop();
  });

  const pathsAre = (path: string, members: readonly number[] = [1, 2]) =>
    until(`the path is ${path}`, async () => {
      const paths = members.map((member) => fleet.group(member, 'shop')?.healthCheck?.path);
      return paths.every((p) => p === path) ? undefined : paths.join();
    });

  const accepted = async (cluster: 'hub' | number, name: string) => {
    const { objects } = cluster === 'hub' ? fleet.hubCluster : fleet.member(cluster);
    return conditionOf(await objects.get({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name }), 'Accepted');
  };

  const acceptedIs = (cluster: 'hub' | number, name: string, reason: string) =>
    until(`${name} is ${reason}`, async () =>
      (await accepted(cluster, name))?.reason === reason ? undefined : shown(await accepted(cluster, name)),
    );

  it('takes the policy of a member to the other members', async () => {
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/from-member-1'));
    await pathsAre('/from-member-1');
    await acceptedIs(1, 'local', 'Accepted');
  });

  it('lets the hub cluster’s policy win, names the winner, and lets the next one take over when it goes', async () => {
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await pathsAre('/local');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await pathsAre('/central');
    await acceptedIs(1, 'local', 'Conflicted');
    expect((await accepted(1, 'local'))?.message).toBe('targetRef has conflict, policy=default/central in the hub cluster');
    await fleet.hubCluster.objects.delete({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'central' });
    await pathsAre('/local');
    await acceptedIs(1, 'local', 'Accepted');
  });

  it('tells of an edit once on each export, however many target groups it has, with the policy and what it says', async () => {
    const { objects } = fleet.member(1);
    const [service, slice, exported] = exportManifests('default', 'shop', ['10.1.0.1']) as [Manifest, Manifest, Manifest];
    await objects.apply({ ...service, spec: { ports: [port('http', 80), port('more', 81)], selector: { app: 'shop' } } });
    await objects.apply({
      ...slice,
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { name: 'more', port: 8081, protocol: 'TCP' },
      ],
    });
    await objects.apply({ ...exported, spec: { exportedPorts: [80, 81].map((number) => ({ port: number, routeType: 'HTTP' })) } });
    await until('both groups are there', async () => (fleet.groups(1).length === 2 ? undefined : shown(fleet.groups(1))));
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await until('both groups follow', async () => {
      const paths = fleet.groups(1).map(({ healthCheck }) => healthCheck?.path);
      return paths.join() === '/central,/central' ? undefined : paths.join();
    });
    const told = async (member = 1) => {
      const events = await fleet.member(member).objects.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' });
      return events.filter(({ reason }) => reason === 'HealthCheckUpdated').map(({ regarding, note }) => `${regarding.name}: ${note}`);
    };
    const text = 'HTTP/central 10s 200-299, HTTP1, timeout 5s, healthy after 2, unhealthy after 3';
    const note = `shop: target groups got the health check of TargetGroupPolicy hub:default/central: ${text}`;
    for (const member of [1, 2])
      await until('it is told in each cluster', async () => ((await told(member)).length > 0 ? undefined : `not in member-${member}`));
    await acceptedIs('hub', 'central', 'Accepted');
    expect([await told(1), await told(2)]).toEqual([[note], [note]]);
  });

  it('keeps a member’s policy to itself where its scope is Own, and ignores it where it is Ignore', async () => {
    const scopeIs = (policyScope: string) => fleet.call('PATCH', '/api/v1/clusters/member-1', { policyScope });
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await pathsAre('/local');
    await scopeIs('Own');
    await pathsAre('/', [2]);
    await pathsAre('/local', [1]);
    await scopeIs('Ignore');
    await pathsAre('/');
    await scopeIs('Fleet');
    await pathsAre('/local');
  });

  it('goes back to the defaults when the last policy is deleted', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await pathsAre('/central');
    await fleet.hubCluster.objects.delete({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'central' });
    await pathsAre('/');
    expect(fleet.group(1, 'shop')?.healthCheck).toMatchObject({
      enabled: true,
      healthCheckIntervalSeconds: 30,
      matcher: { httpCode: '200' },
    });
  });

  it('keeps what is there where a policy is edited into something invalid, and says so', async () => {
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await pathsAre('/central');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/other', { protocol: 'TCP', protocolVersion: 'HTTP2' }));
    await acceptedIs('hub', 'central', 'Invalid');
    await fleet.settled();
    await pathsAre('/central');
    await fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
    expect(fleet.group(1, 'shop')?.config.protocol).toBe('HTTP');
  });

  it('says that a target is missing only when every cluster could be read', async () => {
    fleet.member(2).simulator.faults.inject({ verb: 'list', resource: 'services', effect: { kind: 'status', code: 500 } });
    fleet.member(2).simulator.cutConnections();
    await until('member-2 is Stale', async () => ((await fleet.cluster(2))?.status?.state === 'Synced' ? 'it is Synced' : undefined));
    await fleet.hubCluster.objects.apply(policyManifest('central', 'nowhere', '/central'));
    await acceptedIs('hub', 'central', 'Unknown');
    fleet.member(2).simulator.faults.clear();
    await acceptedIs('hub', 'central', 'TargetNotFound');
    expect((await accepted('hub', 'central'))?.message).toBe('targetRef not found, target=default/nowhere');
  });

  it('says that a target is missing also where a member is refused, unless a mistake in its spec stops one that has joined', async () => {
    await fleet.applyByHand('refused', await fleet.kubeconfigOf(1), { mode: 'Delegate', clusterName: 'refused' });
    await fleet.admissionIs('refused', 'NotYetSupported');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'nowhere', '/central'));
    await acceptedIs('hub', 'central', 'TargetNotFound');
    const ref = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-2' };
    await fleet.hubCluster.objects.patch(ref, { merge: { spec: { aws: { vpcId: 'vpc-99999999' } } } });
    await fleet.admissionIs('member-2', 'ImmutableFieldChanged');
    await acceptedIs('hub', 'central', 'Unknown');
    expect((await accepted('hub', 'central'))?.message).toContain('(member-2)');
  });

  it('counts the target groups of a cluster once, whatever other name it is to be registered by', async () => {
    await fleet.applyByHand('again', await fleet.kubeconfigOf(1), { clusterName: 'again' });
    await fleet.admissionIs('again', 'AlreadyRegistered');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await pathsAre('/central');
    await until('the policy says so', async () => {
      const object = await fleet.hubCluster.objects.get({
        apiVersion: networking,
        kind: 'TargetGroupPolicy',
        namespace: 'default',
        name: 'central',
      });
      const programmed = conditionOf(object, 'lattice-hub.io/Programmed');
      return programmed?.message === '2 of 2 target groups are as the policy says' ? undefined : shown(programmed);
    });
  });

  it('is not called programmed after an edit before every group follows it', async () => {
    const central = { apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'central' };
    const programmedIs = (generation: number, message: string) =>
      until(`of generation ${generation} it is said that ${message}`, async () => {
        const programmed: { message?: string; observedGeneration?: number } | undefined = conditionOf(
          await fleet.hubCluster.objects.get(central),
          'lattice-hub.io/Programmed',
        );
        return programmed?.observedGeneration === generation && programmed.message === message ? undefined : shown(programmed);
      });
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/first'));
    await programmedIs(1, '2 of 2 target groups are as the policy says');
    const slow = fleet.aws.faults.inject({
      operations: ['UpdateTargetGroup'],
      account: fleet.placeOf(2).accountId,
      effect: { kind: 'hang' },
    });
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/second'));
    await pathsAre('/second', [1]);
    await programmedIs(2, '1 of 2 target groups are as the policy says; behind: member-2 (Pending)');
    slow.remove();
    await pathsAre('/second');
    await programmedIs(2, '2 of 2 target groups are as the policy says');
  });

  it('keeps a member’s policy in force everywhere while the member cannot be read, even after a restart of the hub', async () => {
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await pathsAre('/local');
    await fleet.settled();
    await fleet.stopHub();
    await fleet.member(1).simulator.suspend();
    await fleet.startHub();
    await fleet.stateIs(1, 'Unreachable');
    await fleet.settled();
    await pathsAre('/local');
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await pathsAre('/central');
    await fleet.hubCluster.objects.delete({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'central' });
    await pathsAre('/local');
  }, 60_000);

  it('keeps what is there where neither the member nor its snapshot can be read', async () => {
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await pathsAre('/local');
    await fleet.settled();
    await fleet.stopHub();
    await fleet.hubCluster.objects.delete({ apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberSnapshot', name: 'member-1' });
    await fleet.member(1).simulator.suspend();
    await fleet.startHub();
    await fleet.stateIs(1, 'Unreachable');
    await fleet.settled();
    await pathsAre('/local');
    // An edit elsewhere is not blocked by that.
    await fleet.member(2).objects.apply(policyManifest('cart-policy', 'cart', '/cart'));
    await fleet.export(2, 'cart', ['10.2.1.1']);
    await until('the other policy holds', async () => (fleet.group(2, 'cart')?.healthCheck?.path === '/cart' ? undefined : 'not yet'));
  }, 60_000);

  describe('a change of the protocol', () => {
    const toHttp2: Manifest = policyManifest('central', 'shop', '/central', { protocol: 'HTTP', protocolVersion: 'HTTP2' });
    const versions = (member: number) =>
      fleet
        .groups(member)
        .map((group) => String(group.config.protocolVersion))
        .toSorted((a, b) => a.localeCompare(b));

    it('makes a new group, fills it, and then lets the old one go', async () => {
      await fleet.hubCluster.objects.apply(toHttp2);
      await until('the new ones alone', async () =>
        [1, 2].every((m) => versions(m).join() === 'HTTP2') ? undefined : `${versions(1).join()} ${versions(2).join()}`,
      );
      expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
      const operations = fleet.aws.calls.log.filter((call) => call.account === fleet.placeOf(1).accountId).map((call) => call.operation);
      expect(operations.lastIndexOf('RegisterTargets')).toBeLessThan(operations.lastIndexOf('DeleteTargetGroup'));
    });

    it('keeps both current while a service uses the old one', async () => {
      fleet.aws.settings.drainMs = 100;
      const old = fleet.group(1, 'shop');
      fleet.aws.attachService(old?.arn ?? '');
      await fleet.hubCluster.objects.apply(toHttp2);
      await until('both', async () => (versions(1).join() === 'HTTP1,HTTP2' ? undefined : versions(1).join()));
      await fleet.setPods(1, 'shop', ['10.1.0.7']);
      await until('both have the new pod', async () => {
        const targets = fleet.groups(1).map((group) =>
          group.targets
            .filter((t) => t.status !== 'DRAINING')
            .map((t) => t.id)
            .join(),
        );
        return targets.join() === '10.1.0.7,10.1.0.7' ? undefined : targets.join(' | ');
      });
      await until('the plan says why the old one stays', async () => {
        const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
        const [step] = body.items ?? [];
        return step?.step === 'delete' && step.targetGroup === old?.name && step.reason === 'InUse' ? undefined : shown(body);
      });
      fleet.aws.detachService(old?.arn ?? '');
      await fleet.stopHub();
      await fleet.startHub();
      await until('the new one alone', async () => (versions(1).join() === 'HTTP2' ? undefined : versions(1).join()));
    }, 60_000);
  });

  it('does not empty or delete a group that a service uses when its export is deleted', async () => {
    const group = fleet.group(1, 'shop');
    fleet.aws.attachService(group?.arn ?? '');
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.deleteExport(1, 'shop');
    await until('it is withheld', async () => {
      const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
      return body.items?.[0]?.reason === 'InUse' ? undefined : shown(body);
    });
    await fleet.settled();
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    // What is dead goes all the same: its address may be another workload's tomorrow.
    await fleet.setPods(1, 'shop', ['10.1.0.9']);
    await until('the dead one is out, and nothing is in', async () =>
      fleet.targets(1, 'shop').length === 0 ? undefined : fleet.targets(1, 'shop').join(),
    );
  });

  it('writes nothing where a member is paused, and shows what it would do', async () => {
    await fleet.call('PATCH', '/api/v1/clusters/member-1', { paused: true });
    await until('it is paused', async () => (fleet.hub?.fleet.stored('member-1')?.record.spec.paused ? undefined : 'not yet'));
    await fleet.setPods(1, 'shop', ['10.1.0.5']);
    await fleet.export(1, 'cart', ['10.1.1.1']);
    await until('the plan is shown', async () => {
      const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
      const steps = body.items
        ?.map((item: { step: string; reason: string }) => `${item.step} ${item.reason}`)
        .toSorted()
        .join();
      return steps === 'create Paused,deregister Paused,register Paused' ? undefined : steps;
    });
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await until('the health check of the plan is shown as that of a target group', async () => {
      const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
      const details = body.items?.filter(({ step }: { step: string }) => step === 'update').map(({ detail }: { detail: string }) => detail);
      const expected = 'health check HTTP/central 10s 200-299, HTTP1, timeout 5s, healthy after 2, unhealthy after 3';
      return details?.join() === expected ? undefined : shown(details);
    });
    await fleet.call('PATCH', '/api/v1/clusters/member-1', { paused: false });
    await fleet.exported('shop', { 1: ['10.1.0.5'] });
    await fleet.exported('cart', { 1: ['10.1.1.1'] });
  });
});

function port(name: string, number: number) {
  return { name, port: number, targetPort: number + 8000, protocol: 'TCP' };
}
