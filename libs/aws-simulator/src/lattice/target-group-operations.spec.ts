import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion } from '../testing/simulated-region.js';

const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;
const failed = { failureCode: 'Broken', failureMessage: 'It broke.' };

describe('the life of a target group', () => {
  it.each([
    { afterMs: 0, status: 'CREATE_IN_PROGRESS' },
    { afterMs: 299, status: 'CREATE_IN_PROGRESS' },
    { afterMs: 300, status: 'ACTIVE' },
    { afterMs: 1e9, status: 'ACTIVE' },
  ])('is $status $afterMs ms after its creation', ({ afterMs, status }) => {
    const region = new SimulatedRegion();
    const { id = '' } = region.call('CreateTargetGroup', { name: 'group', type: 'IP', config });
    region.advance(afterMs);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier: id }).status).toBe(status);
  });

  it('ends a creation that fails in CREATE_FAILED, with code and message', () => {
    const region = new SimulatedRegion();
    const { id = '' } = region.call('CreateTargetGroup', { name: 'group', type: 'IP', config }, { createFailed: failed });
    region.advance(300);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier: id })).toMatchObject({ status: 'CREATE_FAILED', ...failed });
  });

  it('restarts a failed creation when the same request is repeated', () => {
    const region = new SimulatedRegion();
    const request = { name: 'group', type: 'IP', config, clientToken: 'token' } as const;
    const { id = '' } = region.call('CreateTargetGroup', request, { createFailed: failed });
    region.advance(300);
    expect(region.call('CreateTargetGroup', request)).toMatchObject({ id, status: 'CREATE_IN_PROGRESS' });
    region.advance(300);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier: id }).status).toBe('ACTIVE');
  });

  it.each([
    { nameOfFailedGroup: 'taken', outcome: 'ConflictException' },
    { nameOfFailedGroup: 'free', outcome: 'CREATE_IN_PROGRESS' },
  ] as const)('has the name of a failed group $nameOfFailedGroup by the switch', ({ nameOfFailedGroup, outcome }) => {
    const region = new SimulatedRegion({ unverified: { nameOfFailedGroup } });
    region.call('CreateTargetGroup', { name: 'group', type: 'IP', config }, { createFailed: failed });
    region.advance(300);
    const again = () => region.call('CreateTargetGroup', { name: 'group', type: 'IP', config });
    expect(
      nameOfFailedGroup === 'free' ? again().status : region.refusal('CreateTargetGroup', { name: 'group', type: 'IP', config }).code,
    ).toBe(outcome);
  });

  it('is DELETE_IN_PROGRESS until the delay is over, then gone with its name free', () => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = region.activeGroup();
    expect(region.call('DeleteTargetGroup', { targetGroupIdentifier }).status).toBe('DELETE_IN_PROGRESS');
    region.advance(200);
    expect(region.call('DeleteTargetGroup', { targetGroupIdentifier }).status).toBe('DELETE_IN_PROGRESS');
    expect(region.refusal('CreateTargetGroup', { name: 'group', type: 'IP', config }).code).toBe('ConflictException');
    region.advance(100);
    expect(region.refusal('GetTargetGroup', { targetGroupIdentifier })).toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      members: { resourceId: targetGroupIdentifier, resourceType: 'TARGET_GROUP' },
    });
    expect(region.call('CreateTargetGroup', { name: 'group', type: 'IP', config }).status).toBe('CREATE_IN_PROGRESS');
  });

  it('ends a deletion that fails in DELETE_FAILED, and takes another try', () => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = region.activeGroup();
    region.call('DeleteTargetGroup', { targetGroupIdentifier }, { deleteFailed: failed });
    region.advance(300);
    expect(region.call('GetTargetGroup', { targetGroupIdentifier })).toMatchObject({ status: 'DELETE_FAILED', ...failed });
    region.call('DeleteTargetGroup', { targetGroupIdentifier });
    region.advance(300);
    expect(region.refusal('GetTargetGroup', { targetGroupIdentifier }).code).toBe('ResourceNotFoundException');
  });
});

