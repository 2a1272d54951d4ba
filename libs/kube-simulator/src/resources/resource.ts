import type { NameRule } from '../object/names.js';
import type { JsonObject } from '../object/json-value.js';
import type { KubeObject } from '../object/kube-object.js';
import type { Schema } from '../schema/schema.js';
import type { FieldError } from '../status/field-error.js';
import type { KeyOrder } from '../store/object-store.js';
import type { Column } from '../table/column.js';

/** What can be done with a resource, in the words of discovery and of RBAC. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A path under an object, such as `/status`, with what can be done there. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly Verb[];
}

/** What writing an object means for its kind: defaults, fields that a client can't set, and what must hold. */
export interface Strategy {
  /** The kind that validation errors name, where it is another. */
  readonly errorKind?: { readonly group: string; readonly name: string };
  /** The rule for names; DNS subdomain where nothing is said. */
  readonly nameRule?: NameRule;
  /** A PUT without resourceVersion overwrites whatever is there. */
  readonly allowUnconditionalUpdate: boolean;
  /** A PUT of an object that is not there creates it. */
  readonly allowCreateOnUpdate: boolean;
  /** Fills in defaults, whenever an object is decoded. */
  applyDefaults?(object: KubeObject): void;
  /** Sets and clears what the server decides, before validation. */
  prepareForCreate?(object: KubeObject): void;
  prepareForUpdate?(object: KubeObject, old: KubeObject): void;
  validate?(object: KubeObject): FieldError[];
  validateUpdate?(object: KubeObject, old: KubeObject): FieldError[];
  /** What must hold after a write of /status; `validateUpdate` where nothing is said. */
  validateStatusUpdate?(object: KubeObject, old: KubeObject): FieldError[];
  /** What a writer should know about an object that is valid; `old` is what it was before, where it is an update. */
  warnings?(object: KubeObject, old: KubeObject | undefined): string[];
  /** The fields of the main endpoint that only /status may write. */
  readonly statusFields: readonly string[];
}

/** One resource as one group and version serve it: `services` of `v1`, `endpointslices` of `discovery.k8s.io/v1`. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** The table that holds the objects; versions of one resource have one table. */
  readonly table: string;
  /** The apiVersion that the table holds. */
  readonly storedApiVersion: string;
  readonly isCustom: boolean;
  readonly keyOrder: KeyOrder;
  readonly schema: Schema;
  readonly strategy: Strategy;
  /** The fields, beyond name and namespace, that a field selector may name, and how to read them. */
  readonly selectableFields: Readonly<Record<string, (object: JsonObject) => string>>;
  readonly columns: readonly Column[];
  /** What the row of a Table says of an object beside its cells. */
  readonly rowConditions?: (object: KubeObject) => JsonObject[];
  /** From and to the stored version, where it is another than the served one. */
  readonly fromStored?: (object: KubeObject) => KubeObject;
  readonly toStored?: (object: KubeObject) => KubeObject;
  readonly storageVersionHash?: string;
  /** Whether a deletion answers with the object, and not with a Status. */
  readonly returnsDeleted: boolean;
  /** What every answer warns of, where the version is deprecated. */
  readonly deprecationWarning?: string;
}

/** The apiVersion of a resource. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The resource in messages: `services`, `leases.coordination.k8s.io`. */
export const groupResource = (resource: Pick<Resource, 'group' | 'plural'>): { group: string; name: string } => ({
  group: resource.group,
  name: resource.plural,
});

/** The kind in messages: `Service`, `Lease.coordination.k8s.io`. */
export const groupKind = (resource: Pick<Resource, 'group' | 'kind'>): { group: string; name: string } => ({
  group: resource.group,
  name: resource.kind,
});
