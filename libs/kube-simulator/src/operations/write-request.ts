import type { FieldWriter } from '../apply/field-manager.js';
import type { Cluster } from '../cluster/cluster.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import { apiVersionOf } from '../resources/resource.js';
import type { Resource } from '../resources/resource.js';
import { decodeTyped } from '../schema/typed-decoder.js';

/** What to do about unknown and repeated fields (Kubernetes API, `fieldValidation`). */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** The doors of an object that are not the object itself and that the simulator serves. */
export type SubresourceName = '' | 'status' | 'finalize';

/** One write: what is written, by whom, and how. */
export interface WriteRequest {
  readonly cluster: Cluster;
  readonly resource: Resource;
  readonly namespace: string;
  readonly subresource: SubresourceName;
  /** The owner of the fields that change. */
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Collects what the Warning headers say. */
  readonly warnings: string[];
  /** Refuses where the caller may not create: a write that turns out to be a create is authorized as one. */
  readonly authorizeCreate?: () => void;
  /** Refuses what the caller may not bring about, whatever may be written otherwise. */
  readonly admit?: (object: KubeObject) => void;
}

/** The book-keeping of fields for a write. */
export function fieldWriter(request: WriteRequest): FieldWriter {
  const { cluster, resource, subresource, manager } = request;
  return {
    manager,
    apiVersion: apiVersionOf(resource),
    subresource,
    nowMs: cluster.scheduler.nowMs(),
    resetFields: resetFields(resource, subresource),
    blank: blankObject(resource),
  };
}

function resetFields(resource: Resource, subresource: SubresourceName): readonly string[] {
  if (subresource === 'status') return resource.isCustom ? ['metadata', 'spec'] : ['spec'];
  return resource.strategy.statusFields;
}

/** An object of the kind with nothing set. */
export function blankObject(resource: Resource): JsonObject {
  const bare = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {} };
  return resource.isCustom ? bare : decodeTyped(bare, resource.schema).value;
}
