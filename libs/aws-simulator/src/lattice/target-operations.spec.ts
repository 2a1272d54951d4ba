import { describe, expect, it } from '@jest/globals';
import { ForeignWriter } from './foreign-writer.js';
import { SimulatedRegion, testAccount, testRegion } from '../testing/simulated-region.js';

const target = { id: '10.0.0.1', port: 80 };

function withTarget(
  patch: ConstructorParameters<typeof SimulatedRegion>[0],
  healthCheck = {},
): { readonly region: SimulatedRegion; readonly id: string } {
  const region = new SimulatedRegion(patch);
  const id = region.activeGroup('group', { config: { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678', healthCheck } });
  region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [target] });
  return { region, id };
}

function shown(region: SimulatedRegion, id: string): readonly object[] {
  return region.call('ListTargets', { targetGroupIdentifier: id }).items ?? [];
}

describe('the status of a target', () => {
  it('is UNUSED while no service uses its group', () => {
    const { region, id } = withTarget({});
    expect(shown(region, id)).toEqual([{ ...target, status: 'UNUSED', reasonCode: 'TargetGroupNotInUse' }]);
  });

  it.each([
    { afterMs: 999, status: 'INITIAL', reasonCode: 'InitialHealthChecking' },
    { afterMs: 1_000, status: 'HEALTHY', reasonCode: undefined },
  ])('is $status $afterMs ms after its group came into use', ({ afterMs, status, reasonCode }) => {
    const { region, id } = withTarget({ createDelayMs: 0 });
    region.forwarding([id]);
    region.advance(afterMs);
    expect(shown(region, id)).toEqual([{ ...target, status, reasonCode }]);
  });

  it.each([
    { afterMs: 1_999, status: 'HEALTHY' },
    { afterMs: 2_000, status: 'UNHEALTHY' },
  ])('is $status $afterMs ms after its checks began to fail, with a threshold of two', ({ afterMs, status }) => {
    const { region, id } = withTarget({ createDelayMs: 0 });
    region.forwarding([id]);
    region.advance(1_000);
    new ForeignWriter(region.state, testAccount, testRegion).setTargetCondition(id, target, 'failing');
    region.advance(afterMs);
    expect(shown(region, id)).toEqual([{ ...target, status, reasonCode: status === 'UNHEALTHY' ? 'HealthCheckFailed' : undefined }]);
  });

  it('comes back to HEALTHY after as many passed checks as the threshold says', () => {
    const { region, id } = withTarget({ createDelayMs: 0 }, { healthyThresholdCount: 4 });
    const writer = new ForeignWriter(region.state, testAccount, testRegion);
    region.forwarding([id]);
    writer.setTargetCondition(id, target, 'failing');
    region.advance(2_000);
    writer.setTargetCondition(id, target, 'passing');
    region.advance(3_999);
    expect(shown(region, id)).toMatchObject([{ status: 'UNHEALTHY' }]);
    region.advance(1);
    expect(shown(region, id)).toMatchObject([{ status: 'HEALTHY' }]);
  });

  it('follows the interval of the health check where the settings leave it to the group', () => {
    const { region, id } = withTarget({ createDelayMs: 0, healthProgressMs: null }, { healthCheckIntervalSeconds: 7 });
    region.forwarding([id]);
    region.advance(6_999);
    expect(shown(region, id)).toMatchObject([{ status: 'INITIAL' }]);
    region.advance(1);
    expect(shown(region, id)).toMatchObject([{ status: 'HEALTHY' }]);
  });

  it('is UNAVAILABLE where the checks are off, and INITIAL once they are turned on', () => {
    const { region, id } = withTarget({ createDelayMs: 0 }, { enabled: false });
    region.forwarding([id]);
    expect(shown(region, id)).toMatchObject([{ status: 'UNAVAILABLE', reasonCode: 'HealthCheckDisabled' }]);
    region.advance(5_000);
    region.call('UpdateTargetGroup', { targetGroupIdentifier: id, healthCheck: { enabled: true } });
    expect(shown(region, id)).toMatchObject([{ status: 'INITIAL' }]);
  });

  it('is UNAVAILABLE with another reason where the type of the group has no checks', () => {
    const region = new SimulatedRegion({ createDelayMs: 0 });
    const id = region.activeGroup('function', { type: 'LAMBDA', config: {} });
    region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: 'arn:aws:lambda:us-west-2:111111111111:function:f' }] });
    region.forwarding([id]);
    expect(shown(region, id)).toMatchObject([{ status: 'UNAVAILABLE', reasonCode: 'HealthCheckNotSupported' }]);
    expect(shown(region, id)[0]).toHaveProperty('port', undefined);
  });

  it('is UNUSED again when the last service lets go of the group', () => {
    const { region, id } = withTarget({ createDelayMs: 0 });
    const { service, listener } = region.forwarding([id]);
    region.advance(1_000);
    region.call('DeleteListener', { serviceIdentifier: service, listenerIdentifier: listener });
    expect(shown(region, id)).toMatchObject([{ status: 'UNUSED' }]);
  });

  it('leaves reason codes out where the switches are empty', () => {
    const { region, id } = withTarget({ createDelayMs: 0, unverified: { reasonCodeInitial: '' } });
    region.forwarding([id]);
    expect(shown(region, id)).toEqual([{ ...target, status: 'INITIAL', reasonCode: undefined }]);
  });
});

