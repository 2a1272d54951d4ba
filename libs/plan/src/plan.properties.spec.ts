import { describe, expect, it } from '@jest/globals';
import { hubTags } from '@hub/api';
import type { ObservedTargetGroup, Plan, Step, Target } from '@hub/model';
import { targetId } from '@hub/model';
import * as fc from 'fast-check';
import { effectivePolicy } from './effective-policy.js';
import { planTargetGroup, type TargetGroupFacts } from './plan-target-group.js';
import { aPolicy, now } from './testing/facts.spec-builders.js';
import { anyFacts, seen, settledFacts, settings, type GeneratedGroup } from './testing/generated-facts.spec-builders.js';

const runs = { numRuns: 2000 };

// --- AWS, as far as steps need it --------------------------------------------------------------------------------------------------------

/** Target groups that take one step after the other, and refuse what AWS refuses. */
class Groups {
  private readonly groups = new Map<string, GeneratedGroup>();

  constructor(groups: readonly GeneratedGroup[]) {
    for (const each of groups) this.groups.set(each.group.arn, each);
  }

  observed(): readonly ObservedTargetGroup[] {
    return [...this.groups.values()].map(seen);
  }

  read(arn: string, readAtMs: number): void {
    this.change(arn, (group) => group, readAtMs);
  }

  /** Everything that was on its way arrives. */
  settle(): void {
    for (const { group, readAtMs } of this.groups.values()) {
      if (group.status === 'DELETE_IN_PROGRESS') this.groups.delete(group.arn);
      const targets = (group.targets ?? []).filter((target) => target.status !== 'DRAINING');
      const status = group.status === 'CREATE_IN_PROGRESS' ? 'ACTIVE' : group.status;
      if (this.groups.has(group.arn)) this.groups.set(group.arn, { group: { ...group, status, targets }, readAtMs });
    }
  }

  take(step: Step, nowMs: number): void {
    switch (step.kind) {
      case 'create':
        return this.create(step, nowMs);
      case 'update':
        return this.change(step.arn, (group) => ({ ...group, healthCheck: updated(group, step.healthCheck) }), nowMs);
      case 'tag':
        return this.change(step.arn, (group) => ({ ...group, tags: { ...group.tags, ...step.tags } }), nowMs);
      case 'register':
        return this.change(
          step.arn,
          (group) => ({ ...group, targets: [...without(group, step.targets), ...step.targets.map(asNew)] }),
          nowMs,
        );
      case 'deregister':
        return this.deregister(step, nowMs);
      case 'delete':
        return this.delete(step);
    }
  }

  private create({ spec }: Extract<Step, { kind: 'create' }>, readAtMs: number): void {
    if ([...this.groups.values()].some(({ group }) => group.name === spec.name)) throw new Error(`${spec.name} is taken`);
    const group = { ...spec, arn: `arn:made:${spec.name}`, status: 'CREATE_IN_PROGRESS', serviceArns: [], targets: [] } as const;
    this.groups.set(group.arn, { group, readAtMs });
  }

  private deregister(step: Extract<Step, { kind: 'deregister' }>, nowMs: number): void {
    this.change(
      step.arn,
      (group) => {
        const present = new Set((group.targets ?? []).map(targetId));
        for (const target of step.targets) if (!present.has(targetId(target))) throw new Error(`${targetId(target)} is not registered`);
        return { ...group, targets: without(group, step.targets) };
      },
      nowMs,
    );
  }

  private delete(step: Extract<Step, { kind: 'delete' }>): void {
    const { group, readAtMs } = this.find(step.arn);
    if (group.serviceArns.length > 0) throw new Error(`${group.name} is in use`);
    if ((group.targets ?? []).length > 0 && step.why !== 'createFailed') throw new Error(`${group.name} has targets`);
    this.groups.set(step.arn, { group: { ...group, status: 'DELETE_IN_PROGRESS' }, readAtMs });
  }