describe('what comes too early or too late', () => {
  const targets = [{ id: '10.0.0.1' }];
  const states = [
    {
      status: 'CREATE_IN_PROGRESS',
      prepare: (region: SimulatedRegion) => region.call('CreateTargetGroup', { name: 'early', type: 'IP', config }).id ?? '',
    },
    {
      status: 'CREATE_FAILED',
      prepare: (region: SimulatedRegion) => {
        const { id = '' } = region.call('CreateTargetGroup', { name: 'failed', type: 'IP', config }, { createFailed: failed });
        region.advance(300);
        return id;
      },
    },
    {
      status: 'DELETE_IN_PROGRESS',
      prepare: (region: SimulatedRegion) => {
        const id = region.activeGroup('late');
        region.call('DeleteTargetGroup', { targetGroupIdentifier: id });
        return id;
      },
    },
  ];

  it.each(states)('refuses changes of a group in $status with the text of AWS', ({ status, prepare }) => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = prepare(region);
    const refusals = [
      region.refusal('RegisterTargets', { targetGroupIdentifier, targets }),
      region.refusal('DeregisterTargets', { targetGroupIdentifier, targets }),
      region.refusal('UpdateTargetGroup', { targetGroupIdentifier, healthCheck: { path: '/x' } }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'ConflictException',
        status: 409,
        message: `Invalid resource status for this operation, resource id ${targetGroupIdentifier}, status: ${status}`,
      });
    }
  });

  it('lists the targets of a group in any status', () => {
    const region = new SimulatedRegion();
    const { id = '' } = region.call('CreateTargetGroup', { name: 'early', type: 'IP', config });
    expect(region.call('ListTargets', { targetGroupIdentifier: id }).items).toEqual([]);
  });
});

describe('what keeps a group from being deleted', () => {
  it('is its creation, while that is in progress', () => {
    const region = new SimulatedRegion();
    const { id = '' } = region.call('CreateTargetGroup', { name: 'early', type: 'IP', config });
    expect(region.refusal('DeleteTargetGroup', { targetGroupIdentifier: id })).toMatchObject({ code: 'ConflictException', status: 409 });
  });

  it('is a service that uses it', () => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = region.activeGroup();
    region.forwarding([targetGroupIdentifier]);
    expect(region.refusal('DeleteTargetGroup', { targetGroupIdentifier })).toMatchObject({
      code: 'ConflictException',
      members: { resourceType: 'TARGET_GROUP' },
    });
  });

  it('is a target that drains, whatever the switch says', () => {
    const region = new SimulatedRegion({ drainMs: 1_000, unverified: { deleteWithTargets: 'allow' } });
    const targetGroupIdentifier = region.activeGroup();
    const { service, listener } = region.forwarding([targetGroupIdentifier]);
    region.call('RegisterTargets', { targetGroupIdentifier, targets: [{ id: '10.0.0.1' }] });
    region.call('DeregisterTargets', { targetGroupIdentifier, targets: [{ id: '10.0.0.1' }] });
    region.call('DeleteListener', { serviceIdentifier: service, listenerIdentifier: listener });
    expect(region.refusal('DeleteTargetGroup', { targetGroupIdentifier }).message).toBe('TargetGroup has targets registered with it');
    region.advance(1_000);
    expect(region.call('DeleteTargetGroup', { targetGroupIdentifier }).status).toBe('DELETE_IN_PROGRESS');
  });

  it.each([
    { deleteWithTargets: 'conflict', outcome: 'ConflictException' },
    { deleteWithTargets: 'allow', outcome: 'DELETE_IN_PROGRESS' },
  ] as const)('is a registered target where the switch says $deleteWithTargets', ({ deleteWithTargets, outcome }) => {
    const region = new SimulatedRegion({ unverified: { deleteWithTargets } });
    const targetGroupIdentifier = region.activeGroup();
    region.call('RegisterTargets', { targetGroupIdentifier, targets: [{ id: '10.0.0.1' }] });
    const isAllowed = deleteWithTargets === 'allow';
    const seen = isAllowed
      ? region.call('DeleteTargetGroup', { targetGroupIdentifier }).status
      : region.refusal('DeleteTargetGroup', { targetGroupIdentifier }).code;
    expect(seen).toBe(outcome);
  });
});