describe('a deregistered target', () => {
  it('leaves an unused group at once', () => {
    const { region, id } = withTarget({});
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    expect(shown(region, id)).toEqual([]);
  });

  it('is still listed in an unused group for the time of the settings', () => {
    const { region, id } = withTarget({ unusedLingerMs: 500 });
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    expect(shown(region, id)).toMatchObject([{ status: 'UNUSED' }]);
    region.advance(500);
    expect(shown(region, id)).toEqual([]);
  });

  it('drains for a minute in a group in use, and then it is gone', () => {
    const { region, id } = withTarget({});
    region.forwarding([id]);
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    region.advance(59_999);
    expect(shown(region, id)).toEqual([{ ...target, status: 'DRAINING', reasonCode: 'DeregistrationInProgress' }]);
    region.advance(1);
    expect(shown(region, id)).toEqual([]);
  });

  it('comes back when it is registered while it drains', () => {
    const { region, id } = withTarget({});
    region.forwarding([id]);
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [target] });
    region.advance(100_000);
    expect(shown(region, id)).toMatchObject([{ status: 'HEALTHY' }]);
  });

  it.each([
    {
      deregisterUnknown: 'unsuccessful',
      expected: { successful: [], unsuccessful: [{ id: '10.9.9.9', port: 80, failureCode: 'TargetNotFound' }] },
    },
    { deregisterUnknown: 'successful', expected: { successful: [{ id: '10.9.9.9', port: 80 }], unsuccessful: [] } },
  ] as const)('is $deregisterUnknown by the switch where it is not known', ({ deregisterUnknown, expected }) => {
    const { region, id } = withTarget({ unverified: { deregisterUnknown } });
    expect(region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.9.9.9' }] })).toMatchObject(expected);
  });
});

