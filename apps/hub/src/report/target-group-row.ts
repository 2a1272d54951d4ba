import { hubClusterName, hubTags } from '@hub/api';
import type { HealthCheck, ObservedTargetGroup, Place, Step } from '@hub/model';
import type { Outcome } from '../reconcile/reconciler.js';
import { healthCheckText } from './health-check-text.js';

/** A target group as people see it, with the state that it was left in. */
export interface TargetGroupRow {
  /** Null where the group is asked for and not there. */
  readonly arn: string | null;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
  /** The name of the MemberCluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly export: string;
  /** The exported port, or null for the one group of an export without exportedPorts. */
  readonly exportPort: number | null;
  readonly protocol: string;
  readonly protocolVersion: string | null;
  readonly port: number;
  readonly ipFamily: string;
  readonly healthCheck: HealthCheck | null;
  readonly targets: readonly { readonly ip: string; readonly port: number; readonly status: string }[];
  /** Whether a VPC Lattice service uses it. */
  readonly inUse: boolean;
  /** The cluster is `hub` for a policy of the hub cluster. */
  readonly policy: { readonly cluster: string; readonly namespace: string; readonly name: string } | null;
  readonly state: 'Ready' | 'Progressing' | 'Withheld' | 'Failed';
  readonly reason: string;
  readonly message: string;
  /** When it was looked at, RFC 3339. */
  readonly observedAt: string;
}

/** A step that is held back, as people see it. */
export interface WithheldRow {
  readonly cluster: string;
  readonly namespace: string;
  readonly export: string;
  readonly step: string;
  readonly targetGroup: string;
  /** What the step would do. */
  readonly detail: string;
  readonly reason: string;
  readonly release: string;
  readonly needsAcknowledgement: boolean;
}

/** What is shown of one request. */
export interface RequestRows {
  readonly groups: readonly TargetGroupRow[];
  readonly withheld: readonly WithheldRow[];
}

/** The steps of a request that are held back. */
export function withheldRows({ key, plan }: Outcome): readonly WithheldRow[] {
  return plan.withheld.map(({ step, reason, release, needsAcknowledgement }) => ({
    cluster: key.cluster,
    namespace: key.namespace,
    export: key.name,
    step: step.kind,
    targetGroup: step.group,
    detail: detailOf(step),
    reason,
    release,
    needsAcknowledgement,
  }));
}

function detailOf(step: Step): string {
  switch (step.kind) {
    case 'create':
      return `${step.spec.protocol}${step.spec.protocolVersion ? `/${step.spec.protocolVersion}` : ''} port ${step.spec.port} in ${step.spec.vpcId}`;
    case 'update':
      return `health check ${healthCheckText(step.healthCheck)}`;
    case 'tag':
      return Object.entries(step.tags)
        .map(([k, v]) => `${k}=${v}`)
        .join(', ');
    case 'register':
    case 'deregister':
      return step.targets.map((t) => `${t.ip}:${t.port}`).join(', ');
    case 'delete':
      return step.why;
  }
}

/** The rows of one request: a row for each group that is there, or one for the group that is not there yet. */
export function targetGroupRows(
  outcome: Outcome,
  groups: readonly ObservedTargetGroup[],
  state: { readonly state: TargetGroupRow['state']; readonly reason: string; readonly message: string },
  at: Date,
): readonly TargetGroupRow[] {
  const { key, facts } = outcome;
  const base = {
    ...placeOf(facts.member.place),
    cluster: key.cluster,
    namespace: key.namespace,
    export: key.name,
    policy: policyOf(outcome),
    observedAt: at.toISOString(),
  };
  const exportPort = key.slot === 'legacy' ? null : Number(key.slot);
  const shown = { state: state.state, reason: state.reason, message: state.message };
  if (groups.length > 0)
    return groups.map((group) => ({
      ...base,
      exportPort,
      ...groupOf(group),
      ...(group.status === 'DELETE_IN_PROGRESS' ? deleting : shown),
    }));
  const spec = missingSpec(outcome);
  if (!spec) return [];
  const absent = { arn: null, targets: [], inUse: false, protocolVersion: spec.protocolVersion ?? null, healthCheck: spec.healthCheck };
  return [{ ...base, exportPort, ...absent, name: spec.name, protocol: spec.protocol, port: spec.port, ipFamily: spec.ipFamily, ...shown }];
}

const deleting = { state: 'Progressing', reason: 'Deleting', message: 'AWS is deleting the target group' } as const;

/** What a group that is wanted and not there would be. */
function missingSpec({ plan }: Outcome) {
  for (const step of [...plan.steps, ...plan.withheld.map((held) => held.step)]) if (step.kind === 'create') return step.spec;
  return undefined;
}

function placeOf(place: Place) {
  return { account: place.accountId, region: place.region, vpc: place.vpcId };
}

function groupOf(group: ObservedTargetGroup) {
  return {
    arn: group.arn,
    name: group.name,
    protocol: group.protocol,
    protocolVersion: group.protocolVersion ?? null,
    port: group.port,
    ipFamily: group.ipFamily,
    healthCheck: group.healthCheck ?? null,
    targets: group.targets ?? [],
    inUse: group.serviceArns.length > 0,
  };
}

/** The policy that holds for a request, as far as it is known; null where none does. */
export function policyOf({ facts }: Outcome): TargetGroupRow['policy'] {
  const { policy } = facts;
  if (policy.kind === 'policy' || policy.kind === 'invalid') {
    const { origin, namespace, name } = policy.policy;
    return { cluster: origin.tier === 'hub' ? hubClusterName : origin.cluster, namespace, name };
  }
  // The policy in force can't be read; its trace says in which cluster it stands.
  const trace = facts.observed[0]?.tags[hubTags.policy];
  return policy.kind === 'unknown' && trace ? { cluster: trace.split('/')[0] ?? '', namespace: facts.key.namespace, name: '' } : null;
}