  private change(arn: string, change: (group: ObservedTargetGroup) => ObservedTargetGroup, readAtMs: number): void {
    this.groups.set(arn, { group: change(this.find(arn).group), readAtMs });
  }

  private find(arn: string): GeneratedGroup {
    const found = this.groups.get(arn);
    if (!found) throw new Error(`there is no ${arn}`);
    return found;
  }
}

/** An update leaves what it does not name; a protocol without a port means the port of the traffic again. */
function updated(
  group: ObservedTargetGroup,
  asked: NonNullable<ObservedTargetGroup['healthCheck']>,
): NonNullable<ObservedTargetGroup['healthCheck']> {
  const { port, ...kept } = group.healthCheck ?? { enabled: false };
  const keepsPort = port !== undefined && asked.protocol === undefined;
  return { ...kept, ...(keepsPort && { port }), ...asked };
}

function without(group: ObservedTargetGroup, targets: readonly Target[]): NonNullable<ObservedTargetGroup['targets']> {
  const ids = new Set(targets.map(targetId));
  return (group.targets ?? []).filter((target) => !ids.has(targetId(target)));
}

function asNew(target: Target): NonNullable<ObservedTargetGroup['targets']>[number] {
  return { ...target, status: 'INITIAL' };
}

const rounds = 12;

/** Plans, reads what the plan asks for, takes its steps and waits, until a plan has nothing to do any more. */
function untilSettled(facts: TargetGroupFacts, groups: Groups): { readonly plan: Plan; readonly observed: readonly ObservedTargetGroup[] } {
  for (let round = 1; round <= rounds; round++) {
    const nowMs = now + round * 1000;
    const at = { ...facts, nowMs, freshSinceMs: nowMs };
    const plan = planTargetGroup({ ...at, observed: groups.observed() });
    if (plan.steps.length === 0 && plan.toRead.length === 0 && plan.againAfterMs === undefined)
      return { plan, observed: groups.observed() };
    for (const arn of plan.toRead) groups.read(arn, nowMs);
    // What was read in this round counts for the plan of this round.
    const { steps } = planTargetGroup({ ...at, observed: groups.observed() });
    for (const step of steps) groups.take(step, nowMs);
    groups.settle();
  }
  throw new Error(`no end after ${rounds} rounds`);
}

// --- what may be taken away, said once more in other words ---------------------------------------------------------------------------------

function isStopped({ member, contested }: TargetGroupFacts): boolean {
  return member.paused || member.refusal !== undefined || contested;
}

function mayTakeAway(facts: TargetGroupFacts): boolean {
  return !isStopped(facts) && facts.member.state === 'Synced' && facts.nowMs >= facts.member.takesNothingAwayUntilMs;
}

function isSure(facts: TargetGroupFacts, by: { readonly by: string; readonly firstMs?: number; readonly lastMs?: number }): boolean {
  return by.by === 'event' || (by.lastMs ?? 0) - (by.firstMs ?? 0) >= facts.confirmationMs;
}

function isHeld(facts: TargetGroupFacts, kinds: readonly string[]): boolean {
  return facts.member.holds.some((hold) => hold.kind === undefined || kinds.includes(hold.kind));
}

function groupOf(facts: TargetGroupFacts, arn: string): ObservedTargetGroup {
  const found = facts.observed.find((group) => group.arn === arn);
  if (!found) throw new Error(`a step on ${arn}, which was not observed`);
  return found;
}

/** The targets of a group that do not go by themselves. */
function standing(group: ObservedTargetGroup): readonly string[] {
  return (group.targets ?? []).filter((target) => target.status !== 'DRAINING').map(targetId);
}

function slotOf(facts: TargetGroupFacts) {
  return facts.export.kind === 'live' ? facts.export.exported.slots?.find((slot) => slot.slot === facts.key.slot) : undefined;
}

/** Whether somebody or something took away what the group is for. */
function hasEnded(facts: TargetGroupFacts): boolean {
  if (facts.export.kind === 'absent') return isSure(facts, facts.export.evidence);
  return facts.export.kind === 'live' && facts.export.exported.slots !== undefined && slotOf(facts) === undefined;
}

