import { describe, expect, it } from '@jest/globals';
import { hubTags, upstreamTags } from '@hub/api';
import type { EffectivePolicy, ExportedSlot, IpFamily, ObservedTargetGroup, PolicySettings } from '@hub/model';
import { desiredTargetGroup, protocolOf } from './desired-target-group.js';
import { aGroup, anExport, aPolicy, atMost, hubId, noPolicy, place, traced, unknownPolicy, unread } from './testing/facts.spec-builders.js';

type RouteType = ExportedSlot['routeType'];

describe('protocol and version of a group', () => {
  it.each<{ routeType: RouteType; asked: PolicySettings; become: string }>([
    { routeType: 'HTTP', asked: {}, become: 'HTTP HTTP1' },
    { routeType: 'GRPC', asked: {}, become: 'HTTP GRPC' },
    { routeType: 'TLS', asked: {}, become: 'TCP' },
    { routeType: 'HTTP', asked: { protocol: 'HTTPS' }, become: 'HTTPS HTTP1' },
    { routeType: 'HTTP', asked: { protocolVersion: 'HTTP2' }, become: 'HTTP HTTP2' },
    { routeType: 'HTTP', asked: { protocolVersion: 'GRPC' }, become: 'HTTP GRPC' },
    { routeType: 'HTTP', asked: { protocol: 'HTTPS', protocolVersion: 'HTTP2' }, become: 'HTTPS HTTP2' },
    { routeType: 'HTTP', asked: { protocol: 'TCP' }, become: 'TCP' },
    { routeType: 'GRPC', asked: { protocol: 'HTTPS' }, become: 'HTTPS GRPC' },
    { routeType: 'GRPC', asked: { protocolVersion: 'HTTP1' }, become: 'HTTP HTTP1' },
    { routeType: 'GRPC', asked: { protocol: 'TCP' }, become: 'TCP' },
    { routeType: 'TLS', asked: { protocolVersion: 'HTTP2' }, become: 'TCP' },
    { routeType: 'TLS', asked: { protocol: 'TCP' }, become: 'TCP' },
    { routeType: 'TLS', asked: { protocol: 'HTTPS', protocolVersion: 'HTTP2' }, become: 'HTTPS HTTP2' },
    // Upstream leaves the version empty here and fails for good.
    { routeType: 'TLS', asked: { protocol: 'HTTP' }, become: 'HTTP HTTP1' },
    { routeType: 'TLS', asked: { protocol: 'HTTPS' }, become: 'HTTPS HTTP1' },
  ])('of route type $routeType with $asked are $become', ({ routeType, asked, become }) => {
    const { protocol, protocolVersion } = protocolOf({ routeType }, asked);
    expect([protocol, ...(protocolVersion ? [protocolVersion] : [])].join(' ')).toBe(become);
  });
});

function desired(facts: {
  readonly exported?: ReturnType<typeof anExport>;
  readonly policy?: EffectivePolicy;
  readonly model?: ObservedTargetGroup;
}): ReturnType<typeof desiredTargetGroup> {
  const exported = (facts.exported ?? anExport()).build();
  const slot = exported.slots?.[0];
  if (!slot) throw new Error('the export has no slot');
  return desiredTargetGroup({ hubId, place, exported, slot, policy: facts.policy ?? noPolicy, model: facts.model });
}

