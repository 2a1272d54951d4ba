import type { Authenticator } from '../auth/authenticator.js';
import { forbiddenText } from '../auth/authorizer.js';
import type { Attributes, Authorizer } from '../auth/authorizer.js';
import { adminGroup } from '../auth/user.js';
import type { User } from '../auth/user.js';
import type { FaultEngine } from '../faults/fault-engine.js';
import type { FaultVerb } from '../faults/fault-rule.js';
import { RequestFaults } from '../faults/request-faults.js';
import type { Registry } from '../resources/registry.js';
import { groupResource } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { virtualResources } from '../resources/virtual-resources.js';
import type { RequestLog } from '../requests/request-log.js';
import { ApiError, forbidden, internalError, notFound, unauthorized } from '../status/api-error.js';
import { ConnectionGoneError } from './http-exchange.js';
import type { HttpExchange } from './http-exchange.js';
import { impersonate } from './impersonation.js';
import { errorEncoding } from './media-type.js';
import { notFoundPath } from './not-found.js';
import { readRequestInfo, selectedName } from './request-info.js';
import type { RequestInfo, ResourceRequest } from './request-info.js';
import type { ResourceHandler } from './resource-handler.js';

/** Answers what is no object: discovery, health, OpenAPI. */
export interface PathHandler {
  /** @returns whether the path was its own */
  handle(exchange: HttpExchange, user: User): Promise<boolean>;
}

/** Answers resources that are not stored: access reviews, tokens. */
export interface VirtualHandler {
  /** @returns whether the request was its own */
  handle(exchange: HttpExchange, info: ResourceRequest, user: User): Promise<boolean>;
}

/** What the router sends requests to. */
export interface RouterParts {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly registry: Registry;
  readonly resources: ResourceHandler;
  readonly virtual: VirtualHandler;
  readonly paths: readonly PathHandler[];
  readonly faults: FaultEngine;
  readonly requests: RequestLog;
  readonly nowMs: () => number;
  /** Cuts the connection of a request with a TCP reset. */
  readonly reset: (exchange: HttpExchange) => void;
  /** The names under which requests are queued, one for administrators and one for the rest. */
  readonly flowControl: { readonly exempt: FlowSchema; readonly others: FlowSchema };
}

/** The UIDs in the headers of API Priority and Fairness. */
export interface FlowSchema {
  readonly flowSchemaUid: string;
  readonly priorityLevelUid: string;
}

/** Takes every request through the steps of the API server: who, whether, what. */
export class Router {
  constructor(private readonly parts: RouterParts) {}

  /** Answers one request; it never throws. */
  async route(exchange: HttpExchange): Promise<void> {
    const info = readRequestInfo(exchange.method, exchange.path, exchange.query);
    let userName = '';
    try {
      const user = this.authenticate(exchange, info);
      userName = user.name;
      await this.answer(exchange, info, user);
    } catch (error) {
      await this.fail(exchange, error);
    } finally {
      this.record(exchange, info, userName);
    }
  }

  private authenticate(exchange: HttpExchange, info: RequestInfo): User {
    const user = this.parts.authenticator.authenticate(
      exchange.header('authorization'),
      exchange.isHttp2 ? exchange.request.stream.session?.socket : exchange.request.socket,
    );
    if (user === undefined) throw unauthorized();
    const acting = impersonate(exchange, user, this.parts.authorizer);
    const flow = user.groups.includes(adminGroup) ? this.parts.flowControl.exempt : this.parts.flowControl.others;
    if (!(info.isResource && longRunning.includes(info.subresource))) {
      exchange.setHeader('x-kubernetes-pf-flowschema-uid', flow.flowSchemaUid);
      exchange.setHeader('x-kubernetes-pf-prioritylevel-uid', flow.priorityLevelUid);
    }
    return acting;
  }

