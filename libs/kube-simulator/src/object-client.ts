import type { Cluster } from './cluster/cluster.js';
import { cloneJson, isJsonObject } from './object/json-value.js';
import type { JsonObject, JsonValue } from './object/json-value.js';
import { encodeJson } from './object/encode-json.js';
import type { KubeObject } from './object/kube-object.js';
import { createObject } from './operations/create-object.js';
import { decodeBody } from './operations/decode-object.js';
import { deleteObject, plainDelete } from './operations/delete-object.js';
import type { DeleteOptions } from './operations/delete-object.js';
import { patchObject } from './operations/patch-object.js';
import type { PatchType } from './operations/patch-object.js';
import { fieldSelectorFor, isSelected } from './operations/selection.js';
import { findStored, served } from './operations/stored-access.js';
import { updateObject } from './operations/update-object.js';
import type { FieldValidation, SubresourceName, WriteRequest } from './operations/write-request.js';
import type { Resource } from './resources/resource.js';
import { ApiError, badRequest, failure } from './status/api-error.js';
import { parseLabelSelector } from './store/label-selector.js';

/** An object as it is given: any type of the caller's own that has these fields. */
export interface ObjectInput {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string | undefined;
    readonly generateName?: string | undefined;
    readonly namespace?: string | undefined;
  };
}

/** Names one object. The namespace is `default` where a kind has namespaces and none is named. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Names the objects of a list. */
export interface ObjectQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** All namespaces where it is left out. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** How something is written. */
export interface WriteOptions {
  /** Default `admin`. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** Default `Strict`: a field that the kind does not have is refused. */
  readonly fieldValidation?: FieldValidation;
  readonly subresource?: SubresourceName;
}

/** A patch of one of three kinds. */
export type ObjectPatch = { readonly merge: object } | { readonly json: readonly object[] } | { readonly strategic: object };

/** The objects of a cluster without HTTP, as an administrator: the same rules, the same events. Failures are ApiErrors, as over HTTP. */
export class ObjectClient {
  constructor(private readonly cluster: Cluster) {}

  /** @throws ApiError */
  create(object: ObjectInput, options: WriteOptions = {}): KubeObject {
    const resource = this.resourceOf(object);
    const request = this.request(resource, object.metadata.namespace, options);
    return createObject(request, decodeBody(JSON.stringify(object), resource, request.fieldValidation, request.warnings));
  }

  /** @throws ApiError */
  update(object: ObjectInput, options: WriteOptions = {}): KubeObject {
    const resource = this.resourceOf(object);
    const request = this.request(resource, object.metadata.namespace, options);
    const decoded = decodeBody(JSON.stringify(object), resource, request.fieldValidation, request.warnings);
    return updateObject(request, object.metadata.name ?? '', decoded).object;
  }

  /**
   * Server-side apply.
   * @throws ApiError
   */
  apply(object: ObjectInput, options: WriteOptions & { readonly force?: boolean } = {}): KubeObject {
    const resource = this.resourceOf(object);
    const request = this.request(resource, object.metadata.namespace, options);
    return patchObject(request, object.metadata.name ?? '', {
      type: 'application/apply-patch+yaml',
      text: JSON.stringify(object),
      force: options.force ?? false,
    }).object;
  }

  /** @throws ApiError */
  patch(ref: ObjectRef, patch: ObjectPatch, options: WriteOptions = {}): KubeObject {
    const resource = this.resourceOf(ref);
    const request = this.request(resource, ref.namespace, options);
    const [type, value] = readPatch(patch);
    return patchObject(request, ref.name, { type, text: encodeJson(value), force: false }).object;
  }

  /** @throws ApiError 404 where there is no such object */
  get(ref: ObjectRef): KubeObject {
    const resource = this.resourceOf(ref);
    return served(resource, findStored(this.cluster, resource, namespaceFor(resource, ref.namespace), ref.name));
  }

  /** The object, or undefined where there is none. */
  find(ref: ObjectRef): KubeObject | undefined {
    try {
      return this.get(ref);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  /** The objects in the order of a list. */
  list(query: ObjectQuery): KubeObject[] {
    const resource = this.resourceOf(query);
    const selection = {
      namespace: resource.isNamespaced ? (query.namespace ?? '') : '',
      labels: parseLabelSelector(query.labelSelector ?? ''),
      fields: fieldSelectorFor(resource, query.fieldSelector ?? ''),
    };
    return this.cluster
      .table(resource)
      .list(selection.namespace)
      .filter((stored) => isSelected(selection, resource, stored))
      .map((stored) => served(resource, stored));
  }

  /**
   * Deletes an object.
   * @returns the object where something still holds it; undefined where it is gone
   * @throws ApiError
   */
  delete(ref: ObjectRef, options: Partial<DeleteOptions> = {}): KubeObject | undefined {
    const resource = this.resourceOf(ref);
    const result = deleteObject({
      cluster: this.cluster,
      resource,
      namespace: namespaceFor(resource, ref.namespace),
      name: ref.name,
      options: { ...plainDelete, ...options },
    });
    return result.gone ? undefined : result.object;
  }

  private resourceOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Resource {
    const resource = this.cluster.registry.findKind(apiVersion, kind);
    if (resource !== undefined) return resource;
    throw failure({
      code: 404,
      reason: 'NotFound',
      message: `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
      details: {},
    });
  }

  private request(resource: Resource, namespace: string | undefined, options: WriteOptions): WriteRequest {
    return {
      cluster: this.cluster,
      resource,
      namespace: namespaceFor(resource, namespace),
      subresource: options.subresource ?? '',
      manager: options.fieldManager ?? 'admin',
      dryRun: options.dryRun ?? false,
      fieldValidation: options.fieldValidation ?? 'Strict',
      warnings: [],
    };
  }
}

const namespaceFor = (resource: Resource, namespace: string | undefined): string => (resource.isNamespaced ? (namespace ?? 'default') : '');

function readPatch(patch: ObjectPatch): [PatchType, JsonValue] {
  if ('merge' in patch) return ['application/merge-patch+json', asObject(patch.merge)];
  if ('strategic' in patch) return ['application/strategic-merge-patch+json', asObject(patch.strategic)];
  return ['application/json-patch+json', patch.json.map(asObject)];
}

function asObject(value: object): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw badRequest('a patch is an object, or a list of objects');
  return cloneJson(json);
}
