import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeSimulator } from '@hub/kube-simulator';
import { conditionOf, networking, policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';
import { sendRaw } from '../kube-simulator/raw-request.js';

/** A list as kubectl asks for it. */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

describe('members', () => {
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 2 });
    await fleet.startHub();
  }, 30_000);

  afterEach(async () => {
    await fleet.stop();
  });

  const aws = (member = 1) => ({
    ...fleet.placeOf(member),
    roleArn: fleet.aws.roleArn(fleet.placeOf(member).accountId),
    externalId: fleet.aws.externalId,
  });

  const applyByHand = (name: string, kubeconfig: string, spec: object = {}) => fleet.applyByHand(name, kubeconfig, spec);

  /** The reasons of the events that stand in a cluster. */
  const reasonsIn = async (cluster: KubeSimulator): Promise<readonly unknown[]> =>
    cluster.objects.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }).map((event) => event['reason']);

  const withField = (good: string, field: string) =>
    good.replace(
      /( +)token: (.*)/,
      `$1token: $2
$1${field}`,
    );

  describe.each<[string, (good: string) => string, RegExp]>([
    [
      'exec',
      (good) => withField(good, 'exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [/tmp/owned]}'),
      /user\.exec: commands are not run/,
    ],
    [
      'auth-provider',
      (good) => withField(good, 'auth-provider: {name: gcp, config: {cmd-path: /bin/sh}}'),
      /user\.auth-provider: auth providers are not run/,
    ],
    ['a token file', (good) => withField(good, 'tokenFile: /etc/passwd'), /user\.tokenFile: file paths are not read/],
    [
      'a certificate file',
      (good) => withField(good, 'client-certificate: /etc/ssl/cert.pem'),
      /user\.client-certificate: file paths are not read/,
    ],
    [
      'an authority file',
      (good) => good.replace(/certificate-authority-data: .*/, 'certificate-authority: /etc/passwd'),
      /certificate-authority: file paths are not read/,
    ],
    ['plain http', (good) => good.replace('https://', 'http://'), /server: must be https/],
    [
      'insecure-skip-tls-verify',
      (good) => good.replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true'),
      /insecure-skip-tls-verify: must not be true/,
    ],
    [
      'a proxy',
      (good) => good.replace(/( +)server: .*/, (line, indent: string) => `${line}\n${indent}proxy-url: http://127.0.0.1:1`),
      /proxy-url: proxies are not followed/,
    ],
    ['the metadata service', (good) => good.replace(/127\.0\.0\.1:\d+/, '169.254.169.254'), /169\.254\.169\.254 is a link-local address/],
    ['the metadata service over IPv6', (good) => good.replace(/127\.0\.0\.1:\d+/, '[fd00:ec2::254]'), /metadata service/],
    ['loopback over IPv6', (good) => good.replace(/127\.0\.0\.1:\d+/, '[::1]:6443'), /::1 is a loopback address/],
    ['the unspecified address', (good) => good.replace(/127\.0\.0\.1:\d+/, '0.0.0.0:6443'), /0\.0\.0\.0 is an unspecified address/],
  ])('a kubeconfig with %s', (_, spoil, message) => {
    it('is refused at the door, with the reason', async () => {
      const kubeconfig = spoil(await fleet.kubeconfigOf(1));
      const { status, body } = await fleet.call('POST', '/api/v1/clusters', { name: 'member-1', kubeconfig, aws: aws() });
      expect(status).toBe(400);
      expect(body.detail).toMatch(message);
      expect(await fleet.cluster(1)).toBeUndefined();
    });

    it('is refused where it was written past the door, before any connection', async () => {
      const before = fleet.member(1).simulator.requests.connectionCount;
      await applyByHand('member-1', spoil(await fleet.kubeconfigOf(1)));
      await until('it is refused', async () => {
        const condition = await fleet.condition(1, 'CredentialsValid');
        return condition?.status === 'False' && message.test(condition.message) ? undefined : shown(condition);
      });
      expect(fleet.member(1).simulator.requests.connectionCount).toBe(before);
    });
  });

  it('refuses a name that leads to a loopback address that is not allowed, at connect time', async () => {
    await fleet.stopHub();
    await fleet.startHub({ MEMBER_ADDRESSES_ALLOWED: '' });
    await applyByHand('member-1', (await fleet.kubeconfigOf(1)).replace('127.0.0.1', 'localhost'));
    await until('it is refused', async () =>
      (await fleet.condition(1, 'CredentialsValid'))?.reason === 'AddressRefused'
        ? undefined
        : shown(await fleet.condition(1, 'CredentialsValid')),
    );
    expect((await fleet.condition(1, 'CredentialsValid'))?.message).toMatch(
      /the server localhost is refused: .* is a loopback address; MEMBER_ADDRESSES_ALLOWED/,
    );
  });

  it('writes nothing into a member by its second name: what its policies and exports say stays as it is', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await until('the policy holds', async () => (fleet.group(1, 'shop')?.healthCheck?.path === '/local' ? undefined : 'not yet'));
    await applyByHand('again', await fleet.kubeconfigOf(1), { clusterName: 'again' });
    await until('it is refused and told so', async () => {
      const { body } = await fleet.call('GET', '/api/v1/events?name=again');
      const reasons = body.items.map(({ reason }: { reason: string }) => reason);
      return reasons.includes('AlreadyRegistered') && !reasons.includes('Synced') ? undefined : shown(body);
    });
    await fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
    await fleet.settled();
    const { simulator, objects } = fleet.member(1);
    const policy = await objects.get({ apiVersion: networking, kind: 'TargetGroupPolicy', namespace: 'default', name: 'local' });
    expect(policy.status?.conditions?.[0]).toMatchObject({ type: 'Accepted', status: 'True' });
    expect(await reasonsIn(simulator)).toEqual(expect.not.arrayContaining(['Conflicted', 'AlreadyRegistered']));
  });

  it('tells in an event what an export asks for and cannot have', async () => {
    await fleet.register(1);
    await fleet.member(1).objects.apply({
      apiVersion: networking,
      kind: 'ServiceExport',
      metadata: { namespace: 'default', name: 'lonely' },
    });
    await until('it is told', async () => {
      const reasons = await reasonsIn(fleet.member(1).simulator);
      return reasons.includes('NoService') ? undefined : shown(reasons);
    });
  });

  it('says nothing any more of an export that went before it had a target group, nor of a member that was detached', async () => {
    await fleet.register(1, { paused: true });
    await fleet.export(1, 'brief', ['10.1.0.1']);
    const said = async () => {
      const plan = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
      const groups = await fleet.call('GET', '/api/v1/target-groups');
      return [plan.body.items.length, groups.body.items.length, (await fleet.cluster(1)).status.withheld?.count ?? 0];
    };
    await until('its creation is held back', async () => ((await said()).join() === '1,1,1' ? undefined : shown(await said())));
    await fleet.deleteExport(1, 'brief');
    await until('nothing is said of it', async () => ((await said()).join() === '0,0,0' ? undefined : shown(await said())));
    await fleet.call('DELETE', '/api/v1/clusters/member-1');
    await until('it is gone', async () => ((await fleet.cluster(1)) ? 'not yet' : undefined));
    const metrics = async () => (await fetch(`${fleet.door?.url}/metrics`)).text();
    await until('no metric is there of it', async () => /.*cluster="member-1".*/.exec(await metrics())?.[0]);
  }, 60_000);

  it('says of a member without our CRDs that it answers, and where the missing one is to be had', async () => {
    const name = `serviceexports.${networking.split('/')[0]}`;
    await fleet.member(1).objects.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
    await applyByHand('member-1', await fleet.kubeconfigOf(1));
    await until('it is told', async () => {
      const synced = await fleet.condition(1, 'Synced');
      const isHelpful = synced?.message.startsWith('ServiceExport is not served: lattice-hub crds --member prints the CRD');
      return isHelpful && synced?.reason === 'KindNotServed' ? undefined : shown(synced);
    });
    expect(await fleet.condition(1, 'Reachable')).toMatchObject({ status: 'True' });
    expect(await fleet.condition(1, 'CredentialsValid')).toMatchObject({ status: 'True' });
  });

  it('does not take the same cluster twice', async () => {
    await fleet.register(1);
    await applyByHand('again', await fleet.kubeconfigOf(1), { clusterName: 'again' });
    await fleet.admissionIs('again', 'AlreadyRegistered');
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(1);
  });

  it('does not take two clusters of one name in one VPC', async () => {
    await fleet.register(1);
    const { status, body } = await fleet.call('POST', '/api/v1/clusters', {
      name: 'other',
      kubeconfig: await fleet.kubeconfigOf(2),
      aws: aws(1),
      clusterName: 'member-1',
    });
    expect({ status, reason: body.reason }).toEqual({ status: 422, reason: 'DuplicateClusterName' });
  });

  it('stops where the account of a live member is changed, and takes nothing away', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.settled();
    const ref = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-1' };
    await fleet.hubCluster.objects.patch(ref, { merge: { spec: { aws: { vpcId: 'vpc-99999999' } } } });
    await until('it is stopped', async () =>
      (await fleet.condition(1, 'Admitted'))?.reason === 'ImmutableFieldChanged' ? undefined : shown(await fleet.condition(1, 'Admitted')),
    );
    await fleet.setPods(1, 'shop', ['10.1.0.9']);
    await fleet.settled();
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    await fleet.hubCluster.objects.patch(ref, { merge: { spec: { aws: { vpcId: fleet.placeOf(1).vpcId } } } });
    await fleet.exported('shop', { 1: ['10.1.0.9'] });
  });

  it('stops where another cluster answers at the address of a member', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    const { port } = fleet.member(1).simulator;
    const kubeconfig = await fleet.kubeconfigOf(1);
    const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? '';
    await fleet.member(1).simulator.stop();
    const stranger = await KubeSimulator.start({ name: 'stranger', port });
    try {
      stranger.registerToken(/token: (\S+)/.exec(await fleet.kubeconfigOf(1))?.[1] ?? token, { name: 'hub', groups: ['system:masters'] });
      const secret = { namespace: 'lattice-hub', name: 'member-1-kubeconfig', labels: { 'lattice-hub.io/kubeconfig': 'true' } };
      await fleet.hubCluster.objects.apply(
        { apiVersion: 'v1', kind: 'Secret', metadata: secret, stringData: { kubeconfig: stranger.kubeconfig() } },
        { force: true },
      );
      await until('it is stopped', async () =>
        (await fleet.condition(1, 'Synced'))?.reason === 'IdentityChanged' ? undefined : shown(await fleet.condition(1, 'Synced')),
      );
      await fleet.settled();
      expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    } finally {
      await stranger.stop();
    }
  });

  it('counts the policies of a hub cluster that is also a member once, in the tier of the hub', async () => {
    const self = fleet.hubCluster.kubeconfig(fleet.token);
    const { status } = await fleet.call('POST', '/api/v1/clusters', {
      name: 'self',
      kubeconfig: self,
      aws: { ...aws(1), vpcId: 'vpc-77777777' },
    });
    expect(status).toBe(202);
    await fleet.register(2);
    await fleet.hubCluster.objects.apply(policyManifest('central', 'shop', '/central'));
    await fleet.export(2, 'shop', ['10.2.0.1']);
    await until('the policy holds', async () => (fleet.group(2, 'shop')?.healthCheck?.path === '/central' ? undefined : 'not yet'));
    await until('self is Synced', async () => {
      const { body } = await fleet.call('GET', '/api/v1/clusters/self');
      return body.status?.state === 'Synced' ? undefined : shown(body);
    });
    const { body } = await fleet.call('GET', '/api/v1/policies');
    expect(body.items.map((policy: { cluster: string; name: string }) => `${policy.cluster} ${policy.name}`)).toEqual(['hub central']);
  });

  it('says before a detach which other clusters lose a policy', async () => {
    await fleet.registerAll();
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.member(1).objects.apply(policyManifest('local', 'shop', '/local'));
    await until('the policy holds', async () => (fleet.group(2, 'shop')?.healthCheck?.path === '/local' ? undefined : 'not yet'));
    await until('the preview tells', async () => {
      const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/detach-preview?onDetach=Remove');
      const loses = body.losesPolicy?.[0];
      return loses?.cluster === 'member-2' && loses.policy === 'default/local' && body.targetGroups.length === 1 ? undefined : shown(body);
    });
  });

  it('leaves behind what is in use where a member is detached with Remove, and says so', async () => {
    await fleet.register(1);
    for (const [i, name] of ['shop', 'cart'].entries()) await fleet.export(1, name, [`10.1.${i}.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.exported('cart', { 1: ['10.1.1.1'] });
    await fleet.settled();
    fleet.aws.attachService(fleet.group(1, 'shop')?.arn ?? '');
    await fleet.member(1).simulator.suspend();
    await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Remove');
    await until('member-1 is gone', async () => ((await fleet.cluster(1)) === undefined ? undefined : 'there still'));
    expect(fleet.groups(1).map((group) => group.serviceArns.length)).toEqual([1]);
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    const { body } = await fleet.call('GET', '/api/v1/events?cluster=member-1');
    expect(body.items.find((event: { reason: string }) => event.reason === 'Detached')?.note).toMatch(
      /left behind: k8s-default-shop-[a-z]{10} \(InUse\)/,
    );
  });

  it('works where the spec of a member leads by the time that it is admitted', async () => {
    await fleet.register(1);
    await applyByHand('member-2', await fleet.kubeconfigOf(2), { clusterName: 'member-1' });
    await until('it is refused', async () =>
      (await fleet.condition(2, 'Admitted'))?.reason === 'DuplicateClusterName' ? undefined : shown(await fleet.condition(2, 'Admitted')),
    );
    const ref = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-2' };
    await fleet.hubCluster.objects.patch(ref, { merge: { spec: { clusterName: 'second', aws: aws(2) } } });
    await fleet.stateIs(2, 'Synced');
    await fleet.export(2, 'shop', ['10.2.0.1']);
    await fleet.exported('shop', { 2: ['10.2.0.1'] });
    expect(fleet.group(2, 'shop')?.tags['application-networking.k8s.aws/ClusterName']).toBe('second');
    expect(fleet.groups(1)).toEqual([]);
  });

  it('takes nothing of a member with one of the same name that was never admitted, when that one is detached with Remove', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await applyByHand('namesake', await fleet.kubeconfigOf(2), { clusterName: 'member-1', onDetach: 'Remove' });
    const ref = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'namesake' };
    await until('it is refused', async () => {
      const object = await fleet.hubCluster.objects.find(ref);
      const isHeld = object?.metadata.finalizers?.length > 0;
      return isHeld && conditionOf(object, 'Admitted')?.reason === 'DuplicateClusterName' ? undefined : shown(object?.status);
    });
    await fleet.settled();
    fleet.aws.calls.reset();
    await fleet.hubCluster.objects.delete(ref);
    await until('it is gone', async () => ((await fleet.hubCluster.objects.find(ref)) === undefined ? undefined : 'there still'));
    await fleet.settled();
    expect(fleet.taken()).toEqual({});
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
  });

  it('takes nothing of the place that a member names now and did not join with, when it is detached with Remove', async () => {
    await fleet.registerAll();
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'], 2: ['10.2.0.1'] });
    const ref = { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-1' };
    const spec = { aws: aws(2), clusterName: 'member-2', onDetach: 'Remove' };
    await fleet.hubCluster.objects.patch(ref, { merge: { spec } });
    await until('it is stopped', async () =>
      (await fleet.condition(1, 'Admitted'))?.reason === 'ImmutableFieldChanged' ? undefined : shown(await fleet.condition(1, 'Admitted')),
    );
    await fleet.stopHub();
    await fleet.startHub();
    await fleet.settled();
    fleet.aws.calls.reset();
    await fleet.hubCluster.objects.delete(ref);
    await until('it is gone', async () => ((await fleet.cluster(1)) === undefined ? undefined : 'there still'));
    await fleet.settled();
    expect(fleet.taken()).toEqual({});
    expect(fleet.targets(2, 'shop')).toEqual(['10.2.0.1']);
    const { body } = await fleet.call('GET', '/api/v1/events?cluster=member-1');
    expect(body.items.find((event: { reason: string }) => event.reason === 'Detached')?.note).toMatch(/joined/);
  });

  it('ends a detach with Remove within its bound where the role cannot be had, and says that the groups stay', async () => {
    await fleet.stopHub();
    await fleet.startHub({ REMOVE_LIMIT_SECONDS: '1' });
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    fleet.aws.revokeRole(fleet.placeOf(1).accountId, 'lattice-hub', { denySessions: true });
    await fleet.call('DELETE', '/api/v1/clusters/member-1?onDetach=Remove');
    await until('member-1 is gone', async () => ((await fleet.cluster(1)) === undefined ? undefined : 'there still'));
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    const { body } = await fleet.call('GET', '/api/v1/events?cluster=member-1');
    expect(body.items.find((event: { reason: string }) => event.reason === 'Detached')?.note).toMatch(
      /left behind: k8s-default-shop-[a-z]{10} \(/,
    );
  });

  it('says again who a member is and how it stands where somebody took its status away', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.settled();
    const before = (await fleet.cluster(1)).status.identity;
    fleet.hubCluster.simulator.objects.patch(
      { apiVersion: 'lattice-hub.io/v1alpha1', kind: 'MemberCluster', name: 'member-1' },
      { merge: { status: null } },
      { subresource: 'status' },
    );
    await until('its identity stands there again', async () =>
      (await fleet.cluster(1)).status?.identity?.uid === before.uid ? undefined : shown((await fleet.cluster(1)).status),
    );
    await fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
  });

  it('follows a kubeconfig that is replaced', async () => {
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    const { status } = await fleet.call('PATCH', '/api/v1/clusters/member-1', { kubeconfig: await fleet.kubeconfigOf(1) });
    expect(status).toBe(202);
    await fleet.setPods(1, 'shop', ['10.1.0.2']);
    await fleet.exported('shop', { 1: ['10.1.0.2'] });
  });

  it('shows beside the state of a member whether it is admitted, where kubectl lists them', async () => {
    await fleet.register(1);
    await applyByHand('again', await fleet.kubeconfigOf(1), { clusterName: 'again' });
    await fleet.admissionIs('again', 'AlreadyRegistered');
    const { simulator, adminToken } = fleet.hubCluster;
    const path = '/apis/lattice-hub.io/v1alpha1/memberclusters';
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', authorization: `Bearer ${adminToken}` };
    const { text } = await sendRaw({ url: simulator.url, caPem: simulator.caCertificate }, { method: 'GET', path, headers });
    const { columnDefinitions, rows } = JSON.parse(text) as Table;
    const column = columnDefinitions.findIndex(({ name }) => name === 'Admission');
    const admissions = rows.map(({ cells }) => [cells[0], cells[column]]);
    expect(Object.fromEntries(admissions)).toEqual({ again: 'AlreadyRegistered', 'member-1': 'Admitted' });
    expect(columnDefinitions[column - 1]?.name).toBe('State');
  });

  it('refuses Delegate for now, and says so', async () => {
    await applyByHand('member-1', await fleet.kubeconfigOf(1), { mode: 'Delegate' });
    await fleet.admissionIs('member-1', 'NotYetSupported');
    expect((await fleet.condition(1, 'Admitted'))?.message).toBe('spec.mode: Delegate is not supported yet, use Hub');
  });

  it('goes on without the right to write into the member, and says what is not shown', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'lattice-hub-member' };
    const rules = (await fleet.member(1).objects.get(role)).rules.filter((rule: { verbs: string[] }) =>
      rule.verbs.every((verb) => ['get', 'list', 'watch'].includes(verb)),
    );
    await fleet.member(1).objects.patch(role, { merge: { rules } });
    await fleet.register(1);
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await until('it is shown', async () =>
      (await fleet.condition(1, 'Writable'))?.status === 'False' ? undefined : shown(await fleet.condition(1, 'Writable')),
    );
    expect((await fleet.condition(1, 'Writable'))?.message).toMatch(/conditions of exports/);
  });

  it('does not detach anybody because the MemberCluster CRD is being deleted', async () => {
    await fleet.register(1, { onDetach: 'Remove' });
    await fleet.export(1, 'shop', ['10.1.0.1']);
    await fleet.exported('shop', { 1: ['10.1.0.1'] });
    await fleet.hubCluster.objects.delete({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'memberclusters.lattice-hub.io',
    });
    await until('it is marked', async () => ((await fleet.cluster(1))?.metadata?.deletionTimestamp ? undefined : 'not yet'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await fleet.settled();
    expect(fleet.groups(1)).toHaveLength(1);
    expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
  });
});
