import { AwsError } from '../protocol/aws-error.js';
import { notFound, wrongStatus } from './lattice-errors.js';
import type { ResourceType } from './lattice-errors.js';
import type { LatticeContext } from './lattice-context.js';
import { lifecycleStatus } from './lifecycle.js';
import { parseLatticeArn } from './resource-arns.js';
import type { ListenerRecord, RuleRecord, ServiceRecord } from './service-record.js';
import { dropDepartedTargets } from './target-group-record.js';
import type { TargetGroupRecord } from './target-group-record.js';

/** The group with this id or ARN, departed targets taken away. Throws a ResourceNotFoundException. */
export function findTargetGroup(context: LatticeContext, identifier: string): TargetGroupRecord {
  const id = localId(context, identifier, 'TARGET_GROUP');
  const group = context.store.targetGroups.get(id);
  if (!group) throw notFound('TARGET_GROUP', id);
  dropDepartedTargets(group, context.nowMs);
  return group;
}

/** The same, and the group is ACTIVE. Throws a ConflictException for any other status. */
export function findActiveTargetGroup(context: LatticeContext, identifier: string): TargetGroupRecord {
  const group = findTargetGroup(context, identifier);
  const status = lifecycleStatus(group.lifecycle, context.nowMs);
  if (status !== 'ACTIVE') throw wrongStatus('TARGET_GROUP', group.id, String(status));
  return group;
}

/** The service with this id or ARN. Throws a ResourceNotFoundException. */
export function findService(context: LatticeContext, identifier: string): ServiceRecord {
  const id = localId(context, identifier, 'SERVICE');
  const service = context.store.services.get(id);
  if (!service) throw notFound('SERVICE', id);
  return service;
}

/** The listener with this id or ARN in a service. Throws a ResourceNotFoundException. */
export function findListener(context: LatticeContext, service: ServiceRecord, identifier: string): ListenerRecord {
  const id = localId(context, identifier, 'LISTENER');
  const listener = service.listeners.get(id);
  if (!listener) throw notFound('LISTENER', id);
  return listener;
}

/** The rule with this id or ARN in a listener. Throws a ResourceNotFoundException. */
export function findRule(context: LatticeContext, listener: ListenerRecord, identifier: string): RuleRecord {
  const id = localId(context, identifier, 'RULE');
  const rule = listener.rules.get(id);
  if (!rule) throw notFound('RULE', id);
  return rule;
}

/** Anything that can be tagged, by its ARN; undefined where it does not exist. */
export function findTaggable(
  context: LatticeContext,
  arn: string,
): TargetGroupRecord | ServiceRecord | ListenerRecord | RuleRecord | undefined {
  const parsed = parseLatticeArn(arn);
  if (parsed?.account !== context.account || parsed.region !== context.region) return undefined;
  const found = parsed.resource.startsWith('targetgroup/')
    ? context.store.targetGroups.get(parsed.resource.slice('targetgroup/'.length))
    : findInService(context, parsed.resource.split('/'));
  return found?.arn === arn ? found : undefined;
}

/** A service, or its listener, or the listener's rule, by `service/<id>/listener/<id>/rule/<id>`. */
function findInService(context: LatticeContext, parts: readonly string[]): ServiceRecord | ListenerRecord | RuleRecord | undefined {
  const [, serviceId = '', , listenerId, , ruleId] = parts;
  const service = context.store.services.get(serviceId);
  if (listenerId === undefined) return service;
  const listener = service?.listeners.get(listenerId);
  return ruleId === undefined ? listener : listener?.rules.get(ruleId);
}

/** Refuses what belongs to another account, as the settings say; what is of another region is simply not there. */
export function refuseForeign(
  context: LatticeContext,
  arn: { readonly account: string; readonly region: string },
  full: string,
  type: ResourceType,
): void {
  if (arn.account === context.account && arn.region === context.region) return;
  const isDenied = arn.account !== context.account && context.settings.unverified.crossAccountIdentifier === 'AccessDeniedException';
  if (!isDenied) throw notFound(type, full);
  throw new AwsError(
    'AccessDeniedException',
    403,
    `User: ${context.caller.arn} is not authorized to access this resource: ${full} because no resource-based policy allows it`,
  );
}

/** The id in an id or in an ARN of this account and region. */
function localId(context: LatticeContext, identifier: string, type: ResourceType): string {
  const arn = parseLatticeArn(identifier);
  if (!arn) return identifier;
  refuseForeign(context, arn, identifier, type);
  return arn.resource.split('/').at(-1) ?? '';
}
