import { findTargetGroup } from './find-resource.js';
import { applyAction } from './forward-actions.js';
import { conflict } from './lattice-errors.js';
import { newId } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { createListener } from './listener-operations.js';
import { createService } from './service-operations.js';
import type { RuleRecord, ServiceRecord } from './service-record.js';

/** The start of the names of services that {@link attachService} makes. */
const attachedPrefix = 'attached-';

/**
 * Makes a group in use: a new service with one listener that forwards to it, TLS_PASSTHROUGH for a TCP group. Gives the service's ARN. Throws a
 * ConflictException where another service uses the group, and what CreateListener throws.
 */
export function attachService(context: LatticeContext, targetGroupArn: string): string {
  const group = findTargetGroup(context, targetGroupArn);
  if (group.uses.size > 0) throw conflict(`Target group ${group.id} is used by a service already`, 'TARGET_GROUP', group.id);
  const name = attachedPrefix + newId(context, 'svc').slice('svc-'.length);
  const service = createService(context, { name });
  createListener(context, {
    serviceIdentifier: service.id ?? '',
    name: 'attached',
    protocol: group.config.protocol === 'TCP' ? 'TLS_PASSTHROUGH' : 'HTTP',
    defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: group.id }] } },
  });
  return service.arn ?? '';
}

/** Makes a group unused: rules that forward to it alone go (a default rule answers 404 instead), others forward to their remaining groups. */
export function detachService(context: LatticeContext, targetGroupArn: string): void {
  const group = findTargetGroup(context, targetGroupArn);
  for (const service of context.store.services.all()) {
    for (const listener of service.listeners.values()) {
      for (const rule of listener.rules.values()) {
        if (group.uses.has(rule.arn) && !dropGroup(context, service, rule, group.id)) listener.rules.delete(rule.id);
      }
    }
    if (service.name.startsWith(attachedPrefix)) removeIfIdle(context, service);
  }
}

/** Takes a group out of a rule. False where nothing is left of the rule. */
function dropGroup(context: LatticeContext, service: ServiceRecord, rule: RuleRecord, groupId: string): boolean {
  const targetGroups = rule.action.forward?.targetGroups.filter((target) => target.targetGroupIdentifier !== groupId) ?? [];
  const hasMore = targetGroups.length > 0;
  if (hasMore) rule.action = { forward: { targetGroups } };
  else if (rule.isDefault) rule.action = { fixedResponse: { statusCode: 404 } };
  applyAction(context, service, rule.arn, hasMore ? rule.action : undefined);
  return hasMore || rule.isDefault;
}

/** A service that was made only to use the group goes with it, at once. */
function removeIfIdle(context: LatticeContext, service: ServiceRecord): void {
  const isIdle = [...service.listeners.values()].every((listener) =>
    [...listener.rules.values()].every((rule) => rule.action.fixedResponse),
  );
  if (!isIdle) return;
  context.store.services.beginDeletion(service, { endsAtMs: context.nowMs });
  context.store.settle(context.nowMs);
}
