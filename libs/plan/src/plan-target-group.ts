import type {
  DesiredTargets,
  EffectivePolicy,
  Evidence,
  ExportedService,
  ExportedSlot,
  MemberFacts,
  ObservedTargetGroup,
  Plan,
  PolicySettings,
  Slot,
  Step,
  TargetGroupKey,
  TargetGroupSpec,
} from '@hub/model';
import { hubTags } from '@hub/api';
import { desiredTargetGroup, protocolOf } from './desired-target-group.js';
import { traceOf } from './effective-policy.js';
import { fillHealthCheck, healthCheckDiffers } from './health-check.js';
import { missingTags } from './target-group-tags.js';
import { canStandIn, hasEvery, targetSteps } from './target-steps.js';
import { withhold, type Proposal } from './withhold.js';

/** What is known of the export that a request is about. */
export type ExportKnowledge =
  /** The member was read and has it. */
  | { readonly kind: 'live'; readonly exported: ExportedService }
  /** The member can't be read. Its snapshot, or nothing, tells of the export. */
  | { readonly kind: 'unread' }
  /** It is not there any more. What is left of its Service's endpoints goes with it. */
  | { readonly kind: 'absent'; readonly evidence: Evidence; readonly endpoints: DesiredTargets };

/** Everything that a plan for one request follows from. */
export interface TargetGroupFacts {
  readonly key: TargetGroupKey;
  /** ms of the monotonic clock. */
  readonly nowMs: number;
  readonly hubId: string;
  readonly member: MemberFacts;
  readonly export: ExportKnowledge;
  readonly policy: EffectivePolicy;
  /** This hub's groups of this request, the old and the new one of a replacement. */
  readonly observed: readonly ObservedTargetGroup[];
  /** A group of the same export in another cluster that the same policy made, to go by where the policy can't be read. */
  readonly sibling?: ObservedTargetGroup;
  /** Reads from this moment on count as fresh, in ms of the monotonic clock. */
  readonly freshSinceMs: number;
  readonly contested: boolean;
  /** How far two LISTs must be apart before what both lack is gone. */
  readonly confirmationMs: number;
  /** How many more groups may be deleted now, of this account and of this cluster. */
  readonly deletionsLeft: number;
  /** ARNs whose deletion a person has acknowledged: it needs no budget. No hold ends by that. */
  readonly acknowledged: ReadonlySet<string>;
  /** ARNs whose deletion was taken out of the budget already, and is tried again. */
  readonly paid: ReadonlySet<string>;
}

/** What one situation proposes, before anything is held back. */
interface Draft {
  readonly proposals: readonly Proposal[];
  readonly toRead?: readonly string[];
  readonly againAfterMs?: number;
  readonly waiting?: { readonly reason: string; readonly message: string };
  readonly desired?: Plan['desired'];
}

/** How soon to look again at what AWS is busy with. The reconciler backs off from there. */
const busyAgainMs = 400;
const drainingAgainMs = 10_000;
/** How soon to look whether a new group is filled, so that the old one may go. */
const fillingAgainMs = 100;

/** The steps from what is there to what must be, and what is held back of them. Pure: the same facts give the same plan. */
export function planTargetGroup(all: TargetGroupFacts): Plan {
  const facts = { ...all, observed: ownGroups(all) };
  const draft = draftOf(facts);
  const { steps, withheld, againAfterMs } = withhold(draft.proposals, facts);
  const again = [draft.againAfterMs, againAfterMs].filter((ms) => ms !== undefined);
  return {
    steps,
    withheld,
    toRead: draft.toRead ?? [],
    ...(again.length > 0 && { againAfterMs: Math.min(...again) }),
    ...(draft.waiting && { waiting: draft.waiting }),
    ...(draft.desired && { desired: draft.desired }),
  };
}

/** Whatever is handed in, only a group with this hub's tag is ever addressed (design law 2); in one order, however they were found. */
function ownGroups({ observed, hubId }: TargetGroupFacts): readonly ObservedTargetGroup[] {
  const own = observed.filter((group) => group.tags[hubTags.hub] === hubId);
  return own.toSorted((a, b) => (`${a.name} ${a.arn}` < `${b.name} ${b.arn}` ? -1 : 1));
}

