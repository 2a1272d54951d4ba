import type { Evidence, Hold, MemberFacts, Step, WithheldStep } from '@hub/model';

/** A step that the difference calls for, with what is known of the absence behind it. */
export interface Proposal {
  readonly step: Step;
  /** How the absence is known that this step follows from. Without one, nothing was concluded from an absence. */
  readonly evidence?: Evidence;
  /** A Lattice service uses the group. */
  readonly inUse?: boolean;
}

/** The part of the facts that decides what is held back. */
export interface Restraints {
  readonly nowMs: number;
  readonly member: MemberFacts;
  readonly contested: boolean;
  /** How far two LISTs must be apart before what both lack is gone (design law 1c). */
  readonly confirmationMs: number;
  readonly deletionsLeft: number;
  /** ARNs of groups that a person has let go: they need no budget. */
  readonly acknowledged: ReadonlySet<string>;
  readonly paid: ReadonlySet<string>;
}

interface Restraint {
  readonly reason: string;
  readonly release: string;
  readonly needsAcknowledgement?: boolean;
  readonly againAfterMs?: number;
}

/** What may be done of a plan, and what may not. */
export interface Withholding {
  readonly steps: readonly Step[];
  readonly withheld: readonly WithheldStep[];
  readonly againAfterMs?: number;
  /** What the steps leave of the deletion budget. */
  readonly deletionsLeft: number;
}

/** Law 1: takes out of a plan what may not be done now, and says why and what would release it. */
export function withhold(proposals: readonly Proposal[], restraints: Restraints): Withholding {
  const steps: Step[] = [];
  const withheld: WithheldStep[] = [];
  let againAfterMs: number | undefined;
  let deletionsLeft = restraints.deletionsLeft;
  const stopped = new Set<string>();
  for (const proposal of proposals) {
    const { step } = proposal;
    // What follows on the same group waits with it: a group is not deleted whose targets may not be taken out.
    const restraint = stopped.has(step.group) && step.kind === 'delete' ? behind : restraintOn(proposal, restraints, deletionsLeft);
    if (!restraint) {
      steps.push(step);
      if (spends(step, restraints)) deletionsLeft--;
      continue;
    }
    if (step.kind === 'deregister') stopped.add(step.group);
    if (restraint.againAfterMs !== undefined) againAfterMs = Math.min(againAfterMs ?? Infinity, restraint.againAfterMs);
    withheld.push({
      step,
      reason: restraint.reason,
      release: restraint.release,
      needsAcknowledgement: restraint.needsAcknowledgement ?? false,
    });
  }
  return { steps, withheld, deletionsLeft, ...(againAfterMs !== undefined && { againAfterMs }) };
}

const behind: Restraint = { reason: 'TargetsWithheld', release: 'when its targets may be deregistered' };

function restraintOn(proposal: Proposal, restraints: Restraints, deletionsLeft: number): Restraint | undefined {
  const { member } = restraints;
  if (member.refusal) return member.refusal;
  if (member.paused) return { reason: 'Paused', release: 'by spec.paused: false on the MemberCluster' };
  if (restraints.contested) return { reason: 'Contested', release: 'when nothing else changes this target group any more' };
  if (!waitsForSync(proposal.step)) return undefined;
  if (member.state !== 'Synced')
    return { reason: `Cluster${member.state}`, release: 'when every watched kind of the cluster was read whole again' };
  if (!takesAway(proposal.step)) return undefined;
  return restraintOnTakingAway(proposal, restraints, deletionsLeft);
}

function restraintOnTakingAway(proposal: Proposal, restraints: Restraints, deletionsLeft: number): Restraint | undefined {
  const { step, evidence } = proposal;
  const { member, nowMs } = restraints;
  if (proposal.inUse) return { reason: 'InUse', release: 'when no VPC Lattice service uses the target group any more' };
  if (nowMs < member.takesNothingAwayUntilMs) {
    return {
      reason: 'NewHolder',
      release: 'when the last attempts of the replica before this one cannot arrive any more',
      againAfterMs: member.takesNothingAwayUntilMs - nowMs,
    };
  }
  // A hold ends by the word that names it. What was acknowledged before it came says nothing of what it is about.
  const hold = member.holds.find((h) => holds(h, step));
  if (hold) return { reason: hold.reason, release: 'by the acknowledgement of a person', needsAcknowledgement: true };
  if (!isConfirmed(evidence, restraints.confirmationMs))
    return { reason: 'Unconfirmed', release: 'by a second LIST without it, some time after the first' };
  if (spends(step, restraints) && deletionsLeft <= 0) {
    return { reason: 'DeletionBudget', release: 'by the acknowledgement of a person', needsAcknowledgement: true };
  }
  return undefined;
}

/** What only a Synced cluster may have done: all that follows from its objects. Health check and tags follow from a policy. */
function waitsForSync(step: Step): boolean {
  return step.kind !== 'update' && step.kind !== 'tag';
}

function takesAway(step: Step): boolean {
  return (step.kind === 'delete' && step.why !== 'createFailed') || step.kind === 'deregister';
}

/** A deletion that a person has acknowledged needs no budget, and one that is tried again was paid for. */
function spends(step: Step, { acknowledged, paid }: Restraints): boolean {
  return step.kind === 'delete' && step.why !== 'createFailed' && !acknowledged.has(step.arn) && !paid.has(step.arn);
}

/** A hold on one kind stops what follows from that kind; one on the whole cluster stops everything that takes away. */
function holds(hold: Hold, step: Step): boolean {
  if (hold.reason === 'DeletionBudget') return step.kind === 'delete';
  if (hold.kind === undefined) return true;
  const endpoints = hold.kind === 'EndpointSlice' || hold.kind === 'Service';
  return step.kind === 'deregister' ? endpoints : true;
}

/** Whether an absence is known well enough to act on it (design law 1c). */
export function isConfirmed(evidence: Evidence | undefined, confirmationMs: number): boolean {
  return evidence === undefined || evidence.by === 'event' || evidence.lastMs - evidence.firstMs >= confirmationMs;
}
