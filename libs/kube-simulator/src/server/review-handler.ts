import type { Reviewer } from '../auth/access-reviews.js';
import type { TokenRegistry } from '../auth/token-registry.js';
import { issuer } from '../auth/token-registry.js';
import type { User } from '../auth/user.js';
import { trackUpdate } from '../apply/field-manager.js';
import type { Cluster } from '../cluster/cluster.js';
import { numberAt, objectAt, stringAt, stringsAt } from '../object/json-value.js';
import type { JsonObject } from '../object/json-value.js';
import { formatTime, splitApiVersion, uidOf } from '../object/kube-object.js';
import type { KubeObject } from '../object/kube-object.js';
import { decodeBody } from '../operations/decode-object.js';
import { findStored, served } from '../operations/stored-access.js';
import { apiVersionOf } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { tokenRequest, virtualResources } from '../resources/virtual-resources.js';
import type { VirtualResource } from '../resources/virtual-resources.js';
import { decodeTyped } from '../schema/typed-decoder.js';
import { badRequest, conflict, invalidObject, methodNotAllowed, notFound } from '../status/api-error.js';
import { invalid } from '../status/field-error.js';
import { plainStrategy } from '../strategies/plain-strategy.js';
import type { HttpExchange } from './http-exchange.js';
import { negotiate } from './media-type.js';
import { readWriteOptions } from './query-options.js';
import { readObjectBody } from './request-body.js';
import type { ResourceRequest } from './request-info.js';
import { managerFrom } from './resource-handler.js';
import type { VirtualHandler } from './router.js';

const hourSeconds = 3600;
const minTokenSeconds = 600;
const maxTokenSeconds = 2 ** 32;

/** Answers access reviews and requests for tokens. */
export class ReviewHandler implements VirtualHandler {
  constructor(
    private readonly cluster: Cluster,
    private readonly tokens: TokenRegistry,
    private readonly reviewers: Readonly<Record<string, Reviewer>>,
  ) {}

  async handle(exchange: HttpExchange, info: ResourceRequest, user: User): Promise<boolean> {
    if (
      info.group === '' &&
      info.plural === 'serviceaccounts' &&
      info.subresource === 'token' &&
      info.namespace !== '' &&
      info.rest.length === 0
    ) {
      if (info.verb !== 'create') throw methodNotAllowed();
      await this.requestToken(exchange, info);
      return true;
    }
    const resource = virtualResources.find(
      ({ group, version, plural }) => group === info.group && version === info.version && plural === info.plural,
    );
    if (resource === undefined || info.subresource !== '' || info.name !== '') return false;
    if (info.verb !== 'create' || resource.isNamespaced !== (info.namespace !== '')) throw methodNotAllowed();
    await this.review(exchange, info, resource, user);
    return true;
  }

  private async review(exchange: HttpExchange, info: ResourceRequest, resource: VirtualResource, user: User): Promise<void> {
    const accepted = negotiate(exchange.header('accept'), false);
    const review = await this.read(exchange, resource, '');
    if (resource.isNamespaced) review.metadata.namespace = info.namespace;
    else delete review.metadata.namespace;
    if (resource.kind === 'SelfSubjectReview') review.metadata = { creationTimestamp: this.cluster.now() };
    const status = this.reviewers[resource.kind]?.(review, user, info.namespace) ?? {};
    if (resource.kind === 'SelfSubjectRulesReview') {
      review['spec'] = {};
      review.metadata = {};
    }
    await exchange.sendObject(201, ordered(review, resource, status), accepted.encoding);
  }

  /** Decodes a review and notes who wrote its fields. */
  private async read(exchange: HttpExchange, resource: VirtualResource, subresource: string): Promise<KubeObject> {
    const body = await readObjectBody(exchange, resource.schema);
    const options = readWriteOptions(exchange.query, 'CreateOptions');
    const object = decodeBody(body(), asResource(resource), options.fieldValidation, exchange.warnings);
    trackUpdate(undefined, object, resource.schema, {
      manager: options.fieldManager === '' ? managerFrom(exchange.userAgent) : options.fieldManager,
      apiVersion: apiVersionOf(resource),
      subresource,
      nowMs: this.cluster.scheduler.nowMs(),
      resetFields: [],
      blank: decodeTyped({ apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {} }, resource.schema).value,
    });
    return object;
  }