function draftOf(facts: TargetGroupFacts): Draft {
  if (facts.export.kind === 'unread') return planUnread(facts);
  if (facts.export.kind === 'absent') {
    return planEnded(facts, facts.observed, facts.export.endpoints, { why: 'ended', evidence: facts.export.evidence });
  }
  const { exported } = facts.export;
  if (!exported.slots) {
    const problem = exported.problems[0];
    const kept = merge(planUnread(facts), keepCurrent(facts.observed, exported.endpoints));
    return { ...kept, waiting: { reason: problem?.reason ?? 'InvalidSpec', message: problem?.message ?? 'the export is invalid' } };
  }
  const slot = exported.slots.find((s) => s.slot === facts.key.slot);
  // That the port is not exported any more was read off the export itself: no absence has to be proven.
  if (!slot) return planEnded(facts, facts.observed, exported.endpoints, { why: 'ended', evidence: { by: 'event' } });
  return planLive(facts, exported, slot);
}

// --- the export is there ----------------------------------------------------------------------------------------------------------------

function planLive(facts: TargetGroupFacts, exported: ExportedService, slot: ExportedSlot): Draft {
  const desired = desiredTargetGroup({
    hubId: facts.hubId,
    place: facts.member.place,
    exported,
    slot,
    policy: facts.policy,
    model: current(facts.observed) ?? facts.sibling,
  });
  if (desired.kind === 'undecided') return undecided(facts, slot, desired);
  const wanted = facts.observed.find((group) => group.name === desired.spec.name);
  const others = facts.observed.filter((group) => group.name !== desired.spec.name);
  const spec = wanted && isGuessed(facts.policy) ? asObserved(desired.spec, wanted) : desired.spec;
  const own = planWanted(facts, spec, slot, wanted, exported.problems);
  const old = planReplaced(facts, slot.targets, wanted, others);
  return { ...merge(own, old), desired: { group: spec.name, text: describe(spec, slot.targets) } };
}

/** Which policy holds is not known, or it can't be followed: nothing that follows from a policy changes. */
function isGuessed(policy: EffectivePolicy): boolean {
  return policy.kind === 'unknown' || policy.kind === 'invalid';
}

/** What must be of a group, with all that follows from a policy as it is. */
function asObserved(spec: TargetGroupSpec, group: ObservedTargetGroup): TargetGroupSpec {
  const trace = group.tags[hubTags.policy] ?? spec.tags[hubTags.policy] ?? '';
  return { ...spec, healthCheck: group.healthCheck ?? spec.healthCheck, tags: { ...spec.tags, [hubTags.policy]: trace } };
}