describe('a registration', () => {
  it('fills in the port of the group and is repeated without effect', () => {
    const { region, id } = withTarget({ createDelayMs: 0 });
    region.forwarding([id]);
    region.advance(1_000);
    expect(region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1' }] })).toEqual({
      successful: [target],
      unsuccessful: [],
    });
    expect(shown(region, id)).toMatchObject([{ status: 'HEALTHY' }]);
  });

  it('knows a target by its id and its port together', () => {
    const { region, id } = withTarget({});
    region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1', port: 8080 }] });
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    expect(shown(region, id)).toMatchObject([{ id: '10.0.0.1', port: 8080 }]);
  });

  it('succeeds in part: what can be registered is, the rest is told', () => {
    const { region, id } = withTarget({});
    const targets = [{ id: '10.0.0.2' }, { id: '8.8.8.8' }, { id: 'fd00::1' }, { id: 'nonsense' }, { id: '10.0.0.2' }];
    const answer = region.call('RegisterTargets', { targetGroupIdentifier: id, targets });
    expect(answer.successful).toEqual([{ id: '10.0.0.2', port: 80 }]);
    expect(answer.unsuccessful?.map(({ id: failed, failureCode }) => [failed, failureCode])).toEqual([
      ['8.8.8.8', 'UnsupportedTarget'],
      ['fd00::1', 'UnsupportedTarget'],
      ['nonsense', 'UnsupportedTarget'],
    ]);
    expect(shown(region, id)).toHaveLength(2);
  });

  it('fails for the targets of an injected fault, or for all', () => {
    const { region, id } = withTarget({});
    const fault = { failureCode: 'Broken', failureMessage: 'It broke.' };
    const input = { targetGroupIdentifier: id, targets: [{ id: '10.0.0.2' }, { id: '10.0.0.3' }] };
    const some = region.call('RegisterTargets', input, { partialFailure: { targetIds: ['10.0.0.3'], ...fault } });
    expect(some).toEqual({ successful: [{ id: '10.0.0.2', port: 80 }], unsuccessful: [{ id: '10.0.0.3', port: 80, ...fault }] });
    const none = region.call(
      'DeregisterTargets',
      { targetGroupIdentifier: id, targets: [target] },
      { partialFailure: { targetIds: undefined, ...fault } },
    );
    expect(none).toEqual({ successful: [], unsuccessful: [{ ...target, ...fault }] });
  });

  it.each([
    { drainingTargetsCount: false, outcome: 'done' },
    { drainingTargetsCount: true, outcome: 'ServiceQuotaExceededException' },
  ])('over the quota fails whole with 402; draining targets count: $drainingTargetsCount', ({ drainingTargetsCount, outcome }) => {
    const { region, id } = withTarget({ quotas: { targetsPerTargetGroup: 2 }, unverified: { drainingTargetsCount } });
    const three = { targetGroupIdentifier: id, targets: [{ id: '10.0.0.2' }, { id: '10.0.0.3' }] };
    expect(region.refusal('RegisterTargets', three)).toMatchObject({ status: 402, members: { quotaCode: 'L-D71303F3', resourceId: id } });
    expect(shown(region, id)).toHaveLength(1);
    region.forwarding([id]);
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    const again = () => region.call('RegisterTargets', three);
    expect(outcome === 'done' ? again().successful?.length : region.refusal('RegisterTargets', three).code).toBe(
      outcome === 'done' ? 2 : outcome,
    );
  });

  it('shows in ListTargets after the lag of the settings', () => {
    const { region, id } = withTarget({ listTargetsLagMs: 400 });
    expect(shown(region, id)).toEqual([]);
    region.advance(400);
    expect(shown(region, id)).toHaveLength(1);
    region.call('DeregisterTargets', { targetGroupIdentifier: id, targets: [target] });
    expect(shown(region, id)).toHaveLength(1);
    region.advance(400);
    expect(shown(region, id)).toEqual([]);
  });
});

describe('a list of targets', () => {
  it.each([
    { filter: [{ id: '10.0.0.1' }], ids: ['10.0.0.1', '10.0.0.1'] },
    { filter: [{ id: '10.0.0.1', port: 81 }], ids: ['10.0.0.1'] },
    { filter: [{ id: '10.0.0.2' }, { id: '10.0.0.9' }], ids: ['10.0.0.2'] },
    { filter: [], ids: ['10.0.0.1', '10.0.0.1', '10.0.0.2'] },
  ])('can be narrowed to $filter', ({ filter, ids }) => {
    const { region, id } = withTarget({});
    region.call('RegisterTargets', { targetGroupIdentifier: id, targets: [{ id: '10.0.0.1', port: 81 }, { id: '10.0.0.2' }] });
    expect(region.call('ListTargets', { targetGroupIdentifier: id, targets: filter }).items?.map((item) => item.id)).toEqual(ids);
  });

  it('comes in pages', () => {
    const { region, id } = withTarget({});
    region.call('RegisterTargets', {
      targetGroupIdentifier: id,
      targets: Array.from({ length: 24 }, (_, index) => ({ id: `10.0.1.${index}` })),
    });
    const ids: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = region.call('ListTargets', { targetGroupIdentifier: id, maxResults: 10, nextToken });
      ids.push(...(page.items ?? []).map((item) => item.id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
  });
});