  private async answer(exchange: HttpExchange, info: RequestInfo, user: User): Promise<void> {
    const faults = this.faultsFor(info, user);
    if (await faults.before(exchange)) return;
    this.authorize(exchange, info, user);
    if (!info.isResource) {
      for (const handler of this.parts.paths) if (await handler.handle(exchange, user)) return;
      return this.notFound(exchange);
    }
    if (/\/\/+[^/]/.test(exchange.path)) return this.notFound(exchange);
    if (await this.parts.virtual.handle(exchange, info, user)) return;
    const resource = this.parts.registry.find(info.group, info.version, info.plural);
    if (resource?.isCustom === true && info.namespace !== '' && info.name !== '' && !hasSubresource(resource, info.subresource))
      throw notFound(groupResource(resource), info.name);
    if (resource === undefined || info.rest.length > 0 || info.name.includes('/') || !hasSubresource(resource, info.subresource))
      return this.notFound(exchange);
    await this.parts.resources.handle({ exchange, info, resource, user, faults });
  }

  private async notFound(exchange: HttpExchange): Promise<void> {
    await notFoundPath(
      exchange,
      (group) => this.parts.registry.all().some((resource) => resource.group === group && !resource.isCustom) || isVirtualGroup(group),
    );
  }

  private faultsFor(info: RequestInfo, user: User): RequestFaults {
    const effect = info.isResource
      ? this.parts.faults.choose({ verb: faultVerb(info), resource: info.plural, namespace: info.namespace, user: user.name })
      : undefined;
    return new RequestFaults(effect, this.parts.reset);
  }

  private authorize(exchange: HttpExchange, info: RequestInfo, user: User): void {
    const attributes: Attributes = info.isResource
      ? {
          isResource: true,
          verb: info.verb,
          group: info.group,
          plural: info.plural,
          subresource: info.subresource,
          namespace: info.namespace,
          name: info.name === '' ? selectedName(info, exchange.query) : info.name,
        }
      : { isResource: false, verb: info.verb, path: info.path };
    const decision = this.parts.authorizer.authorize(user, attributes);
    if (decision.allowed) return;
    exchange.setHeader('x-content-type-options', 'nosniff');
    const resource = info.isResource ? { group: info.group, name: info.plural } : { group: '', name: '' };
    throw forbidden(resource, attributes.isResource ? attributes.name : '', forbiddenText(user, attributes, decision));
  }

  private async fail(exchange: HttpExchange, error: unknown): Promise<void> {
    if (error instanceof ConnectionGoneError || exchange.response.destroyed) return;
    if (exchange.response.headersSent) {
      this.parts.reset(exchange);
      return;
    }
    const known = error instanceof ApiError ? error : internalError(error instanceof Error ? error.message : String(error));
    // Who proves nothing may not keep an HTTP/2 connection (CVE-2023-44487): GOAWAY, and the end once all streams have ended.
    if (known.code === 401 && exchange.isHttp2) exchange.request.stream.session?.close();
    await exchange.sendError(known, errorEncoding(exchange.header('accept'))).catch(() => undefined);
  }

  private record(exchange: HttpExchange, info: RequestInfo, user: string): void {
    const { requests, nowMs } = this.parts;
    requests.add({
      atMs: nowMs(),
      verb: info.verb,
      resource: info.isResource ? (info.subresource === '' ? info.plural : `${info.plural}/${info.subresource}`) : info.path,
      namespace: info.isResource ? info.namespace : '',
      name: info.isResource ? info.name : '',
      user,
      userAgent: exchange.userAgent,
      status: exchange.response.headersSent ? exchange.response.statusCode : 0,
    });
  }
}

/** Subresources whose requests last, and are not queued. */
const longRunning: readonly string[] = ['attach', 'exec', 'log', 'portforward', 'proxy'];
const hasSubresource = (resource: Resource, name: string): boolean =>
  name === '' || resource.subresources.some((subresource) => subresource.name === name);
const isVirtualGroup = (name: string): boolean => virtualResources.some(({ group }) => group === name);
const faultVerb = ({ verb }: ResourceRequest): FaultVerb => (verb === 'deletecollection' ? 'delete' : verb === '' ? 'get' : verb);
