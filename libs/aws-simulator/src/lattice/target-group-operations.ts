import type { VpcLatticeOperations, VpcLatticeShapes } from '../models/vpc-lattice.generated.js';
import { idempotent } from './idempotent.js';
import { findActiveTargetGroup, findTargetGroup } from './find-resource.js';
import { defaultHealthCheck, healthCheckProblems, mergedHealthCheck } from './health-check.js';
import { conflict, fieldProblem, invalidFields, quotaExceeded, wrongStatus } from './lattice-errors.js';
import { newId } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { lifecycleFailure, lifecycleStatus } from './lifecycle.js';
import type { Lifecycle } from './lifecycle.js';
import { nextPage } from './paging.js';
import { latticeArn } from './resource-arns.js';
import { checkTagCount, checkTags } from './tag-rules.js';
import { completeConfig } from './target-group-config.js';
import { serviceArnsOf } from './target-group-record.js';
import type { TargetGroupRecord } from './target-group-record.js';

type Operations = VpcLatticeOperations;

/** Makes a group, CREATE_IN_PROGRESS until the settings' delay is over. */
export function createTargetGroup(
  context: LatticeContext,
  input: Operations['CreateTargetGroup']['input'],
): Operations['CreateTargetGroup']['output'] {
  const find = (id: string) => context.store.targetGroups.get(id);
  const group = idempotent(context, 'CreateTargetGroup', 'TARGET_GROUP', input, find, () => newTargetGroup(context, input));
  // A repeated request restarts a creation that has failed, and changes nothing of one that is under way.
  if (lifecycleStatus(group.lifecycle, context.nowMs) === 'CREATE_FAILED') group.lifecycle = creation(context);
  // The official example of a Lambda group without a configuration is answered without one.
  const config = input.type === 'LAMBDA' && input.config === undefined ? undefined : configOf(group);
  return { ...identity(group), config, status: lifecycleStatus(group.lifecycle, context.nowMs) };
}

function creation(context: LatticeContext): Lifecycle {
  const { createFailed } = context.faults;
  const activeAtMs = context.nowMs + context.settings.createDelayMs;
  return createFailed ? { activeAtMs, createFailure: createFailed } : { activeAtMs };
}

function newTargetGroup(context: LatticeContext, input: Operations['CreateTargetGroup']['input']): TargetGroupRecord {
  const { store, settings, nowMs } = context;
  const requested = input.config ?? {};
  const config = completeConfig(input.type, requested);
  const tags = input.tags ?? {};
  checkTags(tags);
  checkTagCount(Object.keys(tags).length, settings.quotas.tagsPerResource);
  refuseTakenName(context, input.name);
  const limit = settings.quotas.targetGroupsPerRegion;
  if (store.targetGroups.size >= limit) throw quotaExceeded('target groups per Region', limit, 'L-BB11C6B9', 'TARGET_GROUP');
  const id = newId(context, 'tg');
  const hasHealthCheck = input.type === 'IP' || input.type === 'INSTANCE';
  const defaults = defaultHealthCheck(config, settings);
  const group: TargetGroupRecord = {
    id,
    arn: latticeArn(context.account, context.region, `targetgroup/${id}`),
    name: input.name,
    type: input.type,
    config,
    healthCheck: hasHealthCheck ? mergedHealthCheck(defaults, defaults, requested.healthCheck ?? {}) : undefined,
    createdAtMs: nowMs,
    lastUpdatedAtMs: nowMs,
    lifecycle: creation(context),
    tags: new Map(Object.entries(tags)),
    targets: new Map(),
    uses: new Map(),
    formerServices: [],
  };
  store.targetGroups.add(group);
  store.noteTags(group, nowMs);
  return group;
}

function refuseTakenName(context: LatticeContext, name: string): void {
  const existing = context.store.targetGroups.byName(name);
  if (!existing) return;
  const isFailed = lifecycleStatus(existing.lifecycle, context.nowMs) === 'CREATE_FAILED';
  if (isFailed && context.settings.unverified.nameOfFailedGroup === 'free') {
    context.store.targetGroups.remove(existing);
    context.store.noteGone(existing.arn, context.nowMs);
    return;
  }
  throw conflict(context.settings.unverified.duplicateNameMessage.replaceAll('{name}', name), 'TARGET_GROUP', existing.id);
}

export function getTargetGroup(
  context: LatticeContext,
  input: Operations['GetTargetGroup']['input'],
): Operations['GetTargetGroup']['output'] {
  const group = findTargetGroup(context, input.targetGroupIdentifier);
  const failure = lifecycleFailure(group.lifecycle, context.nowMs);
  return {
    ...identity(group),
    config: configOf(group),
    createdAt: new Date(group.createdAtMs),
    lastUpdatedAt: lastUpdatedAt(context, group),
    status: lifecycleStatus(group.lifecycle, context.nowMs),
    serviceArns: serviceArnsOf(group, context.nowMs),
    failureCode: failure?.failureCode,
    failureMessage: failure?.failureMessage,
  };
}

