// The nouns: what the worlds on both sides are made of, once read. No behaviour beyond comparing and naming them.
export type { Condition } from './condition.js';
export type { DesiredTargets, Evidence, ExportedService, ExportedSlot, ExportProblem } from './exported-service.js';
export type { Hold, MemberFacts, MemberState, PolicyScope, WatchedKind } from './member.js';
export { keyText } from './key-text.js';
export { OneCopy } from './one-copy.js';
export { NamesByKey } from './names-by-key.js';
export type { Place } from './place.js';
export { placeKey, samePlace } from './place.js';
export type { Plan, Step, WithheldStep } from './plan.js';
export type { EffectivePolicy, Policy, PolicyHealthCheck, PolicyOrigin, PolicySettings } from './policy.js';
export type { Slot, TargetGroupKey } from './target-group-key.js';
export { exportId, formatRequest, isSlot, parseRequest } from './target-group-key.js';
export type {
  HealthCheck,
  IpFamily,
  ObservedTarget,
  ObservedTargetGroup,
  Protocol,
  ProtocolVersion,
  Target,
  TargetGroupShape,
  TargetGroupSpec,
  TargetGroupStatus,
} from './target-group.js';
export { targetId } from './target-group.js';
