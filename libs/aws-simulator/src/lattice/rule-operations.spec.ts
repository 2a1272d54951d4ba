import { describe, expect, it } from '@jest/globals';
import { SimulatedRegion } from '../testing/simulated-region.js';

const match = { httpMatch: { pathMatch: { match: { prefix: '/a' } } } } as const;
const notFound = { fixedResponse: { statusCode: 404 } } as const;

function forwardTo(...ids: readonly string[]) {
  return { forward: { targetGroups: ids.map((targetGroupIdentifier) => ({ targetGroupIdentifier, weight: 10 })) } };
}

function servicesOf(region: SimulatedRegion, id: string): readonly string[] {
  return region.call('GetTargetGroup', { targetGroupIdentifier: id }).serviceArns ?? [];
}

describe('a target group in use', () => {
  it('names the one service that forwards to it, from listener and rule, until both let go', () => {
    const region = new SimulatedRegion();
    const group = region.activeGroup();
    const { service, listener } = region.forwarding([group]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const { arn } = region.call('GetService', { serviceIdentifier: service });
    const rule = region.call('CreateRule', { ...place, name: 'first', priority: 1, match, action: forwardTo(group) });
    expect(servicesOf(region, group)).toEqual([arn]);
    region.call('UpdateListener', { ...place, defaultAction: notFound });
    expect(servicesOf(region, group)).toEqual([arn]);
    region.call('DeleteRule', { ...place, ruleIdentifier: rule.arn ?? '' });
    expect(servicesOf(region, group)).toEqual([]);
  });

  it('is freed when its service is gone, not before', () => {
    const region = new SimulatedRegion();
    const group = region.activeGroup();
    const { service } = region.forwarding([group]);
    region.call('DeleteService', { serviceIdentifier: service });
    expect(servicesOf(region, group)).toHaveLength(1);
    region.advance(300);
    expect(servicesOf(region, group)).toEqual([]);
    expect(region.refusal('GetService', { serviceIdentifier: service })).toMatchObject({
      status: 404,
      members: { resourceType: 'SERVICE' },
    });
  });

  it('still names its service for the lag of the settings', () => {
    const region = new SimulatedRegion({ serviceArnsLagMs: 100 });
    const group = region.activeGroup();
    const { service, listener } = region.forwarding([group]);
    region.call('DeleteListener', { serviceIdentifier: service, listenerIdentifier: listener });
    expect(servicesOf(region, group)).toHaveLength(1);
    region.advance(100);
    expect(servicesOf(region, group)).toEqual([]);
  });

  it('can be used by a single service only', () => {
    const region = new SimulatedRegion();
    const group = region.activeGroup();
    region.forwarding([group], 'first');
    const { id = '' } = region.call('CreateService', { name: 'second' });
    const refusal = region.refusal('CreateListener', {
      serviceIdentifier: id,
      name: 'http',
      protocol: 'HTTP',
      defaultAction: forwardTo(group),
    });
    expect(refusal).toMatchObject({ code: 'ConflictException', members: { resourceId: group, resourceType: 'TARGET_GROUP' } });
  });
});

describe('an action', () => {
  it.each([
    { words: 'forwards to a group that is not there', action: () => forwardTo('tg-00000000000000000'), code: 'ResourceNotFoundException' },
    {
      words: 'answers with another status than 404 or 500',
      action: () => ({ fixedResponse: { statusCode: 200 } }),
      code: 'ValidationException',
    },
    { words: 'names a group twice', action: (id: string) => forwardTo(id, id), code: 'ValidationException' },
    {
      words: 'leaves a weight out where it has two groups',
      action: (id: string, other: string) => ({
        forward: { targetGroups: [{ targetGroupIdentifier: id }, { targetGroupIdentifier: other }] },
      }),
      code: 'ValidationException',
    },
  ])('is refused where it $words', ({ action, code }) => {
    const region = new SimulatedRegion();
    const [group, other] = [region.activeGroup('first'), region.activeGroup('second')];
    const { service, listener } = region.forwarding([]);
    const input = { serviceIdentifier: service, listenerIdentifier: listener, defaultAction: action(group, other) };
    expect(region.refusal('UpdateListener', input).code).toBe(code);
  });

  it('is refused for a group that is not ACTIVE yet', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const { id = '' } = region.call('CreateTargetGroup', { name: 'early', type: 'LAMBDA' });
    const refusal = region.refusal('UpdateListener', {
      serviceIdentifier: service,
      listenerIdentifier: listener,
      defaultAction: forwardTo(id),
    });
    expect(refusal.message).toContain('status: CREATE_IN_PROGRESS');
  });

  it('echoes groups by id, and the weight of a single one', () => {
    const region = new SimulatedRegion();
    const group = region.activeGroup();
    const arn = region.call('GetTargetGroup', { targetGroupIdentifier: group }).arn ?? '';
    const { service, listener } = region.forwarding([]);
    const defaultAction = { forward: { targetGroups: [{ targetGroupIdentifier: arn }] } };
    const updated = region.call('UpdateListener', { serviceIdentifier: service, listenerIdentifier: listener, defaultAction });
    expect(updated.defaultAction).toEqual({ forward: { targetGroups: [{ targetGroupIdentifier: group, weight: 100 }] } });
  });

  it.each([
    { protocol: 'TLS_PASSTHROUGH', groupProtocol: 'TCP', isAllowed: true },
    { protocol: 'TLS_PASSTHROUGH', groupProtocol: 'HTTP', isAllowed: false },
    { protocol: 'HTTPS', groupProtocol: 'HTTP', isAllowed: true },
    { protocol: 'HTTP', groupProtocol: 'TCP', isAllowed: false },
  ] as const)('from $protocol to a $groupProtocol group is allowed: $isAllowed', ({ protocol, groupProtocol, isAllowed }) => {
    const region = new SimulatedRegion();
    const group = region.activeGroup('group', { config: { port: 443, protocol: groupProtocol, vpcIdentifier: 'vpc-12345678' } });
    const { id = '' } = region.call('CreateService', { name: 'service' });
    const input = { serviceIdentifier: id, name: 'listener', protocol, defaultAction: forwardTo(group) };
    expect(isAllowed ? region.call('CreateListener', input).port : region.refusal('CreateListener', input).code).toBe(
      isAllowed ? 443 : 'ValidationException',
    );
  });

  it('can weigh a gRPC group and an HTTP group, and no more than ten groups in a service', () => {
    const region = new SimulatedRegion({ quotas: { targetGroupsPerService: 2 } });
    const config = { port: 80, protocol: 'HTTP', vpcIdentifier: 'vpc-12345678' } as const;
    const groups = [region.activeGroup('plain'), region.activeGroup('grpc', { config: { ...config, protocolVersion: 'GRPC' } })];
    const { service, listener } = region.forwarding(groups);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    expect(
      region.refusal('CreateRule', { ...place, name: 'more', priority: 1, match, action: forwardTo(region.activeGroup('third')) }),
    ).toMatchObject({
      status: 402,
      members: { quotaCode: 'L-3DEC3B9F' },
    });
  });
});

