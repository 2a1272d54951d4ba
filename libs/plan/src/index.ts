// Every decision of the hub, pure: no await, no clock, no log. Facts come in, a plan goes out.
export { admitMembers, isReached, placeOf, type Admission } from './admit-members.js';
export { affectedRequests, type Change, type RequestIndex } from './affected-requests.js';
export { replicaFor } from './assign-clusters.js';
export { foundChanged, isContested, noUndo, settled, type UndoHistory } from './contested.js';
export {
  acknowledge,
  acknowledgedArns,
  acknowledgementMs,
  deletionsLeft,
  emptyLedger,
  exhaust,
  paidArns,
  spendDeletion,
  withdraw,
  type DeletionLedger,
  type GroupCounts,
} from './deletion-budget.js';
export { effectivePolicy, traceOf, type KnownPolicies } from './effective-policy.js';
export { exportConditions, slotState, type SlotState } from './export-condition.js';
export { planTargetGroup, type ExportKnowledge, type TargetGroupFacts } from './plan-target-group.js';
export { policyVerdict, programmedCondition, type PolicyProgress, type PolicySubject } from './policy-verdict.js';
export { readPolicy, type RawPolicy } from './read-policy.js';
export { annotationTags } from './target-group-tags.js';
export { memberConditions } from './member-condition.js';
