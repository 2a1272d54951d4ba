import { groupsOf, idOf, liveTargets } from '../compare.js';
import type { ChaosFleet } from '../fleet/chaos-fleet.js';
import { endpointSlice, service, serviceExport, targetGroupPolicy, type PolicySetting } from '../fleet/manifests.js';
import { until } from '../../fixtures/until.js';

const namespace = 'default';

/** Exports one HTTP port of a Service with these pods behind it. */
export function exportShop(fleet: ChaosFleet, member: number, name: string, ips: readonly string[]): void {
  fleet.member(member).apply(service(namespace, name));
  setPods(fleet, member, name, ips);
  fleet.member(member).apply(serviceExport(namespace, name, 'http'));
}

/** Replaces the pods behind a Service. */
export function setPods(fleet: ChaosFleet, member: number, name: string, ips: readonly string[]): void {
  const pods = ips.map((ip) => ({ ip, state: 'ready' as const }));
  fleet.member(member).apply(endpointSlice(namespace, name, 1, pods));
}

/** Sets the health check of an export everywhere, by a policy in the hub cluster. */
export function setPolicy(fleet: ChaosFleet, name: string, setting: PolicySetting): void {
  fleet.hubCluster.objects.apply(targetGroupPolicy(namespace, name, { kind: 'ServiceExport', name }, setting), { force: true });
}

/** The addresses in the group of an export, or why there is none. @param cluster the name of the member, where it goes by another one */
export function addressesIn(fleet: ChaosFleet, member: number, name: string, cluster = `member-${member}`): readonly string[] | undefined {
  const group = groupsOf(fleet.aws, fleet.hubId).find((candidate) => idOf(candidate) === `${cluster} ${namespace}/${name}/80`);
  return group?.status === 'ACTIVE' ? liveTargets(group).map((target) => target.split(' ')[0] ?? '') : undefined;
}

/** Waits until the group of an export has just these addresses. */
export async function shopIs(fleet: ChaosFleet, member: number, name: string, ips: readonly string[], timeoutMs = 15_000): Promise<void> {
  await until(
    `${name} of member-${member} has ${ips.join()}`,
    () => {
      const seen = addressesIn(fleet, member, name);
      return seen?.join() === ips.toSorted().join() ? undefined : `it has ${seen?.join() ?? 'no group'}`;
    },
    timeoutMs,
  );
}

/** How many calls AWS has heard that take something away, or set a health check anew. */
export function takingCalls(fleet: ChaosFleet): number {
  return ['DeregisterTargets', 'DeleteTargetGroup', 'UpdateTargetGroup'].reduce(
    (sum, operation) => sum + fleet.aws.calls.count({ operation }),
    0,
  );
}

/** A condition of a MemberCluster. */
export function conditionOf(
  fleet: ChaosFleet,
  member: number,
  type: string,
): { readonly status: string; readonly reason: string } | undefined {
  const conditions = fleet.memberCluster(`member-${member}`)?.status?.conditions as
    { type: string; status: string; reason: string }[] | undefined;
  return conditions?.find((condition) => condition.type === type);
}
