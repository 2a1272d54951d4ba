import type { DesiredTargets, ObservedTargetGroup, Step, Target } from '@hub/model';
import { targetId } from '@hub/model';
import { isConfirmed, type Proposal } from './withhold.js';

/** How many targets one RegisterTargets or DeregisterTargets takes (VPC Lattice API model). */
const targetsPerCall = 100;

/** The calls from the targets that a group has to those that it must have: only the difference, what comes before what goes. */
export function targetSteps(group: ObservedTargetGroup, desired: DesiredTargets): readonly Proposal[] {
  const present = registered(group);
  const missing = desired.kind === 'exact' ? without(desired.targets, present) : [];
  const surplus = present.filter((target) => !belongs(target, desired));
  const empties = surplus.length > 0 && surplus.length === present.length && missing.length === 0;
  return [
    ...chunks(missing).map((targets): Proposal => ({
      step: { kind: 'register', group: group.name, arn: group.arn, targets } satisfies Step,
    })),
    ...chunks(surplus).map((targets): Proposal => {
      const step: Step = { kind: 'deregister', group: group.name, arn: group.arn, targets };
      return empties ? { step, evidence: desired.emptiness } : { step };
    }),
  ];
}

/** Whether a group has every target that it must have. */
export function hasEvery(group: ObservedTargetGroup, desired: DesiredTargets): boolean {
  if (!group.targets) return false;
  return desired.kind === 'atMost' || without(desired.targets, registered(group)).length === 0;
}

/**
 * Whether a group has all that is lost with another one: every target that must be, or, where it is not known for sure what must be, every
 * target that the other one has.
 */
export function canStandIn(
  group: ObservedTargetGroup,
  other: ObservedTargetGroup,
  desired: DesiredTargets,
  confirmationMs: number,
): boolean {
  const isSure = desired.kind === 'exact' && (desired.targets.length > 0 || isConfirmed(desired.emptiness, confirmationMs));
  if (isSure) return hasEvery(group, desired);
  return group.targets !== undefined && other.targets !== undefined && without(registered(other), registered(group)).length === 0;
}

/** A draining target counts as gone: it may be registered again. */
function registered(group: ObservedTargetGroup): readonly Target[] {
  return (group.targets ?? []).filter((target) => target.status !== 'DRAINING').map(({ ip, port }) => ({ ip, port }));
}

function belongs(target: Target, desired: DesiredTargets): boolean {
  if (desired.kind === 'atMost') return desired.addresses.has(target.ip);
  return desired.targets.some((wanted) => wanted.ip === target.ip && wanted.port === target.port);
}

/** Those that are not present, each of them once. */
function without(targets: readonly Target[], present: readonly Target[]): readonly Target[] {
  const missing = new Map(targets.map((target) => [targetId(target), target]));
  for (const target of present) missing.delete(targetId(target));
  return [...missing.values()];
}

function chunks(targets: readonly Target[]): readonly (readonly Target[])[] {
  const out: Target[][] = [];
  for (let i = 0; i < targets.length; i += targetsPerCall) out.push(targets.slice(i, i + targetsPerCall));
  return out;
}
