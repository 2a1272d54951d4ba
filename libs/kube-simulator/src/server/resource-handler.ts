import type { Authorizer } from '../auth/authorizer.js';
import type { User } from '../auth/user.js';
import type { Cluster } from '../cluster/cluster.js';
import { createObject } from '../operations/create-object.js';
import { decodeBody } from '../operations/decode-object.js';
import { deleteObject } from '../operations/delete-object.js';
import { deleteCollection } from '../operations/delete-collection.js';
import { invalidRevision, listObjects } from '../operations/list-objects.js';
import { patchObject } from '../operations/patch-object.js';
import type { PatchType } from '../operations/patch-object.js';
import { findStored, served } from '../operations/stored-access.js';
import { updateObject } from '../operations/update-object.js';
import { WatchSession } from '../operations/watch-session.js';
import type { SubresourceName, WriteRequest } from '../operations/write-request.js';
import { groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import {
  badRequest,
  failure,
  forbidden,
  methodNotAllowed,
  unsupportedMethod,
  resourceVersionTooLarge,
  unknownPatchType,
  unsupportedMediaType,
} from '../status/api-error.js';
import { forbiddenText } from '../auth/authorizer.js';
import { refuseEscalation } from '../auth/escalation.js';
import { readDeleteBody } from './delete-body.js';
import type { HttpExchange } from './http-exchange.js';
import { admitMediaTypes, negotiate, negotiateStream } from './media-type.js';
import { notFoundText, noSuchPath } from './not-found.js';
import { encoderFor } from './object-encoder.js';
import type { ObjectEncoder } from './object-encoder.js';
import { checkDeleteOptions, readListQuery, readWriteOptions } from './query-options.js';
import { readObjectBody } from './request-body.js';
import type { ResourceRequest } from './request-info.js';
import type { RequestFaults } from '../faults/request-faults.js';
import { WatchStream } from './watch-stream.js';

/** How long requests for a state that is not reached yet are held, and watches last. */
export interface ServingTimes {
  readonly resourceVersionWaitMs: number;
  readonly bookmarkIntervalMs: number;
  /** The shortest life of a watch without timeoutSeconds; the real one is up to twice as long. */
  readonly minWatchMs: number;
}

/** One request about a resource that is served. */
export interface ResourceCall {
  readonly exchange: HttpExchange;
  readonly info: ResourceRequest;
  readonly resource: Resource;
  readonly user: User;
  readonly faults: RequestFaults;
}

const builtInPatches: readonly PatchType[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const customPatches: readonly PatchType[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/** Answers requests about objects. */
export class ResourceHandler {
  constructor(
    private readonly cluster: Cluster,
    private readonly authorizer: Authorizer,
    private readonly times: ServingTimes,
  ) {}

  /** @throws ApiError */
  async handle(call: ResourceCall): Promise<void> {
    const { info } = call;
    if (!(await admitMethod(call))) return;
    if (call.resource.deprecationWarning !== undefined) call.exchange.warnings.push(call.resource.deprecationWarning);
    if (info.verb === 'patch') admitPatchType(call);
    if (!call.resource.isCustom) admitMediaTypes(call.exchange.header('accept'), info.verb === 'list' || info.verb === 'watch');
    switch (info.verb) {
      case '':
        throw methodNotAllowed();
      case 'get':
        return this.get(call);
      case 'list':
        return this.list(call);
      case 'watch':
        return this.watch(call);
      case 'create':
        return this.create(call);
      case 'update':
        return this.update(call);
      case 'patch':
        return this.patch(call);
      case 'delete':
        return this.delete(call);
      case 'deletecollection':
        return this.deleteAll(call);
    }
  }

  private async get({ exchange, info, resource }: ResourceCall): Promise<void> {
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const wanted = exchange.query.get('resourceVersion') ?? '';
    if (wanted !== '' && !/^\d+$/.test(wanted)) throw failure({ code: 500, message: invalidRevision(wanted) });
    const stored = findStored(this.cluster, resource, namespaceFor(resource, info), info.name);
    if (Number(wanted) > this.cluster.store.revision) throw resourceVersionTooLarge(Number(wanted), this.cluster.store.revision);
    await exchange.sendObject(200, encoder.one(served(resource, stored)), accepted.encoding);
  }

  private async list({ exchange, info, resource, faults }: ResourceCall): Promise<void> {
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const query = readListQuery(exchange.query, resource, namespaceFor(resource, info), info.name, false);
    const options = { ...query, waitMs: this.times.resourceVersionWaitMs, signal: exchange.signal };
    const page = faults.changePage(await listObjects(this.cluster, resource, options));
    if (exchange.signal.aborted) return;
    const canConcatenate = accepted.encoding === 'json' && !exchange.isPretty;
    const text = canConcatenate ? encoder.listText(page) : undefined;
    if (await faults.sendList(exchange, () => text ?? JSON.stringify(encoder.list(page)))) return;
    if (text === undefined) await exchange.sendObject(200, encoder.list(page), accepted.encoding);
    else await exchange.sendText(200, 'application/json', `${text}\n`);
  }

  private async watch({ exchange, info, resource, faults }: ResourceCall): Promise<void> {
    const accepted = negotiateStream(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const query = readListQuery(exchange.query, resource, namespaceFor(resource, info), info.name, true);
    if (query.resourceVersion !== '' && !/^\d+$/.test(query.resourceVersion))
      throw failure({ code: 500, message: invalidRevision(query.resourceVersion) });
    const { minWatchMs, bookmarkIntervalMs, resourceVersionWaitMs } = this.times;
    const timeoutMs = query.timeoutSeconds === undefined ? minWatchMs * (1 + Math.random()) : query.timeoutSeconds * 1000;
    const writeLine = faults.lineWriter(exchange);
    let afterLine: (line: string) => void = () => undefined;
    const stream = new WatchStream(
      exchange,
      encoder,
      () => session.end(),
      (line) => {
        writeLine(line);
        afterLine(line);
      },
    );
    const session = new WatchSession(
      this.cluster,
      resource,
      { ...query, timeoutMs, bookmarkIntervalMs, waitMs: resourceVersionWaitMs },
      stream,
    );
    exchange.signal.addEventListener('abort', () => session.close());
    stream.begin();
    afterLine = faults.beginWatch(stream, () => session.end());
    await session.start();
    await new Promise<void>((resolve) => {
      if (exchange.response.writableEnded || exchange.response.destroyed || exchange.signal.aborted) resolve();
      else exchange.response.once('close', () => resolve()).once('finish', () => resolve());
    });
  }

  private async create(call: ResourceCall): Promise<void> {
    const { exchange, resource } = call;
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const body = await readObjectBody(exchange, resource.isCustom ? undefined : resource.schema);
    const options = readWriteOptions(exchange.query, 'CreateOptions');
    const object = decodeBody(body(), resource, options.fieldValidation, exchange.warnings);
    const created = createObject(this.writeRequest(call, options), object);
    await exchange.sendObject(201, encoder.one(created), accepted.encoding);
  }

  private async update(call: ResourceCall): Promise<void> {
    const { exchange, info, resource } = call;
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const body = await readObjectBody(exchange, resource.isCustom ? undefined : resource.schema);
    const options = readWriteOptions(exchange.query, 'UpdateOptions');
    const object = decodeBody(body(), resource, options.fieldValidation, exchange.warnings);
    const result = updateObject(this.writeRequest(call, options), info.name, object);
    await exchange.sendObject(result.created ? 201 : 200, encoder.one(result.object), accepted.encoding);
  }

  private async patch(call: ResourceCall): Promise<void> {
    const { exchange, info, resource } = call;
    const type = admitPatchType(call);
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const text = await exchange.readBody();
    const options = readWriteOptions(exchange.query, 'PatchOptions', type === 'application/apply-patch+yaml');
    const result = patchObject(this.writeRequest(call, options), info.name, { type, text, force: options.force });
    await exchange.sendObject(result.created ? 201 : 200, encoder.one(result.object), accepted.encoding);
  }

  private async delete({ exchange, info, resource }: ResourceCall): Promise<void> {
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const options = checkDeleteOptions(await readDeleteBody(exchange));
    const result = deleteObject({ cluster: this.cluster, resource, namespace: namespaceFor(resource, info), name: info.name, options });
    await exchange.sendObject(200, result.gone && !resource.returnsDeleted ? result.status : encoder.one(result.object), accepted.encoding);
  }

  private async deleteAll({ exchange, info, resource }: ResourceCall): Promise<void> {
    const accepted = negotiate(exchange.header('accept'));
    const encoder = this.encoder(exchange, resource, accepted);
    const query = readListQuery(exchange.query, resource, namespaceFor(resource, info), '', false);
    const options = checkDeleteOptions(await readDeleteBody(exchange));
    const page = await deleteCollection(
      this.cluster,
      resource,
      { ...query, waitMs: this.times.resourceVersionWaitMs, signal: exchange.signal },
      options,
    );
    await exchange.sendObject(200, encoder.list(page), accepted.encoding);
  }

  private encoder(exchange: HttpExchange, resource: Resource, accepted: ReturnType<typeof negotiate>): ObjectEncoder {
    return encoderFor(resource, accepted, exchange.query.get('includeObject') ?? '', this.cluster.scheduler.nowMs());
  }

  private writeRequest(call: ResourceCall, options: ReturnType<typeof readWriteOptions>): WriteRequest {
    const { exchange, info, resource, user } = call;
    const namespace = namespaceFor(resource, info);
    return {
      cluster: this.cluster,
      resource,
      namespace,
      subresource: info.subresource as SubresourceName,
      manager: options.fieldManager === '' ? managerFrom(exchange.userAgent) : options.fieldManager,
      dryRun: options.dryRun,
      fieldValidation: options.fieldValidation,
      warnings: exchange.warnings,
      authorizeCreate: () => {
        const attributes = {
          isResource: true as const,
          verb: 'create',
          group: info.group,
          plural: info.plural,
          subresource: info.subresource,
          namespace,
          name: info.name,
        };
        const decision = this.authorizer.authorize(user, attributes);
        if (!decision.allowed) throw forbidden(groupResource(resource), info.name, forbiddenText(user, attributes, decision));
      },
      admit: (object) => refuseEscalation(this.authorizer, user, resource, namespace, object),
    };
  }
}

/** Cluster-scoped resources have no namespace, whatever the path says. */
function namespaceFor(resource: Resource, info: ResourceRequest): string {
  return resource.isNamespaced ? info.namespace : '';
}

/**
 * Whether a method has a meaning at this path. Built-in and custom resources are served by different parts of the API server, with answers of
 * their own to what has none.
 * @returns false where the answer was sent
 * @throws ApiError
 */
async function admitMethod({ exchange, info, resource }: ResourceCall): Promise<boolean> {
  const lacksNamespace = resource.isNamespaced && info.namespace === '';
  if (!resource.isNamespaced && info.namespace !== '' && resource.plural !== 'namespaces') {
    if (!resource.isCustom) throw noSuchPath();
    await notFoundText(exchange);
    return false;
  }
  if (lacksNamespace && info.name !== '' && !resource.isCustom) throw noSuchPath();
  if (lacksNamespace && resource.isCustom && info.verb !== 'list' && info.verb !== 'watch') {
    await notFoundText(exchange);
    return false;
  }
  const isRead = exchange.method === 'GET' || (exchange.method === 'HEAD' && resource.isCustom);
  if (info.verb === '' || (['get', 'list', 'watch'].includes(info.verb) && !isRead))
    throw resource.isCustom ? unsupportedMethod(groupResource(resource)) : methodNotAllowed();
  if (info.subresource !== '') {
    const subresource = resource.subresources.find(({ name }) => name === info.subresource);
    if (subresource?.verbs.includes(info.verb) !== true) throw methodNotAllowed();
  }
  const isCollectionVerb = info.verb === 'create' || info.verb === 'list' || info.verb === 'deletecollection';
  const isMisplaced = info.verb !== 'watch' && (info.name === '') !== isCollectionVerb;
  if (isMisplaced && resource.isCustom && info.name === '') throw badRequest('name must be provided');
  const needsNamespace = lacksNamespace && (info.verb === 'create' || info.verb === 'deletecollection');
  if (isMisplaced || needsNamespace || (info.subresource === '' && !resource.verbs.includes(info.verb))) throw methodNotAllowed();
  return true;
}

/**
 * The type of a patch, out of those that the resource knows.
 * @throws ApiError 415
 */
function admitPatchType({ exchange, resource }: ResourceCall): PatchType {
  const types = resource.isCustom ? customPatches : builtInPatches;
  const contentType = (exchange.header('content-type') ?? '').split(';')[0]?.trim() ?? '';
  const type = types.find((candidate) => candidate === contentType);
  if (type === undefined) throw resource.isCustom ? unsupportedMediaType(types) : unknownPatchType();
  return type;
}

/** The owner of fields where the client names none: what its user agent begins with. */
export function managerFrom(userAgent: string): string {
  const name = userAgent.split('/')[0] ?? '';
  return Array.from(name)
    .filter((character) => /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character))
    .join('')
    .slice(0, 128);
}
