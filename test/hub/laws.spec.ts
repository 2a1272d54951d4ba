import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accounts, networking, policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

const writing = /^(Create|Update|Delete|Register|Deregister|Tag|Untag)/;

describe('the laws beside the first', () => {
  let fleet: TestFleet;

  beforeEach(async () => {
    fleet = await TestFleet.start({ members: 2, env: { INVENTORY_SECONDS: '0.3' } });
    await fleet.startHub();
  }, 30_000);

  afterEach(async () => {
    await fleet.stop();
  });

  const writes = () =>
    fleet.aws.calls.log.filter((call) => call.service === 'vpc-lattice' && writing.test(call.operation) && call.errorCode === '');
  const shop = async () => {
    for (const member of [1, 2]) await fleet.export(member, 'shop', [`10.${member}.0.1`]);
    await fleet.exported('shop', { 1: ['10.1.0.1'], 2: ['10.2.0.1'] });
  };

  describe('law 2: one writer for a target group', () => {
    it('leaves a group alone that something else has changed back three times, and says so', async () => {
      await fleet.registerAll();
      await shop();
      await fleet.hubCluster.objects.apply(policyManifest('health', 'shop', '/ours'));
      const pathIs = (path: string) =>
        until(`the path is ${path}`, async () =>
          fleet.group(1, 'shop')?.healthCheck?.path === path ? undefined : String(fleet.group(1, 'shop')?.healthCheck?.path),
        );
      await pathIs('/ours');
      const { accountId, region } = fleet.placeOf(1);
      for (let round = 1; round <= 3; round++) {
        // Long enough after the hub's own write that nobody takes this for it.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        fleet.aws.foreignWriter(accountId, region).call('UpdateTargetGroup', {
          targetGroupIdentifier: fleet.group(1, 'shop')?.arn ?? '',
          healthCheck: { path: `/theirs-${round}` },
        });
        if (round < 3) await pathIs('/ours');
      }
      await until('it is shown', async () =>
        (await fleet.condition(1, 'Contested'))?.status === 'True' ? undefined : shown(await fleet.condition(1, 'Contested')),
      );
      await pathIs('/theirs-3');
      const { body } = await fleet.call('GET', '/api/v1/target-groups?cluster=member-1');
      expect(body.items).toMatchObject([{ state: 'Withheld', reason: 'Contested' }]);
      // The event is written beside the condition, and may be there a moment later.
      await until('it is told', async () => {
        const { items } = (await fleet.call('GET', '/api/v1/events?cluster=member-1')).body;
        return items.some((event: { reason: string }) => event.reason === 'Contested') ? undefined : shown(items);
      });
    }, 60_000);

    it('writes nothing where an export carries the finalizer of the AWS Gateway API Controller', async () => {
      await fleet.registerAll();
      const { objects } = fleet.member(1);
      await objects.apply({
        apiVersion: networking,
        kind: 'ServiceExport',
        metadata: { namespace: 'default', name: 'theirs', finalizers: ['serviceexport.k8s.aws/resources'] },
      });
      await until('it is refused', async () =>
        (await fleet.condition(1, 'Admitted'))?.reason === 'ControllerPresent' ? undefined : shown(await fleet.condition(1, 'Admitted')),
      );
      await fleet.export(1, 'shop', ['10.1.0.1']);
      await fleet.settled();
      expect(fleet.groups(1)).toEqual([]);
      await objects.patch(
        { apiVersion: networking, kind: 'ServiceExport', namespace: 'default', name: 'theirs' },
        { merge: { metadata: { finalizers: null } } },
      );
      await fleet.exported('shop', { 1: ['10.1.0.1'] });
    });

    it('writes nothing where a group of this cluster name and VPC has no tag of a hub', async () => {
      const { accountId, region, vpcId } = fleet.placeOf(1);
      fleet.aws.foreignWriter(accountId, region).call('CreateTargetGroup', {
        name: 'k8s-default-theirs-abcdefghij',
        type: 'IP',
        config: { port: 80, protocol: 'HTTP', protocolVersion: 'HTTP1', vpcIdentifier: vpcId },
        tags: { 'application-networking.k8s.aws/ClusterName': 'member-1' },
      });
      await fleet.register(1);
      await fleet.export(1, 'shop', ['10.1.0.1']);
      await until('it is refused', async () =>
        (await fleet.condition(1, 'Admitted'))?.reason === 'ControllerPresent' ? undefined : shown(await fleet.condition(1, 'Admitted')),
      );
      await fleet.settled();
      expect(fleet.groups(1)).toHaveLength(1);
    });
    it('takes nothing out of a group whose tag somebody took away, when its export goes', async () => {
      await fleet.stopHub();
      await fleet.startHub({ INVENTORY_SECONDS: '3600' });
      await fleet.registerAll();
      await shop();
      await fleet.settled();
      const { accountId, region } = fleet.placeOf(1);
      const arn = fleet.group(1, 'shop')?.arn ?? '';
      fleet.aws.foreignWriter(accountId, region).call('UntagResource', { resourceArn: arn, tagKeys: ['lattice-hub.io/hub'] });
      fleet.aws.calls.reset();
      await fleet.deleteExport(1, 'shop');
      await until('it was looked at', async () =>
        fleet.aws.calls.count({ operation: 'ListTagsForResource' }) > 0 ? undefined : 'not yet',
      );
      await fleet.settled();
      expect(fleet.taken()).toEqual({});
      expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    });

    it.each(['lattice-hub.io/slot', 'application-networking.k8s.aws/ServiceName', 'application-networking.k8s.aws/ClusterName'])(
      'gives a group of its own the tag %s back that somebody took away, and is done then',
      async (key) => {
        await fleet.registerAll();
        await shop();
        await fleet.settled();
        const { accountId, region } = fleet.placeOf(1);
        const [group] = fleet.groups(1);
        const value = group?.tags[key];
        await fleet.stopHub();
        fleet.aws.foreignWriter(accountId, region).call('UntagResource', { resourceArn: group?.arn ?? '', tagKeys: [key] });
        await fleet.startHub();
        await until('it is there again', async () =>
          fleet.groups(1)[0]?.tags[key] === value ? undefined : shown(fleet.groups(1)[0]?.tags),
        );
        await fleet.settled();
        expect(fleet.groups(1)).toHaveLength(1);
      },
    );
  });

  describe('law 4: never the wrong account', () => {
    it('does nothing with a role that cannot be assumed, and says so', async () => {
      fleet.aws.revokeRole(accounts[0]);
      await fleet.register(1);
      await fleet.export(1, 'shop', ['10.1.0.1']);
      await until('it is shown', async () =>
        (await fleet.condition(1, 'AwsAuthorized'))?.reason === 'RoleNotAssumed'
          ? undefined
          : shown(await fleet.condition(1, 'AwsAuthorized')),
      );
      expect(fleet.aws.calls.log.filter((call) => call.service !== 'sts')).toEqual([]);
    });

    it('refuses a role of another account than declared, before any call', async () => {
      const aws = { ...fleet.placeOf(1), roleArn: fleet.aws.roleArn(accounts[1]), externalId: fleet.aws.externalId };
      const { status, body } = await fleet.call('POST', '/api/v1/clusters', {
        name: 'member-1',
        kubeconfig: await fleet.kubeconfigOf(1),
        aws,
      });
      expect({ status, reason: body.reason }).toEqual({ status: 422, reason: 'RoleAccountMismatch' });
    });

    it('refuses a wrong external id', async () => {
      await fleet.register(1, { aws: { ...fleet.placeOf(1), roleArn: fleet.aws.roleArn(accounts[0]), externalId: 'not-the-one' } });
      await until('it is shown', async () =>
        (await fleet.condition(1, 'AwsAuthorized'))?.reason === 'RoleNotAssumed'
          ? undefined
          : shown(await fleet.condition(1, 'AwsAuthorized')),
      );
    });

    it('makes every write with the role of the account that it goes to, and names cluster and fence', async () => {
      await fleet.registerAll();
      await shop();
      expect(writes().length).toBeGreaterThan(0);
      for (const call of writes()) {
        expect(call.callerArn).toMatch(new RegExp(`^arn:aws:sts::${call.account}:assumed-role/lattice-hub/lattice-hub-`));
        expect(call.userAgent).toMatch(/cluster\/member-[12] fence\/member-[12]\.1/);
      }
    });
  });

  describe('law 6: a request is a key', () => {
    it('reads a group once more before it deletes it: one that has come into use meanwhile stays whole', async () => {
      await fleet.stopHub();
      await fleet.startHub({ INVENTORY_SECONDS: '3600' });
      await fleet.registerAll();
      await shop();
      await fleet.settled();
      fleet.aws.attachService(fleet.group(1, 'shop')?.arn ?? '');
      await fleet.deleteExport(1, 'shop');
      await until('it is withheld', async () => {
        const { body } = await fleet.call('GET', '/api/v1/clusters/member-1/plan');
        return body.items?.[0]?.reason === 'InUse' ? undefined : shown(body);
      });
      await fleet.settled();
      expect(fleet.group(1, 'shop')?.status).toBe('ACTIVE');
      expect(fleet.targets(1, 'shop')).toEqual(['10.1.0.1']);
    });

    it('reaches the same end when a request is worked on again and again', async () => {
      await fleet.registerAll();
      await shop();
      await fleet.settled();
      fleet.aws.calls.reset();
      for (let i = 0; i < 20; i++) await fleet.hub?.queues.add('member-1', ['default/shop/80'], 'change');
      await fleet.settled();
      expect(writes()).toEqual([]);
    });

    it('finds its own group by the name where the answer to a create was lost', async () => {
      await fleet.registerAll();
      fleet.aws.faults.inject({ operations: ['CreateTargetGroup'], times: 4, effect: { kind: 'reset', moment: 'after' } });
      await shop();
      expect(fleet.groups(1)).toHaveLength(1);
      expect(fleet.groups(2)).toHaveLength(1);
    });
  });

  describe('law 7: everything is bounded', () => {
    it('works for the others while one member never answers', async () => {
      await fleet.registerAll();
      await shop();
      fleet.member(1).simulator.faults.inject({ effect: { kind: 'hang' } });
      fleet.member(1).simulator.cutConnections();
      await fleet.setPods(2, 'shop', ['10.2.0.5']);
      await fleet.exported('shop', { 2: ['10.2.0.5'] });
      await fleet.stateIs(1, 'Unreachable');
      // The connection stands and answers pings; the call that was never answered ends by its own deadline.
      fleet.member(1).simulator.faults.clear();
      await until(
        'it is read again',
        async () => {
          const state = (await fleet.cluster(1))?.status?.state;
          return state === 'Synced' ? undefined : String(state);
        },
        45_000,
      );
    }, 90_000);
  });

  describe('law 8: every refusal is visible', () => {
    it.each([
      ['a token that is not accepted', (text: string) => text.replace(/token: .*/, 'token: nope'), 'Unauthorized'],
      ['a certificate that is not the server’s', (text: string) => text.replace(/certificate-authority-data: .*/, ''), 'TlsFailed'],
    ])('shows %s in the conditions, in an event and in the API', async (_, change, reason) => {
      const aws = { ...fleet.placeOf(1), roleArn: fleet.aws.roleArn(accounts[0]), externalId: fleet.aws.externalId };
      await fleet.call('POST', '/api/v1/clusters', { name: 'member-1', kubeconfig: change(await fleet.kubeconfigOf(1)), aws });
      await until('it is shown', async () =>
        (await fleet.condition(1, 'CredentialsValid'))?.reason === reason ? undefined : shown(await fleet.condition(1, 'CredentialsValid')),
      );
      await until('the event', async () => {
        const { body } = await fleet.call('GET', '/api/v1/events?cluster=member-1');
        return body.items?.some((event: { reason: string }) => event.reason === reason) ? undefined : shown(body);
      });
      const { body } = await fleet.call('GET', '/api/v1/clusters/member-1');
      expect(body.status.conditions).toContainEqual(expect.objectContaining({ type: 'CredentialsValid', status: 'False', reason }));
    });
  });
});
