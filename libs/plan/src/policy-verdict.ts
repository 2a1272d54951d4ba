import type { Condition, MemberState, Policy } from '@hub/model';
import { conditionTypes } from '@hub/api';
import { effectivePolicy, traceOf, type KnownPolicies } from './effective-policy.js';

/** An export of a cluster, as far as a policy's verdict needs it. */
export interface PolicySubject {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
}

/** Everything that the verdict on one policy follows from. */
export interface VerdictFacts {
  readonly policy: Policy;
  /** The exports of the policy's namespace that it names, in every cluster that it reaches. */
  readonly subjects: readonly PolicySubject[];
  readonly known: KnownPolicies;
  /** The clusters that the policy reaches, with their states. */
  readonly clusters: ReadonlyMap<string, MemberState>;
}

/**
 * What a policy's `Accepted` condition says. Reasons and the core of the messages are those of the AWS Gateway API Controller; that a target
 * is missing is said only when every cluster could be read.
 */
export function policyVerdict(facts: VerdictFacts): Condition {
  const { policy, subjects } = facts;
  if (!policy.settings.valid) return accepted('False', 'Invalid', policy.settings.message);
  if (!policy.target) return accepted('False', 'Invalid', 'spec.targetRef is missing');
  if (policy.origin.tier === 'member' && facts.known.scopeOf(policy.origin.cluster) === 'Ignore') {
    return accepted('False', 'OutOfScope', 'the MemberCluster says policyScope: Ignore');
  }
  if (subjects.length === 0) return missingTarget(facts);
  const trace = traceOf(policy);
  let winner: Policy | undefined;
  for (const subject of subjects) {
    const effective = effectivePolicy({ cluster: subject.cluster, name: subject.name, service: subject.service, traces: [] }, facts.known);
    if (effective.kind !== 'policy' && effective.kind !== 'invalid') continue;
    if (traceOf(effective.policy) === trace) return accepted('True', 'Accepted', 'the policy is in force');
    winner ??= effective.policy;
  }
  return accepted('False', 'Conflicted', `targetRef has conflict, policy=${winner ? describe(winner) : 'unknown'}`);
}

function missingTarget(facts: VerdictFacts): Condition {
  const unread = [...facts.clusters].filter(([, state]) => state !== 'Synced').map(([name]) => name);
  const target = `${facts.policy.namespace}/${facts.policy.target?.name}`;
  const nobody = facts.clusters.size === 0 ? ': there is no admitted cluster that the policy reaches' : '';
  if (unread.length === 0) return accepted('False', 'TargetNotFound', `targetRef not found, target=${target}${nobody}`);
  const named = unread.toSorted().slice(0, 5).join(', ');
  const more = unread.length > 5 ? ` and ${unread.length - 5} more` : '';
  return accepted('Unknown', 'Unknown', `targetRef not found yet, target=${target}: not every cluster could be read (${named}${more})`);
}

function describe(policy: Policy): string {
  const where = policy.origin.tier === 'hub' ? 'the hub cluster' : `cluster ${policy.origin.cluster}`;
  return `${policy.namespace}/${policy.name} in ${where}`;
}

function accepted(status: Condition['status'], reason: string, message: string): Condition {
  return { type: conditionTypes.accepted, status, reason, message };
}

/** How many of the target groups that follow a policy are as it says. */
export interface PolicyProgress {
  readonly ready: number;
  readonly total: number;
  /** Clusters with a group that does not follow yet, and the first reason in each. */
  readonly behind: readonly { readonly cluster: string; readonly reason: string }[];
}

/** The hub's own condition on a policy: did the change reach every cluster, and where not, why not. */
export function programmedCondition(progress: PolicyProgress): Condition {
  const type = conditionTypes.programmed;
  if (progress.total === 0) return { type, status: 'False', reason: 'NoTargetGroups', message: 'no target group follows this policy' };
  const count = `${progress.ready} of ${progress.total} target groups`;
  if (progress.ready >= progress.total) return { type, status: 'True', reason: 'Programmed', message: `${count} are as the policy says` };
  const behind = progress.behind
    .toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
    .slice(0, 10)
    .map((b) => `${b.cluster} (${b.reason})`)
    .join(', ');
  return {
    type,
    status: 'False',
    reason: 'PartiallyProgrammed',
    message: `${count} are as the policy says; behind: ${behind || 'being reported'}`,
  };
}
