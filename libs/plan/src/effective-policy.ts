import { hubPolicyOrigin } from '@hub/api';
import type { EffectivePolicy, Policy, PolicyScope } from '@hub/model';

/** For which export, in which cluster, a policy is looked for. */
export interface PolicyQuestion {
  readonly cluster: string;
  readonly name: string;
  /** The Service behind the export. Unknown where neither the member nor its snapshot tells it. */
  readonly service: string | undefined;
  /** What the policy tags of its groups say, of the old and the new one of a replacement, or those of siblings where there is no group yet. */
  readonly traces: readonly string[];
}

/** What is known of the policies of the export's namespace. */
export interface KnownPolicies {
  /** Those that name this export or its Service, or could: see {@link PolicyQuestion.service}. */
  readonly candidates: readonly Policy[];
  readonly scopeOf: (cluster: string) => PolicyScope;
  /** Members of whose policies nothing is known, neither live nor by snapshot. */
  readonly isUnread: (cluster: string) => boolean;
}

/** The value of the policy tag for a policy. */
export function traceOf(policy: Policy): string {
  return `${policy.origin.tier === 'hub' ? hubPolicyOrigin : policy.origin.cluster}/${policy.uid}`;
}

/** The cluster that a trace leads to. */
function originOf(trace: string): string {
  return trace.slice(0, trace.lastIndexOf('/'));
}

/**
 * The one policy that holds for an export in a cluster, for protocol and health check alike; the winner counts whole (design 5). What is not
 * known never reads as "no policy": where the group's trace leads to a member of which nothing is known, what is there stays.
 */
export function effectivePolicy(question: PolicyQuestion, known: KnownPolicies): EffectivePolicy {
  const winner = rank(known.candidates.filter((policy) => applies(policy, question, known)))[0];
  if (winner?.origin.tier !== 'hub') {
    const origin = question.traces.map(originOf).find((member) => isUnreadMember(member, question, known));
    if (origin !== undefined) return { kind: 'unknown', message: `the policy in force stands in ${origin}, which was never read`, origin };
  }
  if (!winner) return { kind: 'none' };
  if (question.service === undefined && winner.target?.kind === 'Service') {
    return {
      kind: 'unknown',
      message: `the Service behind the export is not known, and policy ${winner.namespace}/${winner.name} may be about it`,
    };
  }
  if (winner.settings.valid) return { kind: 'policy', policy: winner, settings: winner.settings.settings };
  return { kind: 'invalid', policy: winner, message: winner.settings.message };
}

/** The order of policies: hub before member, export before Service, then the oldest, then by name, then by cluster. */
export function rank(policies: readonly Policy[]): readonly Policy[] {
  return policies.toSorted(
    (a, b) =>
      tier(a) - tier(b) ||
      kind(a) - kind(b) ||
      a.createdAtMs - b.createdAtMs ||
      compare(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`) ||
      compare(clusterOf(a), clusterOf(b)),
  );
}

function applies(policy: Policy, question: PolicyQuestion, known: Pick<KnownPolicies, 'scopeOf'>): boolean {
  if (!policy.target || !names(policy.target, question)) return false;
  // A policy that was invalid from its first day never had a place. One that was edited into something invalid keeps its place.
  if (!policy.settings.valid && policy.generation <= 1 && !question.traces.includes(traceOf(policy))) return false;
  return policy.origin.tier === 'hub' || reaches(policy.origin.cluster, question, known);
}

/** Whether nothing is known of the policies of a member that count in the cluster that is asked about. */
function isUnreadMember(member: string, question: PolicyQuestion, known: KnownPolicies): boolean {
  return member !== hubPolicyOrigin && known.isUnread(member) && reaches(member, question, known);
}

/** Whether the policies of a member count in the cluster that is asked about. */
function reaches(member: string, question: PolicyQuestion, known: Pick<KnownPolicies, 'scopeOf'>): boolean {
  const scope = known.scopeOf(member);
  return scope === 'Fleet' || (scope === 'Own' && member === question.cluster);
}

function names(target: NonNullable<Policy['target']>, question: PolicyQuestion): boolean {
  if (target.kind === 'ServiceExport') return target.name === question.name;
  return question.service === undefined || target.name === question.service;
}

function tier(policy: Policy): number {
  return policy.origin.tier === 'hub' ? 0 : 1;
}

function kind(policy: Policy): number {
  return policy.target?.kind === 'ServiceExport' ? 0 : 1;
}

function clusterOf(policy: Policy): string {
  return policy.origin.tier === 'hub' ? '' : policy.origin.cluster;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
