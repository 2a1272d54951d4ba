import type {
  EffectivePolicy,
  ExportedService,
  ExportedSlot,
  ObservedTargetGroup,
  Place,
  PolicySettings,
  TargetGroupShape,
  TargetGroupSpec,
} from '@hub/model';
import { hubTags } from '@hub/api';
import { traceOf } from './effective-policy.js';
import { fillHealthCheck } from './health-check.js';
import { targetGroupName } from './target-group-name.js';
import { targetGroupTags } from './target-group-tags.js';

/** What a decision about one target group needs to know of what is asked for. */
export interface DesiredFacts {
  readonly hubId: string;
  readonly place: Place;
  readonly exported: ExportedService;
  readonly slot: ExportedSlot;
  readonly policy: EffectivePolicy;
  /** The group of this request that is there, or else one of the same export in another cluster that the same policy made. */
  readonly model: ObservedTargetGroup | undefined;
}

export type Desired =
  | { readonly kind: 'spec'; readonly spec: TargetGroupSpec }
  /** What the group must be can't be said, and there is none to go by. */
  | { readonly kind: 'undecided'; readonly reason: string; readonly message: string };

/** What the target group of an exported port must be. */
export function desiredTargetGroup(facts: DesiredFacts): Desired {
  const { exported, policy, model } = facts;
  const ipFamily = exported.ipFamily ?? model?.ipFamily;
  if (!ipFamily) {
    const problem = exported.problems.find((p) => p.reason === 'NoService' || p.reason === 'NotSingleStack');
    return { kind: 'undecided', reason: problem?.reason ?? 'NoService', message: problem?.message ?? 'the Service is not known' };
  }
  if (policy.kind === 'policy' || policy.kind === 'none') {
    const settings = policy.kind === 'policy' ? policy.settings : {};
    const shape = { ...protocolOf(facts.slot, settings), port: facts.slot.port, ipFamily, vpcId: facts.place.vpcId };
    return specOf(facts, shape, fillHealthCheck(settings.healthCheck, shape), policy.kind === 'policy' ? traceOf(policy.policy) : '');
  }
  if (!model?.healthCheck) {
    return { kind: 'undecided', reason: policy.kind === 'invalid' ? 'PolicyInvalid' : 'PolicyUnknown', message: policy.message };
  }
  const shape: TargetGroupShape = {
    port: facts.slot.port,
    protocol: model.protocol,
    ...(model.protocolVersion && { protocolVersion: model.protocolVersion }),
    ipFamily,
    vpcId: facts.place.vpcId,
  };
  return specOf(facts, shape, model.healthCheck, model.tags[hubTags.policy] ?? '');
}

function specOf(facts: DesiredFacts, shape: TargetGroupShape, healthCheck: TargetGroupSpec['healthCheck'], trace: string): Desired {
  const { hubId, place, exported, slot } = facts;
  const identity = { hubId, place, namespace: exported.namespace, name: exported.name, slot: slot.slot };
  const tags = targetGroupTags({ ...identity, service: exported.service, protocolVersion: shape.protocolVersion, trace }, exported.tags);
  return { kind: 'spec', spec: { ...shape, name: targetGroupName({ ...identity, shape }), healthCheck, tags } };
}

/**
 * Protocol and version: the route type first, then the policy over it. With TLS and a policy that says HTTP without a version the AWS Gateway
 * API Controller fails for good; here the version is HTTP1.
 */
export function protocolOf(
  slot: Pick<ExportedSlot, 'routeType'>,
  settings: PolicySettings,
): Pick<TargetGroupShape, 'protocol' | 'protocolVersion'> {
  const protocol = settings.protocol ?? (slot.routeType === 'TLS' ? 'TCP' : 'HTTP');
  if (protocol === 'TCP') return { protocol };
  return { protocol, protocolVersion: settings.protocolVersion ?? (slot.routeType === 'GRPC' ? 'GRPC' : 'HTTP1') };
}