describe('names, tokens and quotas', () => {
  it('has a name once in an account and region, and again in another region', () => {
    const region = new SimulatedRegion();
    const request = { name: 'group', type: 'IP', config } as const;
    const { id = '' } = region.call('CreateTargetGroup', request);
    expect(region.refusal('CreateTargetGroup', request)).toMatchObject({
      code: 'ConflictException',
      message: 'Resource with name group already exists',
      members: { resourceId: id, resourceType: 'TARGET_GROUP' },
    });
    expect(region.call('CreateTargetGroup', request, {}, 'eu-west-1').name).toBe('group');
  });

  it('finds the group that the same token made, and makes no second one', () => {
    const region = new SimulatedRegion();
    const request = { name: 'group', type: 'IP', config, tags: { a: '1', b: '2' }, clientToken: 'token' } as const;
    const first = region.call('CreateTargetGroup', request);
    const second = region.call('CreateTargetGroup', { clientToken: 'token', tags: { b: '2', a: '1' }, config, type: 'IP', name: 'group' });
    expect(second).toEqual(first);
    expect(region.call('ListTargetGroups', {}).items).toHaveLength(1);
  });

  it.each(['ConflictException', 'ValidationException'] as const)(
    'answers a token with other parameters by the switch: %s',
    (clientTokenMismatch) => {
      const region = new SimulatedRegion({ unverified: { clientTokenMismatch } });
      region.call('CreateTargetGroup', { name: 'group', type: 'IP', config, clientToken: 'token' });
      expect(region.refusal('CreateTargetGroup', { name: 'other', type: 'IP', config, clientToken: 'token' }).code).toBe(
        clientTokenMismatch,
      );
    },
  );

  it('forgets a token when its time is over, and when its group is gone', () => {
    const region = new SimulatedRegion({ clientTokenTtlMs: 10_000 });
    const request = { name: 'group', type: 'IP', config, clientToken: 'token' } as const;
    const { id = '' } = region.call('CreateTargetGroup', request);
    region.advance(300);
    region.call('DeleteTargetGroup', { targetGroupIdentifier: id });
    region.advance(300);
    const second = region.call('CreateTargetGroup', request);
    expect(second.id).not.toBe(id);
    region.advance(10_000);
    expect(region.refusal('CreateTargetGroup', request).message).toBe('Resource with name group already exists');
  });

  it('refuses a group over the quota with 402 and the code of the quota', () => {
    const region = new SimulatedRegion({ quotas: { targetGroupsPerRegion: 1 } });
    region.activeGroup('first');
    expect(region.refusal('CreateTargetGroup', { name: 'second', type: 'IP', config })).toMatchObject({
      code: 'ServiceQuotaExceededException',
      status: 402,
      members: { resourceType: 'TARGET_GROUP', serviceCode: 'vpc-lattice', quotaCode: 'L-BB11C6B9' },
    });
  });
});

describe('an update of the health check', () => {
  it('moves lastUpdatedAt, and leaves what it does not name', () => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = region.activeGroup();
    const before = region.call('GetTargetGroup', { targetGroupIdentifier });
    region.advance(5_000);
    region.call('UpdateTargetGroup', { targetGroupIdentifier, healthCheck: { path: '/ready', healthyThresholdCount: 3 } });
    const after = region.call('GetTargetGroup', { targetGroupIdentifier });
    expect(after.config?.healthCheck).toEqual({ ...before.config?.healthCheck, path: '/ready', healthyThresholdCount: 3 });
    expect(Number(after.lastUpdatedAt) - Number(before.lastUpdatedAt)).toBe(5_300);
    expect(region.call('ListTargetGroups', {}).items?.[0]?.lastUpdatedAt).toEqual(after.lastUpdatedAt);
  });

  it('resets what it does not name where the switch says so', () => {
    const region = new SimulatedRegion({ unverified: { omittedHealthCheckFields: 'reset' } });
    const targetGroupIdentifier = region.activeGroup('group', { config: { ...config, healthCheck: { path: '/ready', port: 8080 } } });
    const { config: updated } = region.call('UpdateTargetGroup', { targetGroupIdentifier, healthCheck: { healthyThresholdCount: 3 } });
    expect(updated?.healthCheck).toMatchObject({ path: '/', healthyThresholdCount: 3 });
    expect(updated?.healthCheck?.port).toBeUndefined();
  });

  it.each(['ALB', 'LAMBDA'] as const)('is refused for a group of type %s', (type) => {
    const region = new SimulatedRegion();
    const targetGroupIdentifier = region.activeGroup('group', type === 'ALB' ? { type } : { type, config: {} });
    expect(region.refusal('UpdateTargetGroup', { targetGroupIdentifier, healthCheck: { path: '/' } }).message).toBe(
      `${type} Target Group does not support health check config`,
    );
  });

  it.each([
    {
      cause: 'tags',
      change: (region: SimulatedRegion, id: string) =>
        region.call('TagResource', {
          resourceArn: region.state.region('111111111111', 'us-west-2').targetGroups.get(id)?.arn ?? '',
          tags: { a: 'b' },
        }),
    },
    {
      cause: 'targets',
      change: (region: SimulatedRegion, id: string) =>
        region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1' }] }),
    },
    { cause: 'services', change: (region: SimulatedRegion, id: string) => region.forwarding([id]) },
  ] as const)('is alone in moving lastUpdatedAt, unless the switch names $cause', ({ cause, change }) => {
    const moved = ([[], [cause]] as const).map((lastUpdatedAtMovesOn) => {
      const region = new SimulatedRegion({ unverified: { lastUpdatedAtMovesOn } });
      const targetGroupIdentifier = region.activeGroup();
      const before = region.call('GetTargetGroup', { targetGroupIdentifier }).lastUpdatedAt;
      region.advance(1_000);
      change(region, targetGroupIdentifier);
      return Number(region.call('GetTargetGroup', { targetGroupIdentifier }).lastUpdatedAt) > Number(before);
    });
    expect(moved).toEqual([false, true]);
  });
});