/** Changes the health check of an ACTIVE group; nothing else of a group can change. */
export function updateTargetGroup(
  context: LatticeContext,
  input: Operations['UpdateTargetGroup']['input'],
): Operations['UpdateTargetGroup']['output'] {
  const group = findActiveTargetGroup(context, input.targetGroupIdentifier);
  if (!group.healthCheck) {
    throw invalidFields([fieldProblem('healthCheck', `${group.type} Target Group does not support health check config`)]);
  }
  const problems = healthCheckProblems(input.healthCheck, group.config, group.healthCheck.enabled, 'healthCheck');
  if (problems.length > 0) throw invalidFields(problems);
  const defaults = defaultHealthCheck(group.config, context.settings);
  const base = context.settings.unverified.omittedHealthCheckFields === 'keep' ? group.healthCheck : defaults;
  const wasEnabled = group.healthCheck.enabled;
  group.healthCheck = mergedHealthCheck(base, defaults, input.healthCheck);
  group.lastUpdatedAtMs = context.nowMs;
  if (group.healthCheck.enabled && !wasEnabled) restartChecks(group, context.nowMs);
  return { ...identity(group), config: configOf(group), status: lifecycleStatus(group.lifecycle, context.nowMs) };
}

function restartChecks(group: TargetGroupRecord, nowMs: number): void {
  for (const [key, target] of group.targets) group.targets.set(key, { ...target, verdict: 'INITIAL', sinceMs: nowMs });
}

/** Starts the deletion of a group. Repeated while it is under way it changes nothing. */
export function deleteTargetGroup(
  context: LatticeContext,
  input: Operations['DeleteTargetGroup']['input'],
): Operations['DeleteTargetGroup']['output'] {
  const group = findTargetGroup(context, input.targetGroupIdentifier);
  const status = lifecycleStatus(group.lifecycle, context.nowMs);
  if (status === 'CREATE_IN_PROGRESS') throw wrongStatus('TARGET_GROUP', group.id, status);
  if (status !== 'DELETE_IN_PROGRESS') {
    refuseDeletion(context, group);
    const endsAtMs = context.nowMs + context.settings.deleteDelayMs;
    const failure = context.faults.deleteFailed;
    context.store.targetGroups.beginDeletion(group, failure ? { endsAtMs, failure } : { endsAtMs });
  }
  return { id: group.id, arn: group.arn, status: lifecycleStatus(group.lifecycle, context.nowMs) ?? 'DELETE_IN_PROGRESS' };
}

/** In use, draining and (by a switch) registered targets are all conflicts. */
function refuseDeletion(context: LatticeContext, group: TargetGroupRecord): void {
  if (serviceArnsOf(group, context.nowMs).length > 0) throw conflict('TargetGroup is in use by a service', 'TARGET_GROUP', group.id);
  const targets = [...group.targets.values()];
  const isDraining = targets.some((target) => target.leaving?.isDraining);
  const isRegistered = targets.some((target) => target.leaving === undefined);
  if (isDraining || (isRegistered && context.settings.unverified.deleteWithTargets === 'conflict')) {
    throw conflict('TargetGroup has targets registered with it', 'TARGET_GROUP', group.id);
  }
}

export function listTargetGroups(
  context: LatticeContext,
  input: Operations['ListTargetGroups']['input'],
): Operations['ListTargetGroups']['output'] {
  const { vpcIdentifier, targetGroupType } = input;
  const scope = `ListTargetGroups|${vpcIdentifier ?? ''}|${targetGroupType ?? ''}`;
  const groups = context.store.targetGroups.sorted(context.settings.listOrder, {
    name: scope,
    fits: ({ type, config }) =>
      (vpcIdentifier === undefined || config.vpcIdentifier === vpcIdentifier) &&
      (targetGroupType === undefined || type === targetGroupType),
  });
  const { items, nextToken } = nextPage(context, scope, groups, input);
  return { items: items.map((group) => summary(context, group)), nextToken };
}

/** What a list shows of a group: neither protocolVersion nor health check nor tags. */
function summary(context: LatticeContext, group: TargetGroupRecord): VpcLatticeShapes['TargetGroupSummary'] {
  const { port, protocol, ipAddressType, vpcIdentifier, lambdaEventStructureVersion } = group.config;
  return {
    ...identity(group),
    createdAt: new Date(group.createdAtMs),
    port,
    protocol,
    ipAddressType,
    vpcIdentifier,
    lambdaEventStructureVersion,
    lastUpdatedAt: lastUpdatedAt(context, group),
    status: lifecycleStatus(group.lifecycle, context.nowMs),
    serviceArns: serviceArnsOf(group, context.nowMs),
  };
}

function identity(group: TargetGroupRecord): Pick<TargetGroupRecord, 'id' | 'arn' | 'name' | 'type'> {
  return { id: group.id, arn: group.arn, name: group.name, type: group.type };
}

function configOf(group: TargetGroupRecord): VpcLatticeShapes['TargetGroupConfig'] {
  return { ...group.config, healthCheck: group.healthCheck };
}

function lastUpdatedAt(context: LatticeContext, group: TargetGroupRecord): Date {
  const { activeAtMs } = group.lifecycle;
  const followsStatus = context.settings.unverified.lastUpdatedAtMovesOn.includes('status') && activeAtMs <= context.nowMs;
  return new Date(followsStatus ? Math.max(group.lastUpdatedAtMs, activeAtMs) : group.lastUpdatedAtMs);
}