describe('the rules of a listener', () => {
  it('have a default one, which changes and goes with the listener only', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const [rule] = region.call('ListRules', place).items;
    const ruleIdentifier = rule?.id ?? '';
    expect(rule).toMatchObject({ name: 'default', isDefault: true, priority: undefined });
    expect(region.call('GetRule', { ...place, ruleIdentifier }).action).toEqual(notFound);
    expect(region.refusal('UpdateRule', { ...place, ruleIdentifier, priority: 3 }).code).toBe('ValidationException');
    expect(region.refusal('DeleteRule', { ...place, ruleIdentifier }).code).toBe('ValidationException');
  });

  it('have names and priorities once', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const first = region.call('CreateRule', { ...place, name: 'first', priority: 1, match, action: notFound });
    expect(region.refusal('CreateRule', { ...place, name: 'first', priority: 2, match, action: notFound })).toMatchObject({
      code: 'ConflictException',
      members: { resourceId: first.id, resourceType: 'RULE' },
    });
    expect(region.refusal('CreateRule', { ...place, name: 'second', priority: 1, match, action: notFound }).code).toBe('ConflictException');
  });

  it('swap their priorities in a batch, and a batch that clashes changes nothing', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const [first = '', second = ''] = [1, 2].map(
      (priority) => region.call('CreateRule', { ...place, name: `number-${priority}`, priority, match, action: notFound }).id ?? '',
    );
    const clash = { ...place, rules: [{ ruleIdentifier: first, priority: 2 }] };
    expect(region.refusal('BatchUpdateRule', clash).code).toBe('ConflictException');
    const swapped = region.call('BatchUpdateRule', {
      ...place,
      rules: [
        { ruleIdentifier: first, priority: 2 },
        { ruleIdentifier: second, priority: 1 },
      ],
    });
    expect(swapped.successful?.map((rule) => [rule.id, rule.priority])).toEqual([
      [first, 2],
      [second, 1],
    ]);
  });

  it('fail singly in a batch', () => {
    const region = new SimulatedRegion();
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    const { id = '' } = region.call('CreateRule', { ...place, name: 'first', priority: 1, match, action: notFound });
    const rules = [{ ruleIdentifier: id, action: { fixedResponse: { statusCode: 200 } } }];
    expect(region.call('BatchUpdateRule', { ...place, rules })).toMatchObject({
      successful: [],
      unsuccessful: [{ ruleIdentifier: id, failureCode: 'ValidationException' }],
    });
  });

  it('are limited, as are listeners and services', () => {
    const region = new SimulatedRegion({ quotas: { rulesPerListener: 1, listenersPerService: 1, servicesPerRegion: 1 } });
    const { service, listener } = region.forwarding([]);
    const place = { serviceIdentifier: service, listenerIdentifier: listener };
    region.call('CreateRule', { ...place, name: 'first', priority: 1, match, action: notFound });
    const refusals = [
      region.refusal('CreateRule', { ...place, name: 'second', priority: 2, match, action: notFound }),
      region.refusal('CreateListener', { ...place, name: 'more', protocol: 'HTTPS', defaultAction: notFound }),
      region.refusal('CreateService', { name: 'more' }),
    ];
    expect(refusals.map((refusal) => [refusal.status, refusal.members['quotaCode']])).toEqual([
      [402, 'L-CF78395E'],
      [402, 'L-D64E952E'],
      [402, 'L-620C821E'],
    ]);
  });

  it('can not be added to a TLS_PASSTHROUGH listener', () => {
    const region = new SimulatedRegion();
    const group = region.activeGroup('group', { config: { port: 443, protocol: 'TCP', vpcIdentifier: 'vpc-12345678' } });
    const { id = '' } = region.call('CreateService', { name: 'service' });
    const listener = region.call('CreateListener', {
      serviceIdentifier: id,
      name: 'tls',
      protocol: 'TLS_PASSTHROUGH',
      defaultAction: forwardTo(group),
    });
    const place = { serviceIdentifier: id, listenerIdentifier: listener.id ?? '' };
    expect(region.refusal('CreateRule', { ...place, name: 'first', priority: 1, match, action: notFound }).code).toBe(
      'ValidationException',
    );
  });
});