/** Whether another group of the request has all that would be lost with this one, and it is known which one is right. */
function isReplaced(facts: TargetGroupFacts, group: ObservedTargetGroup): boolean {
  const slot = slotOf(facts);
  if (!slot || (facts.policy.kind !== 'none' && facts.policy.kind !== 'policy')) return false;
  const { targets } = slot;
  const knows = targets.kind === 'exact' && (targets.targets.length > 0 || isSure(facts, targets.emptiness));
  const needed = knows ? targets.targets.map(targetId) : standing(group);
  return facts.observed.some((other) => {
    const isThere = other.status === 'ACTIVE' || other.status === 'DELETE_FAILED';
    const has = new Set(standing(other));
    return other.arn !== group.arn && isThere && other.targets !== undefined && needed.every((id) => has.has(id));
  });
}

function mayDelete(facts: TargetGroupFacts, step: Extract<Step, { kind: 'delete' }>): boolean {
  const group = groupOf(facts, step.arn);
  if (step.why === 'createFailed') return group.status === 'CREATE_FAILED' && facts.member.state === 'Synced' && !isStopped(facts);
  const isFresh = group.readAtMs !== undefined && group.readAtMs >= facts.freshSinceMs;
  const isFree =
    group.serviceArns.length === 0 && isFresh && !isHeld(facts, ['ServiceExport', 'Service', 'EndpointSlice', 'TargetGroupPolicy']);
  return mayTakeAway(facts) && isFree && (hasEnded(facts) || isReplaced(facts, group));
}

function mayDeregister(facts: TargetGroupFacts, plan: Plan, step: Extract<Step, { kind: 'deregister' }>): boolean {
  if (!mayTakeAway(facts) || isHeld(facts, ['EndpointSlice', 'Service'])) return false;
  const onGroup = plan.steps.filter((other) => 'arn' in other && other.arn === step.arn);
  const deletion = onGroup.find((other) => other.kind === 'delete');
  if (deletion) return mayDelete(facts, deletion);
  const desired = endpointsOf(facts);
  if (!desired) return false;
  const isWanted = (target: Target) =>
    desired.kind === 'atMost' ? desired.addresses.has(target.ip) : desired.targets.some((wanted) => targetId(wanted) === targetId(target));
  const added = onGroup.flatMap((other) => (other.kind === 'register' ? other.targets.map(targetId) : []));
  const removed = new Set(onGroup.flatMap((other) => (other.kind === 'deregister' ? other.targets.map(targetId) : [])));
  const isEmptied = [...standing(groupOf(facts, step.arn)), ...added].every((id) => removed.has(id));
  return !step.targets.some(isWanted) && (!isEmptied || isSure(facts, desired.emptiness));
}

function mayBe(facts: TargetGroupFacts, plan: Plan, step: Step): boolean {
  if (step.kind === 'delete') return mayDelete(facts, step);
  if (step.kind === 'deregister') return mayDeregister(facts, plan, step);
  // A health check goes nowhere, to a default or elsewhere, while it is not known what holds.
  return step.kind !== 'update' || facts.policy.kind === 'none' || facts.policy.kind === 'policy';
}

function endpointsOf(facts: TargetGroupFacts) {
  if (facts.export.kind === 'absent') return facts.export.endpoints;
  return facts.export.kind === 'live' ? (slotOf(facts)?.targets ?? facts.export.exported.endpoints) : undefined;
}

/** A plan without the order in which things were found. */
function outcome(plan: Plan): unknown {
  const lines = plan.steps.map((step) =>
    JSON.stringify('targets' in step ? { ...step, targets: step.targets.map(targetId).toSorted() } : step),
  );
  return {
    steps: lines.toSorted(),
    withheld: plan.withheld.map((held) => `${held.step.kind} ${held.step.group} ${held.reason}`).toSorted(),
    toRead: plan.toRead.toSorted(),
    againAfterMs: plan.againAfterMs,
    desired: plan.desired,
    waiting: plan.waiting?.reason,
  };
}

