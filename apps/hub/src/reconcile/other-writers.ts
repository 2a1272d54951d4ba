import type { Member } from '@hub/fleet';
import type { TargetGroups } from '@hub/lattice';
import type { Place } from '@hub/model';

/**
 * Whether something else owns a member's target groups (design law 2): an export carries the finalizer of the AWS Gateway API Controller, or a
 * group of this cluster name and VPC has no hub's tag. Its garbage collector would delete the hub's groups, so the hub writes nothing there.
 */
export function judgeOtherWriters(member: Member, place: Place | undefined, inventory: TargetGroups | undefined): Member['otherWriter'] {
  const owned = member.controllerOwnedExport();
  if (owned !== undefined) {
    const message = `ServiceExport ${owned} carries the finalizer of the AWS Gateway API Controller: remove that controller from the cluster first`;
    return { reason: 'ControllerPresent', message };
  }
  for (const { group, hubId } of (place && inventory?.known.foreignTo(place)) ?? []) {
    if (hubId === undefined) {
      const message = `target group ${group.name} carries the name of the cluster and belongs to no hub: the AWS Gateway API Controller owns it; remove that controller and its groups first`;
      return { reason: 'ControllerPresent', message };
    }
    const message = `target group ${group.name} belongs to hub ${hubId}: detach the cluster there first, or set HUB_ID=${hubId} where this hub takes its place`;
    return { reason: 'OwnedByAnotherHub', message };
  }
  return undefined;
}
