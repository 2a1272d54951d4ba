import { describe, expect, it } from '@jest/globals';
import { hubTags } from '@hub/api';
import type { EffectivePolicy, MemberState, ObservedTargetGroup, PolicySettings, Slot } from '@hub/model';
import { planTargetGroup, type TargetGroupFacts } from './plan-target-group.js';
import {
  aGroup,
  aMember,
  anExport,
  aPolicy,
  factsOf,
  groupFor,
  noPolicy,
  registered,
  stepsOf,
  traced,
  unknownPolicy,
  unread,
  withheldOf,
} from './testing/facts.spec-builders.js';

function asking(settings: PolicySettings): EffectivePolicy {
  return aPolicy().named('asking').asking(settings).inForce();
}

const healthz = asking({ healthCheck: { path: '/healthz' } });

/** The plan for an export of a member of which nothing is known but its groups. */
function planUnread(observed: readonly ObservedTargetGroup[], facts: Partial<TargetGroupFacts> = {}) {
  const member = aMember({ state: 'Unreachable' });
  return planTargetGroup(factsOf(anExport(), { export: { kind: 'unread' }, member, observed, ...facts }));
}

describe('a member that was never read', () => {
  it('has health check and trace follow the policy, and nothing else', () => {
    const group = aGroup({ tags: { [hubTags.hub]: 'hub-1', [hubTags.policy]: '' }, targets: registered('10.9.9.9') });
    expect(stepsOf(planUnread([group], { policy: healthz }))).toEqual(['update', `tag ${hubTags.policy}`]);
  });

  it('has its health check go back to the default when the policy was taken away elsewhere', () => {
    const group = groupFor(factsOf(anExport(), { policy: healthz }));
    expect(stepsOf(planUnread([group], { policy: noPolicy }))).toEqual(['update', `tag ${hubTags.policy}`]);
  });

  it('needs nothing where nothing is different', () => {
    expect(planUnread([aGroup()])).toEqual({ steps: [], withheld: [], toRead: [] });
  });

  it.each([
    { policy: unknownPolicy, reason: 'PolicyUnknown' },
    { policy: aPolicy().edited().invalid().inForce(), reason: 'PolicyInvalid' },
  ])('has its groups stay as they are with a policy that can not be followed: $reason', ({ policy, reason }) => {
    const group = traced(aGroup({ healthCheck: { enabled: true, path: '/observed' } }), 'b/uid');
    expect(planUnread([group], { policy })).toMatchObject({ steps: [], withheld: [], waiting: { reason } });
  });

  it('has a group read that was not read by itself', () => {
    expect(planUnread([unread(aGroup())], { policy: healthz })).toMatchObject({ steps: [], toRead: [aGroup().arn] });
  });

  it('gets no group, loses none, and has no target touched', () => {
    expect(planUnread([], { policy: healthz })).toEqual({ steps: [], withheld: [], toRead: [] });
    expect(stepsOf(planUnread([aGroup({ targets: [] })]))).toEqual([]);
    expect(stepsOf(planUnread([aGroup({ status: 'CREATE_FAILED' })]))).toEqual([]);
  });

  it.each<{ status: ObservedTargetGroup['status'] }>([
    { status: 'CREATE_IN_PROGRESS' },
    { status: 'DELETE_IN_PROGRESS' },
    { status: 'CREATE_FAILED' },
  ])('has a group left alone that is $status', ({ status }) => {
    expect(planUnread([aGroup({ status })], { policy: healthz }).steps).toEqual([]);
  });

  it.each<{ slot: Slot; made: PolicySettings; now: PolicySettings; because: string }>([
    { slot: '80', made: {}, now: { protocol: 'HTTPS' }, because: 'the protocol is another' },
    { slot: '80', made: {}, now: { protocolVersion: 'HTTP2' }, because: 'the version is another' },
    { slot: '80', made: { protocol: 'HTTPS' }, now: {}, because: 'no route makes an HTTPS group without a policy' },
    { slot: '80', made: { protocolVersion: 'HTTP2' }, now: {}, because: 'no route makes an HTTP2 group without a policy' },
    { slot: 'legacy', made: { protocol: 'TCP' }, now: {}, because: 'an export without exportedPorts is HTTP without a policy' },
    {
      slot: 'legacy',
      made: { protocolVersion: 'GRPC' },
      now: { protocol: 'HTTP' },
      because: 'an export without exportedPorts is HTTP1 without a version',
    },
  ])('has a group of $made in slot $slot wait for $now to be replaced: $because', ({ slot, made, now: asked }) => {
    const key = { cluster: 'a', namespace: 'shop', name: 'web', slot };
    const exported = anExport().withSlot({ ...anExport().build().slots![0]!, slot });
    const group = groupFor(factsOf(exported, { key, policy: asking({ ...made, healthCheck: { path: '/old' } }) }));
    expect(planUnread([group], { key, policy: asking({ ...asked, healthCheck: { path: '/new' } }) }).steps).toEqual([]);
  });

  it.each<{ routeType: 'HTTP' | 'GRPC' | 'TLS'; asked: PolicySettings }>([
    { routeType: 'HTTP', asked: {} },
    { routeType: 'GRPC', asked: {} },
    { routeType: 'TLS', asked: {} },
    { routeType: 'HTTP', asked: { protocol: 'HTTPS' } },
    { routeType: 'GRPC', asked: { protocol: 'HTTPS' } },
    { routeType: 'TLS', asked: { protocolVersion: 'HTTP2' } },
    { routeType: 'HTTP', asked: { protocol: 'TCP' } },
  ])('has the group of a $routeType port follow the health check of a policy of $asked', ({ routeType, asked }) => {
    const exported = anExport().ofPort(80, routeType);
    const group = groupFor(factsOf(exported, { policy: asking(asked) }));
    const edited = asking({ ...asked, healthCheck: { enabled: true, protocol: 'HTTP', path: '/new' } });
    expect(planUnread([group], { policy: edited }).steps).toMatchObject([{ kind: 'update', healthCheck: { path: '/new' } }]);
  });
});

describe('a member that was read and is not Synced now', () => {
  it.each<[MemberState]>([['Connecting'], ['Stale'], ['Unreachable'], ['Detaching']])(
    'and is %s has only health check and tags written',
    (state) => {
      const member = aMember({ state });
      const observed = [aGroup({ tags: { [hubTags.hub]: 'hub-1' }, targets: registered('10.0.0.1', '10.0.0.9') })];
      const plan = planTargetGroup(factsOf(anExport(), { member, observed, policy: healthz }));
      expect(plan.steps.map((step) => step.kind)).toEqual(['update', 'tag']);
      expect(withheldOf(plan)).toEqual([`register 10.0.0.2: Cluster${state}`, `deregister 10.0.0.9: Cluster${state}`]);
    },
  );

  it('gets no group, and says what would release it', () => {
    const plan = planTargetGroup(factsOf(anExport(), { member: aMember({ state: 'Stale' }) }));
    expect(withheldOf(plan)).toEqual(['create: ClusterStale']);
    expect(plan.withheld[0]).toMatchObject({
      needsAcknowledgement: false,
      release: 'when every watched kind of the cluster was read whole again',
    });
  });

  it('has a group that could not be made wait too', () => {
    const plan = planTargetGroup(
      factsOf(anExport(), { member: aMember({ state: 'Stale' }), observed: [aGroup({ status: 'CREATE_FAILED' })] }),
    );
    expect(withheldOf(plan)).toEqual(['delete createFailed: ClusterStale']);
  });
});
