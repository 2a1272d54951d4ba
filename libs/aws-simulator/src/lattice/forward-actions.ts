import { findActiveTargetGroup } from './find-resource.js';
import { conflict, fieldProblem, invalid, invalidFields, quotaExceeded } from './lattice-errors.js';
import type { LatticeContext } from './lattice-context.js';
import { touch } from './lattice-context.js';
import { rulesOf } from './service-record.js';
import type { ListenerRecord, RuleAction, ServiceRecord } from './service-record.js';

/** A rule's action as it will be echoed: groups by id, weights filled in. Throws for groups that the listener can't forward to. */
export function checkedAction(
  context: LatticeContext,
  service: ServiceRecord,
  protocol: ListenerRecord['protocol'],
  action: RuleAction,
): RuleAction {
  if (action.fixedResponse) {
    const { statusCode } = action.fixedResponse;
    if (protocol === 'TLS_PASSTHROUGH') throw invalid('A TLS_PASSTHROUGH listener can only forward');
    if (statusCode !== 404 && statusCode !== 500)
      throw invalidFields([fieldProblem('fixedResponse.statusCode', 'Status code must be 404 or 500')]);
    return { fixedResponse: { statusCode } };
  }
  const targets = action.forward?.targetGroups ?? [];
  const needsWeight = targets.length > 1 && targets.some((target) => target.weight === undefined);
  if (needsWeight) throw invalid('Every target group needs a weight where an action has more than one');
  const targetGroups = targets.map((target) => ({
    targetGroupIdentifier: usableGroup(context, service, protocol, target.targetGroupIdentifier),
    weight: target.weight ?? 100,
  }));
  if (new Set(targetGroups.map((target) => target.targetGroupIdentifier)).size < targetGroups.length)
    throw invalid('An action can name a target group once');
  return { forward: { targetGroups } };
}

function usableGroup(context: LatticeContext, service: ServiceRecord, protocol: ListenerRecord['protocol'], identifier: string): string {
  const group = findActiveTargetGroup(context, identifier);
  const isTcp = group.config.protocol === 'TCP';
  if (isTcp !== (protocol === 'TLS_PASSTHROUGH')) {
    throw invalid(`A ${protocol} listener can't forward to target group ${group.id} with protocol ${group.config.protocol ?? group.type}`);
  }
  const isElsewhere = [...group.uses.values()].some((serviceArn) => serviceArn !== service.arn);
  if (isElsewhere) throw conflict(`Target group ${group.id} is used by another service`, 'TARGET_GROUP', group.id);
  return group.id;
}

/** Refuses an action that makes a service use more groups than it may. `ruleId` is the rule that gets the action. */
export function checkGroupsPerService(
  context: LatticeContext,
  service: ServiceRecord,
  action: RuleAction,
  ruleId: string | undefined,
): void {
  const others = rulesOf(service).filter((rule) => rule.id !== ruleId);
  const used = new Set([action, ...others.map((rule) => rule.action)].flatMap(groupIds));
  const limit = context.settings.quotas.targetGroupsPerService;
  if (used.size > limit) throw quotaExceeded('target groups per service', limit, 'L-3DEC3B9F', 'TARGET_GROUP', service.id);
}

/** Makes a rule's groups used by its service; undefined releases them. */
export function applyAction(context: LatticeContext, service: ServiceRecord, ruleArn: string, action: RuleAction | undefined): void {
  for (const group of context.store.retarget(ruleArn, service.arn, action, context.nowMs)) touch(context, group, 'services');
}

function groupIds(action: RuleAction): readonly string[] {
  return action.forward?.targetGroups.map((target) => target.targetGroupIdentifier) ?? [];
}