describe('what a group must be', () => {
  it('is what export and policy say', () => {
    const policy = aPolicy()
      .named('strict')
      .asking({ protocol: 'HTTPS', healthCheck: { path: '/healthz' } })
      .inForce();
    expect(desired({ exported: anExport().ofPort(8443), policy })).toMatchObject({
      kind: 'spec',
      spec: {
        port: 8443,
        protocol: 'HTTPS',
        protocolVersion: 'HTTP1',
        ipFamily: 'IPV4',
        vpcId: place.vpcId,
        healthCheck: { enabled: true, path: '/healthz' },
        tags: { [upstreamTags.protocolVersion]: 'HTTP1', [hubTags.slot]: '8443', [hubTags.policy]: 'a/strict-uid' },
      },
    });
  });

  it('has no protocol version for TCP, and an empty tag in its place', () => {
    const made = desired({ exported: anExport().ofPort(443, 'TLS') });
    expect(made).toMatchObject({ spec: { protocol: 'TCP', tags: { [upstreamTags.protocolVersion]: '' } } });
    expect(made.kind === 'spec' && 'protocolVersion' in made.spec).toBe(false);
  });

  it.each<[IpFamily]>([['IPV4'], ['IPV6']])('has the IP family of the Service, %s', (ipFamily) => {
    expect(desired({ exported: anExport().with({ ipFamily }) })).toMatchObject({ spec: { ipFamily } });
  });

  it('has the IP family of the group that is there where the Service is missing', () => {
    const exported = anExport().withoutService('10.0.0.1');
    expect(desired({ exported, model: aGroup({ ipFamily: 'IPV6' }) })).toMatchObject({ spec: { ipFamily: 'IPV6' } });
  });

  it.each([
    { reason: 'NoService', exported: anExport().withoutService() },
    {
      reason: 'NotSingleStack',
      exported: anExport().with({ ipFamily: undefined, problems: [{ reason: 'NotSingleStack', message: 'it has two families' }] }),
    },
  ])('can not be said without an IP family and a group to go by: $reason', ({ reason, exported }) => {
    expect(desired({ exported })).toMatchObject({ kind: 'undecided', reason });
  });

  it('forgets the policy in its trace when there is none any more', () => {
    expect(desired({ policy: noPolicy, model: traced(aGroup(), 'a/gone') })).toMatchObject({ spec: { tags: { [hubTags.policy]: '' } } });
  });
});

describe('what a group must be, where its policy can not be followed', () => {
  const model = traced(
    aGroup({ protocol: 'HTTPS', protocolVersion: 'HTTP2', healthCheck: { enabled: true, protocol: 'HTTPS', path: '/deep' } }),
    'b/policy-of-b',
  );

  it.each([
    { policy: 'unknown', effective: unknownPolicy },
    { policy: 'invalid', effective: aPolicy().edited().invalid().inForce() },
  ])('is what it is, when the policy is $policy', ({ effective }) => {
    expect(desired({ policy: effective, model })).toMatchObject({
      spec: {
        protocol: 'HTTPS',
        protocolVersion: 'HTTP2',
        healthCheck: model.healthCheck,
        tags: { [hubTags.policy]: 'b/policy-of-b' },
      },
    });
  });

  it('follows the export in everything else: port, Service and tags', () => {
    const exported = anExport()
      .ofPort(8443)
      .with({ service: 'other', tags: { team: 'red' } });
    expect(desired({ exported, policy: unknownPolicy, model })).toMatchObject({
      spec: { port: 8443, tags: { [hubTags.service]: 'other', team: 'red' } },
    });
  });

  it.each([
    { reason: 'PolicyUnknown', effective: unknownPolicy, there: 'nothing', model: undefined },
    { reason: 'PolicyInvalid', effective: aPolicy().edited().invalid().inForce(), there: 'nothing', model: undefined },
    { reason: 'PolicyUnknown', effective: unknownPolicy, there: 'a group that was not read', model: unread(model) },
  ])('can not be said with $there to go by: $reason', ({ reason, effective, model: there }) => {
    expect(desired({ policy: effective, ...(there && { model: there }) })).toMatchObject({ kind: 'undecided', reason });
  });

  it('never widens to a sibling of another port: the slot is the one that was asked for', () => {
    const exported = anExport().withSlot({ slot: 'legacy', port: 80, routeType: 'HTTP', targets: atMost() });
    expect(desired({ exported, policy: unknownPolicy, model: { ...model, port: 9999 } })).toMatchObject({ spec: { port: 80 } });
  });
});
