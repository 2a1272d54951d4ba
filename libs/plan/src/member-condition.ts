import { conditionTypes } from '@hub/api';
import type { Condition, Hold, MemberState } from '@hub/model';
import type { Admission } from './admit-members.js';

/** What the conditions of a member follow from. */
export interface MemberReport {
  readonly admission: Admission;
  readonly state: MemberState;
  /** What keeps the hub from reading the member. */
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
  readonly holds: readonly Hold[];
  /** How AWS took the hub's role: undefined before the first try. */
  readonly aws: { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string } | undefined;
  readonly contestedGroups: readonly string[];
  /** Kinds of which more events come than are taken in. */
  readonly throttledKinds: readonly string[];
  /** What the hub may not write in the member, such as conditions of policies. */
  readonly unwritable: readonly string[];
}

/** Problems that lie in the kubeconfig, and not in the network or the server. */
const credentialReasons: ReadonlySet<string> = new Set([
  'KubeconfigRefused',
  'Unauthorized',
  'AddressRefused',
  'SecretMissing',
  'TlsFailed',
]);

/** Problems of which the API server itself told, to a caller whose kubeconfig it accepts. */
const answeredReasons: ReadonlySet<string> = new Set(['KindNotServed', 'Forbidden', 'TooMany']);

/** The conditions of a MemberCluster. They move only when something is different, and name no times. */
export function memberConditions(report: MemberReport): readonly Condition[] {
  const { admission } = report;
  const admitted: Condition = admission.admitted
    ? condition(conditionTypes.admitted, 'True', 'Admitted', 'the hub works with this cluster')
    : condition(conditionTypes.admitted, 'False', admission.reason, admission.message);
  if (!admission.admitted) {
    const message = 'the cluster is not admitted';
    const rest = [conditionTypes.reachable, conditionTypes.synced, conditionTypes.credentialsValid, conditionTypes.awsAuthorized];
    return [admitted, ...rest.map((type) => condition(type, 'Unknown', 'NotAdmitted', message))];
  }
  return [
    admitted,
    reachable(report),
    synced(report),
    credentials(report),
    aws(report),
    contested(report),
    writable(report),
    withinLimits(report),
  ];
}

function reachable(report: MemberReport): Condition {
  const type = conditionTypes.reachable;
  const { state, problem } = report;
  if (answers(report)) return condition(type, 'True', 'Connected', 'the API server answers');
  if (state === 'Unreachable')
    return condition(type, 'False', problem?.reason ?? 'NoAnswer', problem?.message ?? 'the API server does not answer');
  return condition(type, 'Unknown', problem?.reason ?? 'Connecting', problem?.message ?? 'the hub is connecting');
}

function synced({ state, problem, holds }: MemberReport): Condition {
  const type = conditionTypes.synced;
  const hold = holds[0];
  if (state === 'Detaching') return condition(type, 'False', 'Detaching', 'the cluster is being detached');
  if (state !== 'Synced') {
    const why = problem?.message ?? 'not every watched kind was read whole yet';
    return condition(type, 'False', problem?.reason ?? state, `${why}; nothing is taken away until the cluster is Synced`);
  }
  if (hold) return condition(type, 'True', hold.reason, `${hold.message}; what takes away is withheld until a person acknowledges it`);
  return condition(type, 'True', 'Synced', 'every watched kind was read whole and is followed');
}

function credentials(report: MemberReport): Condition {
  const type = conditionTypes.credentialsValid;
  const { problem } = report;
  if (problem && credentialReasons.has(problem.reason)) return condition(type, 'False', problem.reason, problem.message);
  if (answers(report)) return condition(type, 'True', 'Accepted', 'the member accepts the kubeconfig');
  return condition(type, 'Unknown', 'NotTried', 'the member does not answer, so it is not known whether it accepts the kubeconfig');
}

/** Whether the API server answers the hub, be it that it does not let it read all. */
function answers({ state, problem }: MemberReport): boolean {
  if (state === 'Synced') return true;
  if (state === 'Stale' && !problem) return true;
  return state !== 'Unreachable' && problem !== undefined && answeredReasons.has(problem.reason);
}

function aws(report: MemberReport): Condition {
  const type = conditionTypes.awsAuthorized;
  if (!report.aws) return condition(type, 'Unknown', 'NotTried', 'the role was not assumed yet');
  if (!report.aws.ok) return condition(type, 'False', report.aws.reason, report.aws.message);
  return condition(type, 'True', 'Assumed', 'the role was assumed and leads to the declared account');
}

function contested({ contestedGroups }: MemberReport): Condition {
  const type = conditionTypes.contested;
  if (contestedGroups.length === 0) return condition(type, 'False', 'Uncontested', 'nothing else writes to the target groups');
  const named = contestedGroups.toSorted().slice(0, 5).join(', ');
  return condition(
    type,
    'True',
    'UndoneRepeatedly',
    `something else keeps undoing the hub's work on ${contestedGroups.length} target groups, which are left alone: ${named}`,
  );
}

/** Of a cluster that was not reached yet nothing is known, good or bad. */
function writable({ state, unwritable }: MemberReport): Condition {
  const type = conditionTypes.writable;
  if (unwritable.length === 0 && state === 'Connecting')
    return condition(type, 'Unknown', 'NotTried', 'nothing was shown in the cluster yet');
  if (unwritable.length === 0) return condition(type, 'True', 'Writable', 'conditions and events are shown in the cluster');
  return condition(type, 'False', 'Forbidden', `not shown in the cluster, by its RBAC: ${unwritable.toSorted().join(', ')}`);
}

function withinLimits({ state, problem, throttledKinds }: MemberReport): Condition {
  const type = conditionTypes.withinLimits;
  if (problem?.reason === 'TooMany') return condition(type, 'False', 'TooMany', problem.message);
  if (throttledKinds.length === 0 && state === 'Connecting')
    return condition(type, 'Unknown', 'NotTried', 'the cluster was not read whole yet');
  if (throttledKinds.length === 0)
    return condition(type, 'True', 'WithinLimits', 'the cluster says no more than is taken in of one cluster');
  const kinds = throttledKinds.toSorted().join(', ');
  return condition(type, 'False', 'TooManyEvents', `events come faster than they are taken in, and are followed with a delay: ${kinds}`);
}

function condition(type: string, status: Condition['status'], reason: string, message: string): Condition {
  return { type, status, reason, message };
}