  private async requestToken(exchange: HttpExchange, info: ResourceRequest): Promise<void> {
    const accepted = negotiate(exchange.header('accept'), false);
    const request = await this.read(exchange, tokenRequest, 'token');
    const accounts = this.cluster.registry.find('', 'v1', 'serviceaccounts');
    if (accounts === undefined) throw notFound({ group: '', name: 'serviceaccounts' }, info.name);
    const account = served(accounts, findStored(this.cluster, accounts, info.namespace, info.name));
    const spec = objectAt(request, 'spec') ?? {};
    const given = request.metadata.name ?? '';
    if (given !== '' && given !== info.name) {
      throw invalidObject({ group: 'authentication.k8s.io', name: 'TokenRequest' }, info.name, [
        invalid('metadata.name', given, 'must match the service account name if specified'),
      ]);
    }
    const expirationSeconds = checkSeconds(numberAt(spec, 'expirationSeconds'));
    const audiences = stringsAt(spec, 'audiences').length === 0 ? [issuer] : stringsAt(spec, 'audiences');
    const boundObject = this.readBound(objectAt(spec, 'boundObjectRef'), info);
    const { token, expiresAtMs } = this.tokens.issueBound({
      namespace: info.namespace,
      serviceAccount: { name: info.name, uid: uidOf(account) },
      boundObject,
      audiences,
      expirationSeconds,
    });
    const { managedFields } = request.metadata;
    request.metadata = {
      name: info.name,
      namespace: info.namespace,
      uid: uidOf(account),
      creationTimestamp: this.cluster.now(),
      ...(managedFields === undefined ? {} : { managedFields }),
    };
    request['spec'] = { audiences, expirationSeconds, boundObjectRef: spec['boundObjectRef'] ?? null };
    await exchange.sendObject(
      201,
      ordered(request, tokenRequest, { token, expirationTimestamp: formatTime(expiresAtMs) }),
      accepted.encoding,
    );
  }

  private readBound(
    reference: JsonObject | undefined,
    { namespace, name: account }: ResourceRequest,
  ): Parameters<TokenRegistry['issueBound']>[0]['boundObject'] {
    if (reference === undefined) return undefined;
    const kind = stringAt(reference, 'kind');
    const apiVersion = stringAt(reference, 'apiVersion');
    const name = stringAt(reference, 'name');
    const resource =
      kind === 'Pod' || kind === 'Secret' || kind === 'Node'
        ? this.cluster.registry.findKind(apiVersion === '' ? 'v1' : apiVersion, kind)
        : undefined;
    if (resource === undefined) {
      const { group, version } = splitApiVersion(apiVersion);
      throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
    }
    if (name === '') throw badRequest('Name parameter required.');
    const object = served(resource, findStored(this.cluster, resource, resource.isNamespaced ? namespace : '', name));
    if (kind === 'Pod' && stringAt(objectAt(object, 'spec'), 'serviceAccountName') !== account)
      throw badRequest(
        `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
      );
    const uid = stringAt(reference, 'uid');
    if (uid !== '' && uid !== uidOf(object)) {
      throw conflict(
        { group: '', name: kind },
        name,
        `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    }
    return { kind, apiVersion: apiVersion === '' ? 'v1' : apiVersion, name, uid: uidOf(object) };
  }
}

function checkSeconds(seconds = hourSeconds): number {
  const reject = (why: string): Error =>
    invalidObject({ group: 'authentication.k8s.io', name: 'TokenRequest' }, '', [invalid('spec.expirationSeconds', seconds, why)]);
  if (seconds < minTokenSeconds) throw reject('may not specify a duration less than 10 minutes');
  if (seconds > maxTokenSeconds) throw reject('may not specify a duration larger than 2^32 seconds');
  return seconds;
}

/** Kind and version first, then what was asked, then the answer. */
function ordered(review: KubeObject, resource: VirtualResource, status: JsonObject): JsonObject {
  const { metadata, spec } = review;
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata, ...(spec === undefined ? {} : { spec }), status };
}

/** What decoding needs to know of a review. */
function asResource(resource: VirtualResource): Resource {
  return {
    ...resource,
    listKind: '',
    shortNames: [],
    categories: [],
    verbs: ['create'],
    subresources: [],
    table: '',
    storedApiVersion: apiVersionOf(resource),
    isCustom: false,
    keyOrder: 'built-in',
    strategy: plainStrategy,
    selectableFields: {},
    columns: [],
    returnsDeleted: false,
  };
}
