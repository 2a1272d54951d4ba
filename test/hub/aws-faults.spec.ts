import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultEffect } from '@hub/aws-simulator';
import { accounts, policyManifest, shown, TestFleet, until } from '../fixtures/test-fleet.js';

/** The calls that write, each in the situation that leads to it. */
const writes = [
  'CreateTargetGroup',
  'RegisterTargets',
  'UpdateTargetGroup',
  'TagResource',
  'DeregisterTargets',
  'DeleteTargetGroup',
] as const;

describe('when AWS fails', () => {
  let fleet: TestFleet;
  let round = 0;

  beforeAll(async () => {
    fleet = await TestFleet.start({ members: 1, env: { INVENTORY_SECONDS: '1', AWS_ATTEMPT_TIMEOUT_SECONDS: '1' } });
    await fleet.startHub();
    await fleet.register(1);
  }, 30_000);

  afterEach(() => {
    fleet.aws.faults.clear();
    fleet.aws.restoreRole(accounts[0]);
  });

  afterAll(async () => {
    await fleet.stop();
  });

  const pathIs = (name: string, path: string) =>
    until(
      `the path is ${path}`,
      async () => (fleet.group(1, name)?.healthCheck?.path === path ? undefined : String(fleet.group(1, name)?.healthCheck?.path)),
      25_000,
    );

  /** An export comes, gets a policy, loses a pod and goes: every write there is. */
  const life = async (name: string) => {
    await fleet.export(1, name, ['10.1.0.1', '10.1.0.2']);
    await until(
      'it is there',
      async () => (fleet.targets(1, name).join() === '10.1.0.1,10.1.0.2' ? undefined : fleet.targets(1, name).join()),
      25_000,
    );
    await fleet.hubCluster.objects.apply(policyManifest(name, name, '/alive'));
    await pathIs(name, '/alive');
    await fleet.setPods(1, name, ['10.1.0.2']);
    await until(
      'the pod is gone',
      async () => (fleet.targets(1, name).join() === '10.1.0.2' ? undefined : fleet.targets(1, name).join()),
      25_000,
    );
    expect(fleet.groups(1).filter((group) => group.name.includes(name))).toHaveLength(1);
    await fleet.deleteExport(1, name);
    await until('it is gone', async () => (fleet.group(1, name) === undefined ? undefined : 'there still'), 60_000);
  };

  it.each<[string, FaultEffect]>([
    ['throttles', { kind: 'throttle' }],
    ['fails before it does anything', { kind: 'internalError' }],
    ['fails after it has done it', { kind: 'internalError', moment: 'after' }],
    ['cuts the connection before it does anything', { kind: 'reset' }],
    ['cuts the connection after it has done it', { kind: 'reset', moment: 'after' }],
    ['never answers, and has done it', { kind: 'hang', moment: 'after' }],
    ['says that the session has expired', { kind: 'expiredToken' }],
  ])(
    'reaches its end where every kind of write %s more often than the SDK tries again',
    async (_, effect) => {
      for (const operation of writes) fleet.aws.faults.inject({ operations: [operation], times: 4, effect });
      await life(`life-${round++}`);
    },
    240_000,
  );

  it('makes a group anew that AWS could not make', async () => {
    fleet.aws.faults.inject({ operations: ['CreateTargetGroup'], times: 1, effect: { kind: 'createFailed' } });
    await life(`life-${round++}`);
  }, 60_000);

  it('says which targets AWS refuses, and registers the others', async () => {
    await fleet.export(1, 'refused', ['10.1.5.1', '192.0.2.1']);
    await until('the one is in', async () =>
      fleet.targets(1, 'refused').join() === '10.1.5.1' ? undefined : fleet.targets(1, 'refused').join(),
    );
    await until('the other is named', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups?name=refused');
      return body.items?.[0]?.reason === 'TargetsRefused' && body.items[0].message.includes('192.0.2.1:8080') ? undefined : shown(body);
    });
    await fleet.setPods(1, 'refused', ['10.1.5.1']);
    await until('it is Ready', async () => {
      const { body } = await fleet.call('GET', '/api/v1/target-groups?name=refused');
      return body.items?.[0]?.state === 'Ready' ? undefined : shown(body);
    });
  });

  it('stops where the role may not do it any more, says so, and goes on when it may', async () => {
    fleet.aws.allowActions(accounts[0], 'lattice-hub', [
      'vpc-lattice:ListTargetGroups',
      'vpc-lattice:GetTargetGroup',
      'vpc-lattice:ListTargets',
      'tag:GetResources',
    ]);
    await fleet.export(1, 'denied', ['10.1.6.1']);
    await until('it is shown', async () =>
      (await fleet.condition(1, 'AwsAuthorized'))?.reason === 'AccessDenied' ? undefined : shown(await fleet.condition(1, 'AwsAuthorized')),
    );
    await until('the export says so', async () => {
      const { body } = await fleet.call('GET', '/api/v1/exports?name=denied');
      const ready = body.items?.[0]?.conditions?.find((c: { type: string }) => c.type === 'Ready');
      return ready?.reason === 'AccessDenied' ? undefined : shown(ready);
    });
    fleet.aws.allowActions(accounts[0], 'lattice-hub', null);
    await fleet.exported('denied', { 1: ['10.1.6.1'] });
    await until('it is shown', async () =>
      (await fleet.condition(1, 'AwsAuthorized'))?.status === 'True' ? undefined : shown(await fleet.condition(1, 'AwsAuthorized')),
    );
  }, 60_000);

  it('says that the quota is reached, and goes on when there is room', async () => {
    const count = fleet.aws.state(accounts[0], 'us-west-2').targetGroups.length;
    const quotas = { ...fleet.aws.settings.quotas };
    fleet.aws.configure({ quotas: { ...quotas, targetGroupsPerRegion: count } });
    await fleet.export(1, 'too-many', ['10.1.7.1']);
    await until('the export says so', async () => {
      const { body } = await fleet.call('GET', '/api/v1/exports?name=too-many');
      const ready = body.items?.[0]?.conditions?.find((c: { type: string }) => c.type === 'Ready');
      return ready?.reason === 'QuotaExceeded' ? undefined : shown(ready);
    });
    fleet.aws.configure({ quotas });
    // Whoever changes something does not wait for the next try.
    await fleet.setPods(1, 'too-many', ['10.1.7.2']);
    await fleet.exported('too-many', { 1: ['10.1.7.2'] });
  }, 60_000);
});
