import { hubClusterName, type MemberClusterSpec } from '@hub/api';
import type { Place } from '@hub/model';
import { placeKey, samePlace } from '@hub/model';

/** A MemberCluster, as far as its admission needs it. */
export interface MemberCandidate {
  readonly name: string;
  readonly createdAtMs: number;
  readonly spec: MemberClusterSpec;
  /** What it was when it joined, and the UID of its kube-system then. */
  readonly joinedAs?: (Place & { readonly uid: string }) | undefined;
}

/** Whether the hub may work with a member, and if not, why and what to do. */
export type Admission =
  { readonly admitted: true; readonly place: Place } | { readonly admitted: false; readonly reason: string; readonly message: string };

/** The names of those who were admitted, by what nobody else may have. */
interface Admitted {
  readonly byPlace: Map<string, string>;
  readonly byUid: Map<string, string>;
}

/** The place that a spec names. */
export function placeOf(name: string, spec: MemberClusterSpec): Place {
  const { accountId, region, vpcId } = spec.aws;
  return { accountId, region, vpcId, clusterName: spec.clusterName ?? name };
}

/**
 * Who may be worked with (design 4). The hub's own account is needed only for a role without external id; undefined means that it is not known yet.
 */
export function admitMembers(members: readonly MemberCandidate[], hubAccountId: string | undefined): ReadonlyMap<string, Admission> {
  const verdicts = new Map<string, Admission>();
  // Who has joined stays: no newcomer takes a live member's place, however old its object is.
  const byRight = members.toSorted((a, b) => joining(a) - joining(b) || a.createdAtMs - b.createdAtMs || (a.name < b.name ? -1 : 1));
  const admitted: Admitted = { byPlace: new Map(), byUid: new Map() };
  for (const member of byRight) {
    const place = placeOf(member.name, member.spec);
    const refusal = refusalOf(member, place, hubAccountId) ?? clashOf(member, place, admitted);
    verdicts.set(member.name, refusal ?? { admitted: true, place });
    if (refusal) continue;
    admitted.byPlace.set(placeKey(place), member.name);
    if (member.joinedAs) admitted.byUid.set(member.joinedAs.uid, member.name);
  }
  return verdicts;
}

/** Refusals of what the hub is not to work with: by its spec, or because another MemberCluster stands for it. */
const neverReached: ReadonlySet<string> = new Set(['ReservedName', 'NotYetSupported', 'DuplicateClusterName', 'AlreadyRegistered']);

/**
 * Whether a policy reaches a member, so that its target may be there and its groups count. One that has joined is reached also while a mistake in
 * its spec stops it: its groups are there, and do not follow. One that has not is reached while its admission is waited for, and not where a person
 * has to change it first.
 */
export function isReached(admission: Admission | undefined, hasJoined: boolean): boolean {
  if (!admission || admission.admitted) return true;
  if (neverReached.has(admission.reason)) return false;
  return hasJoined || admission.reason === 'HubAccountUnknown';
}

function joining(member: MemberCandidate): number {
  return member.joinedAs ? 0 : 1;
}

function refusalOf(member: MemberCandidate, place: Place, hubAccountId: string | undefined): Admission | undefined {
  const { spec, joinedAs } = member;
  if (member.name === hubClusterName)
    return refuse('ReservedName', `the name ${hubClusterName} stands for the hub cluster: choose another one`);
  if (spec.mode === 'Delegate') return refuse('NotYetSupported', 'spec.mode: Delegate is not supported yet, use Hub');
  if (joinedAs && !samePlace(joinedAs, place)) {
    return refuse(
      'ImmutableFieldChanged',
      'spec.aws.accountId, region, vpcId and spec.clusterName cannot change on a live member: detach it and add it again',
    );
  }
  const roleAccount = /^arn:[^:]+:iam::(\d{12}):role\//.exec(spec.aws.roleArn)?.[1];
  if (roleAccount !== spec.aws.accountId) {
    return refuse(
      'RoleAccountMismatch',
      `spec.aws.roleArn is in account ${roleAccount ?? 'unknown'}, spec.aws.accountId says ${spec.aws.accountId}`,
    );
  }
  if (spec.aws.externalId !== undefined || hubAccountId === spec.aws.accountId) return undefined;
  if (hubAccountId === undefined)
    return refuse('HubAccountUnknown', 'spec.aws.externalId is missing, and the own account of the hub could not be read yet');
  return refuse('ExternalIdRequired', 'spec.aws.externalId is required for a role outside of the own account of the hub');
}

function clashOf({ joinedAs }: MemberCandidate, place: Place, { byPlace, byUid }: Admitted): Admission | undefined {
  const namesake = byPlace.get(placeKey(place));
  if (namesake !== undefined) {
    return refuse(
      'DuplicateClusterName',
      `spec.clusterName ${place.clusterName} is taken by MemberCluster ${namesake} in the same account, region and VPC`,
    );
  }
  const twin = joinedAs && byUid.get(joinedAs.uid);
  return twin === undefined ? undefined : refuse('AlreadyRegistered', `this cluster is a member already, as MemberCluster ${twin}`);
}

function refuse(reason: string, message: string): Admission {
  return { admitted: false, reason, message };
}
