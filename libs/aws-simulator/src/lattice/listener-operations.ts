import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import { findListener, findService } from './find-resource.js';
import { applyAction, checkedAction, checkGroupsPerService } from './forward-actions.js';
import { idempotent } from './idempotent.js';
import { conflict, quotaExceeded } from './lattice-errors.js';
import { newId } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { inOrder, nextPage } from './paging.js';
import { newRule } from './rule-operations.js';
import { refuseUnsettled } from './service-operations.js';
import { defaultRuleOf } from './service-record.js';
import type { ListenerRecord, ServiceRecord } from './service-record.js';
import { checkTagCount, checkTags } from './tag-rules.js';

type Operations = VpcLatticeOperations;

const defaultPorts = { HTTP: 80, HTTPS: 443, TLS_PASSTHROUGH: 443 } as const;

/** Makes a listener and its default rule; the groups of its default action are in use from here on. */
export function createListener(
  context: LatticeContext,
  input: Operations['CreateListener']['input'],
): Operations['CreateListener']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const create = () => newListener(context, service, input);
  const listener = idempotent(context, 'CreateListener', 'LISTENER', input, (id) => service.listeners.get(id), create);
  return described(service, listener);
}

function newListener(context: LatticeContext, service: ServiceRecord, input: Operations['CreateListener']['input']): ListenerRecord {
  const { quotas } = context.settings;
  const tags = input.tags ?? {};
  const port = input.port ?? defaultPorts[input.protocol];
  checkTags(tags);
  checkTagCount(Object.keys(tags).length, quotas.tagsPerResource);
  refuseUnsettled(context, service);
  refuseTaken(service, input.name, port);
  if (service.listeners.size >= quotas.listenersPerService) {
    throw quotaExceeded('listeners per service', quotas.listenersPerService, 'L-D64E952E', 'LISTENER', service.id);
  }
  const action = checkedAction(context, service, input.protocol, input.defaultAction);
  checkGroupsPerService(context, service, action, undefined);
  const id = newId(context, 'listener');
  const listener: ListenerRecord = {
    id,
    arn: `${service.arn}/listener/${id}`,
    name: input.name,
    protocol: input.protocol,
    port,
    createdAtMs: context.nowMs,
    lastUpdatedAtMs: context.nowMs,
    tags: new Map(Object.entries(tags)),
    rules: new Map(),
  };
  service.listeners.set(id, listener);
  context.store.noteTags(listener, context.nowMs);
  newRule(context, service, listener, { name: 'default', isDefault: true, priority: undefined, match: undefined, action, tags: {} });
  return listener;
}

function refuseTaken(service: ServiceRecord, name: string, port: number): void {
  const listeners = [...service.listeners.values()];
  const sameName = listeners.find((listener) => listener.name === name);
  if (sameName) throw conflict(`Listener with name ${name} already exists`, 'LISTENER', sameName.id);
  const samePort = listeners.find((listener) => listener.port === port);
  if (samePort) throw conflict(`Listener with port ${port} already exists`, 'LISTENER', samePort.id);
}

export function getListener(context: LatticeContext, input: Operations['GetListener']['input']): Operations['GetListener']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const listener = findListener(context, service, input.listenerIdentifier);
  return { ...described(service, listener), createdAt: new Date(listener.createdAtMs), lastUpdatedAt: new Date(listener.lastUpdatedAtMs) };
}

/** Changes the default action. */
export function updateListener(
  context: LatticeContext,
  input: Operations['UpdateListener']['input'],
): Operations['UpdateListener']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const listener = findListener(context, service, input.listenerIdentifier);
  refuseUnsettled(context, service);
  const rule = defaultRuleOf(listener);
  const action = checkedAction(context, service, listener.protocol, input.defaultAction);
  checkGroupsPerService(context, service, action, rule.id);
  rule.action = action;
  rule.lastUpdatedAtMs = context.nowMs;
  listener.lastUpdatedAtMs = context.nowMs;
  applyAction(context, service, rule.arn, action);
  return described(service, listener);
}

/** Takes a listener and its rules away; the groups that they used are free. */
export function deleteListener(
  context: LatticeContext,
  input: Operations['DeleteListener']['input'],
): Operations['DeleteListener']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const listener = findListener(context, service, input.listenerIdentifier);
  refuseUnsettled(context, service);
  for (const rule of listener.rules.values()) {
    applyAction(context, service, rule.arn, undefined);
    context.store.noteGone(rule.arn, context.nowMs);
  }
  service.listeners.delete(listener.id);
  context.store.noteGone(listener.arn, context.nowMs);
  return {};
}

export function listListeners(context: LatticeContext, input: Operations['ListListeners']['input']): Operations['ListListeners']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const { items, nextToken } = nextPage(context, `ListListeners|${service.id}`, inOrder(context, service.listeners.values()), input);
  const summaries = items.map(({ arn, id, name, protocol, port, createdAtMs, lastUpdatedAtMs }) => ({
    arn,
    id,
    name,
    protocol,
    port,
    createdAt: new Date(createdAtMs),
    lastUpdatedAt: new Date(lastUpdatedAtMs),
  }));
  return { items: summaries, nextToken };
}

function described(service: ServiceRecord, listener: ListenerRecord): Operations['CreateListener']['output'] {
  const { arn, id, name, protocol, port } = listener;
  return { arn, id, name, protocol, port, serviceArn: service.arn, serviceId: service.id, defaultAction: defaultRuleOf(listener).action };
}
