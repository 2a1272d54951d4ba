import type { VpcLatticeOperations } from '../models/vpc-lattice.generated.js';
import { findService } from './find-resource.js';
import { idempotent } from './idempotent.js';
import { conflict, quotaExceeded, wrongStatus } from './lattice-errors.js';
import { newId } from './lattice-context.js';
import type { LatticeContext } from './lattice-context.js';
import { lifecycleFailure, lifecycleStatus } from './lifecycle.js';
import { nextPage } from './paging.js';
import { latticeArn } from './resource-arns.js';
import type { ServiceRecord } from './service-record.js';
import { checkTagCount, checkTags } from './tag-rules.js';

type Operations = VpcLatticeOperations;

/** Makes a service, CREATE_IN_PROGRESS until the settings' delay is over. */
export function createService(context: LatticeContext, input: Operations['CreateService']['input']): Operations['CreateService']['output'] {
  const service = idempotent(
    context,
    'CreateService',
    'SERVICE',
    input,
    (id) => context.store.services.get(id),
    () => newService(context, input),
  );
  return { ...described(service), dnsEntry: service.dnsEntry, status: lifecycleStatus(service.lifecycle, context.nowMs) };
}

function newService(context: LatticeContext, input: Operations['CreateService']['input']): ServiceRecord {
  const { store, settings, nowMs } = context;
  const tags = input.tags ?? {};
  checkTags(tags);
  checkTagCount(Object.keys(tags).length, settings.quotas.tagsPerResource);
  const existing = store.services.byName(input.name);
  if (existing) throw conflict(settings.unverified.duplicateNameMessage.replaceAll('{name}', input.name), 'SERVICE', existing.id);
  const limit = settings.quotas.servicesPerRegion;
  if (store.services.size >= limit) throw quotaExceeded('services per Region', limit, 'L-620C821E', 'SERVICE');
  const id = newId(context, 'svc');
  const failure = context.faults.createFailed;
  const service: ServiceRecord = {
    id,
    arn: latticeArn(context.account, context.region, `service/${id}`),
    name: input.name,
    customDomainName: input.customDomainName,
    certificateArn: input.certificateArn,
    authType: input.authType ?? 'NONE',
    idleTimeoutSeconds: input.idleTimeoutSeconds ?? 60,
    dnsEntry: {
      domainName: `${input.name}-${id.slice('svc-'.length)}.${context.random.text(7, '0123456789abcdef')}.vpc-lattice-svcs.${context.region}.on.aws`,
      hostedZoneId: `Z0${context.random.text(19, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`,
    },
    createdAtMs: nowMs,
    lastUpdatedAtMs: nowMs,
    lifecycle: { activeAtMs: nowMs + settings.createDelayMs, ...(failure ? { createFailure: failure } : {}) },
    tags: new Map(Object.entries(tags)),
    listeners: new Map(),
  };
  store.services.add(service);
  store.noteTags(service, nowMs);
  return service;
}

export function getService(context: LatticeContext, input: Operations['GetService']['input']): Operations['GetService']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const failure = lifecycleFailure(service.lifecycle, context.nowMs);
  return {
    ...described(service),
    ...dated(service),
    dnsEntry: service.dnsEntry,
    status: lifecycleStatus(service.lifecycle, context.nowMs),
    failureCode: failure?.failureCode,
    failureMessage: failure?.failureMessage,
  };
}

export function updateService(context: LatticeContext, input: Operations['UpdateService']['input']): Operations['UpdateService']['output'] {
  const service = findService(context, input.serviceIdentifier);
  refuseUnsettled(context, service);
  service.certificateArn = input.certificateArn ?? service.certificateArn;
  service.authType = input.authType ?? service.authType;
  service.idleTimeoutSeconds = input.idleTimeoutSeconds ?? service.idleTimeoutSeconds;
  service.lastUpdatedAtMs = context.nowMs;
  return described(service);
}

/** Starts the deletion of a service; its listeners and rules go with it. */
export function deleteService(context: LatticeContext, input: Operations['DeleteService']['input']): Operations['DeleteService']['output'] {
  const service = findService(context, input.serviceIdentifier);
  const status = lifecycleStatus(service.lifecycle, context.nowMs);
  if (status === 'CREATE_IN_PROGRESS') throw wrongStatus('SERVICE', service.id, status);
  if (status !== 'DELETE_IN_PROGRESS') {
    const endsAtMs = context.nowMs + context.settings.deleteDelayMs;
    const failure = context.faults.deleteFailed;
    context.store.services.beginDeletion(service, failure ? { endsAtMs, failure } : { endsAtMs });
  }
  return {
    id: service.id,
    arn: service.arn,
    name: service.name,
    status: lifecycleStatus(service.lifecycle, context.nowMs) ?? 'DELETE_IN_PROGRESS',
  };
}

export function listServices(context: LatticeContext, input: Operations['ListServices']['input']): Operations['ListServices']['output'] {
  const { items, nextToken } = nextPage(context, 'ListServices', context.store.services.sorted(context.settings.listOrder), input);
  const summaries = items.map((service) => ({
    id: service.id,
    name: service.name,
    arn: service.arn,
    ...dated(service),
    dnsEntry: service.dnsEntry,
    customDomainName: service.customDomainName,
    status: lifecycleStatus(service.lifecycle, context.nowMs),
  }));
  return { items: summaries, nextToken };
}

/** Refuses changes of a service that is being deleted or has failed. Throws a ConflictException. */
export function refuseUnsettled(context: LatticeContext, service: ServiceRecord): void {
  const status = lifecycleStatus(service.lifecycle, context.nowMs);
  if (status !== 'ACTIVE' && status !== 'CREATE_IN_PROGRESS') throw wrongStatus('SERVICE', service.id, String(status));
}

function described(service: ServiceRecord): Operations['UpdateService']['output'] {
  const { id, arn, name, customDomainName, certificateArn, authType, idleTimeoutSeconds } = service;
  return { id, arn, name, customDomainName, certificateArn, authType, idleTimeoutSeconds };
}

function dated(resource: { readonly createdAtMs: number; readonly lastUpdatedAtMs: number }): {
  readonly createdAt: Date;
  readonly lastUpdatedAt: Date;
} {
  return { createdAt: new Date(resource.createdAtMs), lastUpdatedAt: new Date(resource.lastUpdatedAtMs) };
}
