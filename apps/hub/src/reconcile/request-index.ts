import { hubTags, upstreamTags } from '@hub/api';
import type { Fleet } from '@hub/fleet';
import type { ObservedTargetGroup, Slot, TargetGroupKey } from '@hub/model';
import { isSlot } from '@hub/model';
import type { RequestIndex } from '@hub/plan';
import type { Accounts } from './accounts.js';
import type { AwaitedPolicies } from './awaited-policies.js';

/** Which requests there are: what exports ask for, what target groups are there for, and what something is still said of. */
export class FleetRequests implements RequestIndex {
  constructor(
    private readonly fleet: Fleet,
    private readonly accounts: Accounts,
    private readonly awaited: AwaitedPolicies,
  ) {}

  *clusters(): Generator<string> {
    for (const member of this.fleet.heldMembers()) yield member.name;
  }

  slots(cluster: string, namespace: string, name: string): Iterable<Slot> {
    const place = this.fleet.placeOf(cluster);
    const groups = place && this.accounts.inventory(place);
    const member = this.fleet.member(cluster);
    const asked = member?.objects.slotsOf(namespace, name) ?? [];
    // An export can go before it had a group: what was said of it has to go too.
    const noted = member?.slotsNoted(namespace, name) ?? [];
    return new Set([...asked, ...noted, ...(place && groups ? groups.known.slotsOf(place, namespace, name) : [])]);
  }

  exportsOfService(cluster: string, namespace: string, service: string): Iterable<string> {
    const place = this.fleet.placeOf(cluster);
    const groups = place && this.accounts.inventory(place);
    // An export that is gone can have a group still, whose dead targets must go.
    return new Set([
      ...this.fleet.view.exportsOfService(cluster, namespace, service),
      ...(place && groups ? groups.known.exportsOfService(place, namespace, service) : []),
    ]);
  }

  awaiting(origin: string): Iterable<TargetGroupKey> {
    return this.awaited.of(origin);
  }

  *all(cluster: string): Generator<TargetGroupKey> {
    const seen = new Set<string>();
    const member = this.fleet.member(cluster);
    for (const { namespace, name, slots } of member?.exports() ?? []) {
      for (const slot of slots) {
        seen.add(`${namespace}/${name}/${slot}`);
        yield { cluster, namespace, name, slot };
      }
    }
    const place = this.fleet.placeOf(cluster);
    for (const group of (place && this.accounts.inventory(place)?.known.summariesOf(place)) ?? []) {
      const key = this.requestOf(cluster, group);
      if (key && isNew(seen, key)) yield key;
    }
    for (const noted of member?.noted() ?? []) if (isNew(seen, noted)) yield { cluster, ...noted };
  }

  /** The request that a group of this hub belongs to, by its tags. */
  requestOf(cluster: string, { tags }: ObservedTargetGroup): TargetGroupKey | undefined {
    const namespace = tags[upstreamTags.serviceNamespace];
    const name = tags[upstreamTags.serviceName];
    const slot = tags[hubTags.slot];
    return namespace && name && slot && isSlot(slot) ? { cluster, namespace, name, slot } : undefined;
  }
}

function isNew(seen: Set<string>, { namespace, name, slot }: Omit<TargetGroupKey, 'cluster'>): boolean {
  const id = `${namespace}/${name}/${slot}`;
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}