describe('a plan', () => {
  it('comes to an end: taking its steps and planning again leads to what is asked for, with nothing left to do', () => {
    fc.assert(
      fc.property(settledFacts, ({ facts, groups }) => {
        const { plan, observed } = untilSettled(facts, new Groups(groups));
        expect(plan.withheld.filter((held) => held.reason !== 'InUse')).toEqual([]);
        const unused = observed.filter((group) => group.serviceArns.length === 0);
        const isExported = facts.export.kind !== 'absent';
        const wanted = observed.filter((group) => group.name === plan.desired?.group);
        expect(wanted).toHaveLength(isExported ? 1 : 0);
        const asked = facts.policy.kind === 'policy' ? (facts.policy.settings.healthCheck ?? {}) : {};
        for (const group of wanted) expect(group.healthCheck).toMatchObject(asked);
        expect(unused.filter((group) => group.name !== plan.desired?.group)).toEqual([]);
        const desired = slotOf(facts)?.targets;
        const ids = desired?.kind === 'exact' ? desired.targets.map(targetId).toSorted() : [];
        // What is in use when its export ends keeps what it had.
        for (const group of isExported ? observed : []) expect(standing(group).toSorted()).toEqual(ids);
      }),
      runs,
    );
  });

  it('makes, fills, empties and deletes nothing for a member that is not Synced', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        fc.pre(facts.member.state !== 'Synced');
        expect(planTargetGroup(facts).steps.filter((step) => step.kind !== 'update' && step.kind !== 'tag')).toEqual([]);
      }),
      runs,
    );
  });

  it('takes nothing away that is not known to be gone', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const plan = planTargetGroup(facts);
        expect(plan.steps.filter((step) => !mayBe(facts, plan, step))).toEqual([]);
      }),
      runs,
    );
  });

  it('keeps to the deletion budget, but for what a person has acknowledged', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const spent = planTargetGroup(facts).steps.filter(
          (step) => step.kind === 'delete' && step.why !== 'createFailed' && !facts.acknowledged.has(step.arn),
        );
        expect(spent.length).toBeLessThanOrEqual(facts.deletionsLeft);
      }),
      runs,
    );
  });

  it('does not empty a group whose deletion it holds back', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        fc.pre(hasEnded(facts));
        const { steps, withheld } = planTargetGroup(facts);
        const kept = new Set(withheld.flatMap(({ step }) => (step.kind === 'delete' ? [step.arn] : [])));
        const unused = facts.observed.filter((group) => group.serviceArns.length === 0).map((group) => group.arn);
        const emptied = steps.flatMap((step) => (step.kind === 'deregister' ? [step.arn] : []));
        expect(emptied.filter((arn) => kept.has(arn) && unused.includes(arn))).toEqual([]);
      }),
      runs,
    );
  });

  it('does not depend on the order in which groups and targets are found', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const turned = facts.observed.map((group) => ({ ...group, ...(group.targets && { targets: group.targets.toReversed() }) }));
        expect(outcome(planTargetGroup({ ...facts, observed: turned.toReversed() }))).toEqual(outcome(planTargetGroup(facts)));
        const { export: known } = facts;
        if (known.kind !== 'live') return;
        const slots = known.exported.slots?.map((slot) =>
          slot.targets.kind === 'exact' ? { ...slot, targets: { ...slot.targets, targets: slot.targets.targets.toReversed() } } : slot,
        );
        expect(outcome(planTargetGroup({ ...facts, export: { kind: 'live', exported: { ...known.exported, slots } } }))).toEqual(
          outcome(planTargetGroup(facts)),
        );
      }),
      runs,
    );
  });

  it('never addresses a group that does not carry the tag of this hub', () => {
    const foreign = fc.constantFrom<Readonly<Record<string, string>>>({}, { [hubTags.hub]: 'hub-2' }, { [hubTags.hub]: '' });
    fc.assert(
      fc.property(anyFacts, foreign, fc.nat(2), (facts, tags, index) => {
        const { [hubTags.hub]: _, ...others } = facts.observed[index]?.tags ?? {};
        const observed = facts.observed.map((group, i) => (i === index ? { ...group, tags: { ...others, ...tags } } : group));
        const plan = planTargetGroup({ ...facts, observed });
        const arns = [...plan.steps, ...plan.withheld.map((held) => held.step)].flatMap((step) => ('arn' in step ? [step.arn] : []));
        expect(arns).not.toContain(observed[index]?.arn ?? '');
        for (const arn of arns) expect(observed.some((group) => group.arn === arn)).toBe(true);
      }),
      runs,
    );
  });

  it('does nothing at all for a member that is paused or refused, or a group that is contested', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom('paused', 'refused', 'contested'), (facts, why) => {
        const member = {
          ...facts.member,
          paused: why === 'paused',
          ...(why === 'refused' && { refusal: { reason: 'Joining', release: 'later' } }),
        };
        expect(planTargetGroup({ ...facts, member, contested: why === 'contested' }).steps).toEqual([]);
      }),
      runs,
    );
  });
});