/** The other groups of the request: each goes when the wanted one can stand in for it, and is kept current until then. */
function planReplaced(
  facts: TargetGroupFacts,
  targets: DesiredTargets,
  wanted: ObservedTargetGroup | undefined,
  others: readonly ObservedTargetGroup[],
): Draft {
  // Which of the groups is the right one is a guess where the policy is, and nothing goes by a guess.
  const mayReplace = wanted !== undefined && isUsable(wanted) && !isGuessed(facts.policy);
  const [over, kept] = partition(others, (old) => mayReplace && canStandIn(wanted, old, targets, facts.confirmationMs));
  const isFilling = kept.length > 0 && targets.kind === 'exact' && (wanted === undefined || !hasEvery(wanted, targets));
  return merge(planEnded(facts, over, targets, { why: 'replaced', evidence: { by: 'event' } }), {
    ...keepCurrent(kept, targets),
    ...(isFilling && { againAfterMs: fillingAgainMs }),
  });
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function describe(spec: TargetGroupSpec, targets: DesiredTargets): string {
  const wanted = targets.kind === 'exact' ? targets.targets.map((t) => `${t.ip} ${t.port}`).toSorted() : [...targets.addresses].toSorted();
  return JSON.stringify([spec, targets.kind, wanted]);
}

/** The group to go by where what is wanted can't be read: the one that serves, else any that can be used. */
function current(observed: readonly ObservedTargetGroup[]): ObservedTargetGroup | undefined {
  const usable = observed.filter(isUsable);
  return usable.find((group) => group.serviceArns.length > 0) ?? usable[0];
}

function undecided(facts: TargetGroupFacts, slot: ExportedSlot, why: { reason: string; message: string }): Draft {
  const unreadModels = facts.observed.filter((group) => isUsable(group) && !group.healthCheck).map((group) => group.arn);
  const kept = keepCurrent(facts.observed, slot.targets);
  return {
    ...kept,
    toRead: [...new Set([...(kept.toRead ?? []), ...unreadModels])],
    waiting: { reason: why.reason, message: why.message },
  };
}

function planWanted(
  facts: TargetGroupFacts,
  spec: TargetGroupSpec,
  slot: ExportedSlot,
  group: ObservedTargetGroup | undefined,
  problems: ExportedService['problems'],
): Draft {
  if (!group) {
    // A group of targets that may not be written is not made either: `atMost` means that the Service or its port is gone.
    if (slot.targets.kind === 'atMost')
      return { proposals: [], waiting: problems[0] ?? { reason: 'NoService', message: 'the Service is missing' } };
    const create: Step = { kind: 'create', group: spec.name, spec };
    return {
      proposals: [{ step: create }],
      againAfterMs: busyAgainMs,
      waiting: { reason: 'Creating', message: 'the target group is being created' },
    };
  }
  switch (group.status) {
    case 'CREATE_IN_PROGRESS':
      return {
        proposals: [],
        toRead: stale(facts, group),
        againAfterMs: busyAgainMs,
        waiting: { reason: 'Creating', message: 'the target group is being created' },
      };
    case 'DELETE_IN_PROGRESS':
      return {
        proposals: [],
        toRead: stale(facts, group),
        againAfterMs: busyAgainMs,
        waiting: { reason: 'Deleting', message: 'an older target group of this name is being deleted' },
      };
    case 'CREATE_FAILED':
      return {
        proposals: [{ step: { kind: 'delete', group: group.name, arn: group.arn, why: 'createFailed' } }],
        againAfterMs: busyAgainMs,
        waiting: { reason: 'CreateFailed', message: group.failure ?? 'AWS could not create the target group' },
      };
    case 'ACTIVE':
    case 'DELETE_FAILED':
      return keepAs(group, spec, slot.targets);
  }
}

/** An active group that must be as the spec says. */
function keepAs(group: ObservedTargetGroup, spec: TargetGroupSpec, targets: DesiredTargets): Draft {
  if (!group.healthCheck || !group.targets) return { proposals: [], toRead: [group.arn] };
  const proposals: Proposal[] = [];
  if (healthCheckDiffers(spec.healthCheck, group.healthCheck)) {
    proposals.push({ step: { kind: 'update', group: group.name, arn: group.arn, healthCheck: spec.healthCheck } });
  }
  const tags = missingTags(spec.tags, group.tags);
  if (tags) proposals.push({ step: { kind: 'tag', group: group.name, arn: group.arn, tags } });
  return { proposals: [...proposals, ...targetSteps(group, targets)] };
}

/** The groups of a replacement that still serve: their targets follow the endpoints. */
function keepCurrent(groups: readonly ObservedTargetGroup[], targets: DesiredTargets): Draft {
  const drafts = groups.filter(isUsable).map((group): Draft => {
    if (!group.targets) return { proposals: [], toRead: [group.arn] };
    return { proposals: targetSteps(group, targets) };
  });
  return merge(...drafts);
}

// --- the export, its port or its old shape is gone ----------------------------------------------------------------------------------------

function planEnded(
  facts: TargetGroupFacts,
  groups: readonly ObservedTargetGroup[],
  endpoints: DesiredTargets,
  end: { readonly why: 'ended' | 'replaced'; readonly evidence: Evidence },
): Draft {
  const drafts: Draft[] = [];
  let { deletionsLeft } = facts;
  for (const group of groups) {
    // What the groups before this one take of the budget is not there for it: a group that may not go is not emptied either.
    const draft = planEnd({ ...facts, deletionsLeft }, group, endpoints, end);
    drafts.push(draft);
    deletionsLeft = withhold(draft.proposals, { ...facts, deletionsLeft }).deletionsLeft;
  }
  return merge(...drafts);
}

function planEnd(
  facts: TargetGroupFacts,
  group: ObservedTargetGroup,
  endpoints: DesiredTargets,
  end: { readonly why: 'ended' | 'replaced'; readonly evidence: Evidence },
): Draft {
  if (group.status === 'DELETE_IN_PROGRESS') return { proposals: [], toRead: stale(facts, group), againAfterMs: busyAgainMs };
  if (group.status === 'CREATE_IN_PROGRESS') return { proposals: [], toRead: stale(facts, group), againAfterMs: busyAgainMs };
  const remove: Proposal = {
    step: { kind: 'delete', group: group.name, arn: group.arn, why: end.why },
    evidence: end.evidence,
    inUse: group.serviceArns.length > 0,
  };
  // Only a group that would be deleted now is read again for it.
  if (withhold([remove], facts).steps.length === 0) return merge({ proposals: [remove] }, keepServing(group, endpoints));
  if (group.readAtMs === undefined || group.readAtMs < facts.freshSinceMs || !group.targets) return { proposals: [], toRead: [group.arn] };
  if (group.targets.some((target) => target.status === 'DRAINING')) {
    return {
      proposals: [],
      againAfterMs: drainingAgainMs,
      waiting: { reason: 'Draining', message: 'targets of a group that goes are draining' },
    };
  }
  const emptied: DesiredTargets = { kind: 'exact', targets: [], emptiness: end.evidence };
  return { proposals: [...targetSteps(group, emptied), remove] };
}

/** A group that must stay for now is not emptied, but what is dead in it goes. */
function keepServing(group: ObservedTargetGroup, endpoints: DesiredTargets): Draft {
  if (!isUsable(group) || group.serviceArns.length === 0) return { proposals: [] };
  if (!group.targets) return { proposals: [], toRead: [group.arn] };
  return { proposals: targetSteps(group, endpoints) };
}

// --- the member can't be read -------------------------------------------------------------------------------------------------------------

/** Health check and policy tag follow the policy even where the member can't be read; everything else waits for the member. */
function planUnread(facts: TargetGroupFacts): Draft {
  const { policy } = facts;
  if (policy.kind === 'unknown' || policy.kind === 'invalid')
    return { proposals: [], waiting: { reason: policy.kind === 'invalid' ? 'PolicyInvalid' : 'PolicyUnknown', message: policy.message } };
  const drafts = facts.observed.filter(isUsable).map((group): Draft => {
    if (!group.healthCheck) return { proposals: [], toRead: [group.arn] };
    const asked = policy.kind === 'policy' ? policy.settings : {};
    if (isReplacedBy(asked, group, facts.key.slot)) return { proposals: [] };
    const healthCheck = fillHealthCheck(asked.healthCheck, group);
    const proposals: Proposal[] = [];
    if (healthCheckDiffers(healthCheck, group.healthCheck))
      proposals.push({ step: { kind: 'update', group: group.name, arn: group.arn, healthCheck } });
    const tags = missingTags({ [hubTags.policy]: policy.kind === 'policy' ? traceOf(policy.policy) : '' }, group.tags);
    if (tags) proposals.push({ step: { kind: 'tag', group: group.name, arn: group.arn, tags } });
    return { proposals };
  });
  return merge(...drafts);
}

/**
 * A change of protocol or version replaces the group, and that waits for the member. Its route type is not known, so the group stays when one of
 * those that there are would make it as it is.
 */
function isReplacedBy(asked: PolicySettings, group: ObservedTargetGroup, slot: Slot): boolean {
  const routeTypes = slot === 'legacy' ? (['HTTP'] as const) : (['HTTP', 'GRPC', 'TLS'] as const);
  return !routeTypes.some((routeType) => {
    const { protocol, protocolVersion } = protocolOf({ routeType }, asked);
    return protocol === group.protocol && protocolVersion === group.protocolVersion;
  });
}

function isUsable(group: ObservedTargetGroup): boolean {
  return group.status === 'ACTIVE' || group.status === 'DELETE_FAILED';
}

function stale(facts: TargetGroupFacts, group: ObservedTargetGroup): readonly string[] {
  return group.readAtMs !== undefined && group.readAtMs >= facts.freshSinceMs ? [] : [group.arn];
}

function merge(...drafts: readonly Draft[]): Draft {
  const again = drafts.map((d) => d.againAfterMs).filter((ms) => ms !== undefined);
  const waiting = drafts.find((d) => d.waiting)?.waiting;
  return {
    proposals: drafts.flatMap((d) => d.proposals),
    toRead: drafts.flatMap((d) => d.toRead ?? []),
    ...(again.length > 0 && { againAfterMs: Math.min(...again) }),
    ...(waiting && { waiting }),
  };
}
