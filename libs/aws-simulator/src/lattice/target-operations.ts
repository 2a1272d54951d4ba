import type { VpcLatticeOperations, VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import { findActiveTargetGroup, findTargetGroup } from './find-resource.js';
import { invalid, quotaExceeded } from './lattice-errors.js';
import { touch } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { pagedList, sortedByKey } from '../state/list-page.js';
import { nextPage } from './paging.js';
import { TargetAddresses } from './target-addresses.js';
import type { TargetProblem } from './target-addresses.js';
import type { TargetGroupRecord } from './target-group-record.js';
import { serviceArnsOf } from './target-group-record.js';
import { targetKey, targetStatus } from './target-record.js';
import type { TargetRecord } from './target-record.js';

type Operations = VpcLatticeOperations;
type Target = VpcLatticeShapes['Target'];
type Failure = VpcLatticeShapes['TargetFailure'];

interface PortedTarget {
  readonly id: string;
  readonly port: number | undefined;
}

/** Registers targets; the call succeeds even where single targets don't. Over the quota it fails whole. */
export function registerTargets(
  context: LatticeContext,
  input: Operations['RegisterTargets']['input'],
): Operations['RegisterTargets']['output'] {
  const group = findActiveTargetGroup(context, input.targetGroupIdentifier);
  const addresses = new TargetAddresses(context.settings);
  const { accepted, unsuccessful } = sort(context, group, input.targets, (target) => addresses.problem(group, target.id));
  refuseOverQuota(context, group, accepted);
  for (const target of accepted) group.targets.set(targetKey(target.id, target.port), registered(context, group, target));
  if (accepted.length > 0) touch(context, group, 'targets');
  return { successful: accepted, unsuccessful };
}

/** A target as it is after its registration: one that is there already keeps its health, one that drains comes back. */
function registered(context: LatticeContext, group: TargetGroupRecord, target: PortedTarget): TargetRecord {
  const existing = group.targets.get(targetKey(target.id, target.port));
  if (existing && !existing.leaving) return existing;
  return {
    id: target.id,
    port: target.port,
    visibleFromMs: existing ? context.nowMs : context.nowMs + context.settings.listTargetsLagMs,
    condition: existing?.condition ?? 'passing',
    verdict: 'INITIAL',
    sinceMs: context.nowMs,
  };
}

function refuseOverQuota(context: LatticeContext, group: TargetGroupRecord, accepted: readonly PortedTarget[]): void {
  const { quotas, unverified } = context.settings;
  const counted = [...group.targets].filter(([, target]) => unverified.drainingTargetsCount || !target.leaving).map(([key]) => key);
  const after = new Set([...counted, ...accepted.map((target) => targetKey(target.id, target.port))]);
  if (after.size > 1 && (group.type === 'LAMBDA' || group.type === 'ALB'))
    throw invalid(`${group.type} Target Group can have only one target`);
  if (after.size > quotas.targetsPerTargetGroup) {
    throw quotaExceeded('targets per target group', quotas.targetsPerTargetGroup, 'L-D71303F3', 'TARGET_GROUP', group.id);
  }
}

/** Takes targets out: at once from a group that nothing uses, after draining from one in use. */
export function deregisterTargets(
  context: LatticeContext,
  input: Operations['DeregisterTargets']['input'],
): Operations['DeregisterTargets']['output'] {
  const group = findActiveTargetGroup(context, input.targetGroupIdentifier);
  const { accepted, unsuccessful } = sort(context, group, input.targets, (target) => unknownTarget(context, group, target));
  for (const target of accepted) release(context, group, targetKey(target.id, target.port));
  if (accepted.length > 0) touch(context, group, 'targets');
  return { successful: accepted, unsuccessful };
}

function unknownTarget(context: LatticeContext, group: TargetGroupRecord, target: PortedTarget): TargetProblem | undefined {
  const { deregisterUnknown, failureCodeUnknownTarget } = context.settings.unverified;
  if (group.targets.has(targetKey(target.id, target.port)) || deregisterUnknown === 'successful') return undefined;
  return { failureCode: failureCodeUnknownTarget, failureMessage: 'The target is not registered with the target group' };
}

function release(context: LatticeContext, group: TargetGroupRecord, key: string): void {
  const target = group.targets.get(key);
  if (!target || target.leaving) return;
  const { drainMs, unusedLingerMs, listTargetsLagMs } = context.settings;
  const isDraining = group.uses.size > 0;
  const atMs = context.nowMs + listTargetsLagMs + (isDraining ? drainMs : unusedLingerMs);
  if (atMs <= context.nowMs) group.targets.delete(key);
  else group.targets.set(key, { ...target, leaving: { atMs, isDraining } });
}

/** Splits what a call names into what can be done and what can't, each target once. */
function sort(
  context: LatticeContext,
  group: TargetGroupRecord,
  targets: readonly Target[],
  problemOf: (target: PortedTarget) => TargetProblem | undefined,
): { readonly accepted: readonly PortedTarget[]; readonly unsuccessful: readonly Failure[] } {
  const fault = context.faults.partialFailure;
  const isFaulty = (id: string) => fault !== undefined && (fault.targetIds === undefined || fault.targetIds.includes(id));
  const distinct = new Map(targets.map((target) => ported(group, target)).map((target) => [targetKey(target.id, target.port), target]));
  const accepted: PortedTarget[] = [];
  const unsuccessful: Failure[] = [];
  for (const target of distinct.values()) {
    const problem = fault && isFaulty(target.id) ? fault : problemOf(target);
    if (problem) unsuccessful.push({ ...target, failureCode: problem.failureCode, failureMessage: problem.failureMessage });
    else accepted.push(target);
  }
  return { accepted, unsuccessful };
}

/** A target without a port gets the group's; a Lambda function has none. */
function ported(group: TargetGroupRecord, target: Target): PortedTarget {
  return { id: target.id, port: group.type === 'LAMBDA' ? undefined : (target.port ?? group.config.port) };
}

/** Lists targets with their health, all or those that are asked for; a filter without a port fits every port. */
export function listTargets(context: LatticeContext, input: Operations['ListTargets']['input']): Operations['ListTargets']['output'] {
  const group = findTargetGroup(context, input.targetGroupIdentifier);
  const filter = input.targets ?? [];
  const isWanted = (target: TargetRecord) =>
    filter.length === 0 || filter.some((wanted) => wanted.id === target.id && (wanted.port === undefined || wanted.port === target.port));
  const targets = [...group.targets.values()].filter((target) => target.visibleFromMs <= context.nowMs && isWanted(target));
  const scope = `ListTargets|${group.id}|${JSON.stringify(filter)}`;
  const keyOf = (target: TargetRecord) => targetKey(target.id, target.port);
  const { items, nextToken } = nextPage(context, scope, pagedList(sortedByKey(targets, keyOf), keyOf), input);
  return { items: items.map((target) => targetSummary(context, group, target)), nextToken };
}

/** A target as ListTargets shows it. */
export function targetSummary(
  context: Pick<LatticeContext, 'nowMs' | 'settings'>,
  group: TargetGroupRecord,
  target: TargetRecord,
): VpcLatticeShapes['TargetSummary'] {
  const isInUse = serviceArnsOf(group, context.nowMs).length > 0;
  const around = { isInUse, healthCheck: group.healthCheck, nowMs: context.nowMs, settings: context.settings };
  return { id: target.id, port: target.port, ...targetStatus(target, around) };
}