describe('the policy that holds', () => {
  const policies = fc.uniqueArray(
    fc
      .record({
        name: fc.constantFrom('p', 'q'),
        cluster: fc.constantFrom('.hub', 'a', 'b', 'c'),
        isOnService: fc.boolean(),
        createdAtMs: fc.constantFrom(1, 2),
        generation: fc.constantFrom(1, 2),
        asked: fc.option(settings),
      })
      .map(({ name, cluster, isOnService, createdAtMs, generation, asked }) => {
        const placed = cluster === '.hub' ? aPolicy().inHub() : aPolicy().inCluster(cluster);
        const about = isOnService ? placed.onService('web') : placed.onExport('web');
        const policy = about.with({ name, uid: `${cluster}-${name}-${isOnService}`, createdAtMs, generation });
        return (asked ? policy.asking(asked) : policy.invalid()).build();
      }),
    { selector: (policy) => policy.uid, maxLength: 8 },
  );

  it('is never the next one while nothing is known of the member whose policy was in force', () => {
    fc.assert(
      fc.property(policies, fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c'), (all, unread, cluster) => {
        const scopeOf = (member: string) => (member === 'c' ? ('Own' as const) : ('Fleet' as const));
        fc.pre(scopeOf(unread) === 'Fleet' || unread === cluster);
        const candidates = all.filter((policy) => policy.origin.tier === 'hub' || policy.origin.cluster !== unread);
        const question = { cluster, name: 'web', service: 'web', traces: [`${unread}/gone`] };
        const holding = effectivePolicy(question, { candidates, scopeOf, isUnread: (member) => member === unread });
        // Only a policy of the hub cluster stands above whatever that member may say.
        const isHubs = 'policy' in holding && holding.policy.origin.tier === 'hub';
        expect(isHubs ? 'unknown' : holding.kind).toBe('unknown');
      }),
      runs,
    );
  });

  it('does not depend on the order in which policies are found', () => {
    fc.assert(
      fc.property(
        policies,
        fc.subarray(['a', 'b', 'c']),
        fc.subarray(['', 'b/gone', 'c/c-p-true']),
        fc.infiniteStream(fc.nat()),
        (all, unread, traces, random) => {
          const known = {
            scopeOf: (cluster: string) => (cluster === 'c' ? 'Own' : 'Fleet') as never,
            isUnread: (cluster: string) => unread.includes(cluster),
          };
          const question = { cluster: 'a', name: 'web', service: 'web', traces };
          const shuffled = all.map((policy) => ({ policy, at: random.next().value as number })).toSorted((a, b) => a.at - b.at);
          expect(effectivePolicy(question, { ...known, candidates: shuffled.map(({ policy }) => policy) })).toEqual(
            effectivePolicy(question, { ...known, candidates: all }),
          );
        },
      ),
      runs,
    );
  });
});
