import type { AwsSimulator, TargetGroupView } from '@hub/aws-simulator';
import { accounts, region } from './fleet/chaos-fleet.js';
import { filledHealthCheck, type ExpectedGroup, type OracleHealthCheck } from './oracle.js';

/** Something in AWS that is not as the oracle says. */
export interface Difference {
  /** `cluster namespace/name/slot`. */
  readonly id: string;
  readonly what: string;
}

/** A group that nobody asks for any more, and that stays because a Lattice service uses it. */
export interface Leftover {
  readonly id: string;
  readonly name: string;
}

const upstream = 'application-networking.k8s.aws';

/** The groups of a hub in every account, with where they are. */
export function groupsOf(aws: AwsSimulator, hubId: string): readonly (TargetGroupView & { readonly accountId: string })[] {
  return accounts.flatMap((accountId) =>
    aws
      .state(accountId, region)
      .targetGroups.flatMap((group) => (group.tags['lattice-hub.io/hub'] === hubId ? [{ ...group, accountId }] : [])),
  );
}

/** The request that a group is there for, by its tags. */
export function idOf({ tags }: Pick<TargetGroupView, 'tags'>): string {
  const tag = (name: string) => tags[`${upstream}/${name}`] ?? '';
  return `${tag('ClusterName')} ${tag('ServiceNamespace')}/${tag('ServiceName')}/${tags['lattice-hub.io/slot'] ?? ''}`;
}

/** The member that a group is of, by its tags. */
export function clusterOf({ tags }: Pick<TargetGroupView, 'tags'>): string {
  return tags[`${upstream}/ClusterName`] ?? '';
}

/** What is in AWS and what must be there, side by side. */
export function compare(
  expected: ReadonlyMap<string, ExpectedGroup>,
  aws: AwsSimulator,
  hubId: string,
): { readonly differences: readonly Difference[]; readonly leftovers: readonly Leftover[] } {
  const differences: Difference[] = [];
  const leftovers: Leftover[] = [];
  const byId = Map.groupBy(groupsOf(aws, hubId), idOf);
  for (const [id, wanted] of expected) {
    const groups = byId.get(id) ?? [];
    const problems = wanted.certainty === 'exact' && wanted.settings ? exactProblems(wanted, groups) : keptProblems(wanted, groups);
    for (const what of problems) differences.push({ id, what });
  }
  for (const [id, groups] of byId) {
    const wanted = expected.get(id);
    for (const group of groups) {
      if (wanted && (wanted.certainty === 'kept' || hasShape(group, wanted))) continue;
      if (group.serviceArns.length > 0) leftovers.push({ id, name: group.name });
      else differences.push({ id, what: `${group.name} (${group.status}) is there and nobody asks for it` });
    }
  }
  return { differences, leftovers };
}

/** Whether a group is of the protocol, version, port and family that is asked for; any will do where that can't be said. */
export function hasShape(group: TargetGroupView, wanted: ExpectedGroup): boolean {
  const { config } = group;
  if (config.port !== wanted.port || config.ipAddressType !== wanted.ipAddressType || config.vpcIdentifier !== wanted.vpcId) return false;
  if (!wanted.settings) return true;
  return config.protocol === wanted.settings.protocol && (config.protocolVersion ?? undefined) === wanted.settings.protocolVersion;
}

/** Those that take traffic or will, as `ip port`. */
export function liveTargets(group: TargetGroupView): readonly string[] {
  return group.targets
    .filter((target) => target.status !== 'DRAINING')
    .map((target) => `${target.id} ${target.port}`)
    .toSorted();
}

/** The fields of a health check that are not as asked for. */
export function healthCheckDifference(
  wanted: OracleHealthCheck,
  observed: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const seen: Readonly<Record<string, unknown>> = {
    ...observed,
    intervalSeconds: observed?.['healthCheckIntervalSeconds'],
    timeoutSeconds: observed?.['healthCheckTimeoutSeconds'],
    statusMatch: (observed?.['matcher'] as { httpCode?: unknown } | undefined)?.httpCode,
  };
  const different = Object.entries(wanted).filter(([field, value]) => seen[field] !== value);
  return different.length === 0
    ? undefined
    : different.map(([field, value]) => `${field} ${String(seen[field])} for ${String(value)}`).join(', ');
}

function exactProblems(wanted: ExpectedGroup, groups: readonly (TargetGroupView & { readonly accountId: string })[]): readonly string[] {
  const [group, ...more] = groups.filter((candidate) => hasShape(candidate, wanted));
  const { settings } = wanted;
  if (!group || !settings) return [`there is no group of ${JSON.stringify(settings)}`];
  if (more.length > 0) return [`there are ${more.length + 1} groups of one shape`];
  if (group.accountId !== wanted.accountId) return [`it is in account ${group.accountId}`];
  if (group.status !== 'ACTIVE') return [`${group.name} is ${group.status}`];
  const problems: string[] = [];
  const { protocol, protocolVersion, healthCheck } = settings;
  const check = healthCheckDifference(
    filledHealthCheck(healthCheck, protocol, protocolVersion),
    group.healthCheck as unknown as Readonly<Record<string, unknown>> | undefined,
  );
  if (check !== undefined) problems.push(`health check: ${check}`);
  for (const [key, value] of Object.entries(wanted.tags)) {
    if (group.tags[key] !== value) problems.push(`tag ${key}: ${group.tags[key]} for ${value}`);
  }
  const targets = liveTargets(group);
  if (targets.join() !== wanted.targets.join()) problems.push(`targets ${targets.join()} for ${wanted.targets.join()}`);
  return problems;
}

/** What can't be had is not made, and what is there has no dead address. */
function keptProblems(wanted: ExpectedGroup, groups: readonly TargetGroupView[]): readonly string[] {
  return groups.flatMap((group) => {
    const dead = liveTargets(group).filter((target) => !wanted.addresses.has(target.split(' ')[0] ?? ''));
    const missing = wanted.certainty === 'exact' ? wanted.targets.filter((target) => !liveTargets(group).includes(target)) : [];
    return [
      ...(dead.length > 0 ? [`dead targets ${dead.join()}`] : []),
      ...(missing.length > 0 ? [`targets ${missing.join()} are missing`] : []),
    ];
  });
}
