import { controllerFinalizer, exportAnnotations, latticeFederation, ServiceExportSpec } from '@hub/api';
import type { KubeObject } from '@hub/kube';
import type { OneCopy } from '@hub/model';
import type { RawPolicy } from '@hub/plan';
import { writtenConditions, type WrittenCondition } from './conditions.js';

// What the hub keeps of a member's objects: compact records, taken from the object once, when it is read. Members are strangers: whatever is
// not as it should be is left out or named, and never throws.

/** A ServiceExport. */
export interface ExportRecord {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly service: string;
  readonly exportedPorts: readonly { readonly port: number; readonly routeType: 'HTTP' | 'GRPC' | 'TLS' }[];
  readonly portAnnotation: string | undefined;
  readonly tagsAnnotation: string | undefined;
  /** Why the spec can't be followed. */
  readonly invalid: string | undefined;
  /** The AWS Gateway API Controller has taken charge of it. */
  readonly hasControllerFinalizer: boolean;
  /** It is meant for another federation, or is being deleted: to the hub it is not there. */
  readonly isOver: boolean;
  /** The conditions that stand on it. */
  readonly conditions: readonly WrittenCondition[];
}

/** Whether two readings of an export differ in anything that a decision sees. */
export function sameExport(a: ExportRecord, b: ExportRecord): boolean {
  return JSON.stringify({ ...a, conditions: [] }) === JSON.stringify({ ...b, conditions: [] });
}

/** A Service. */
export interface ServiceRecord {
  readonly namespace: string;
  readonly name: string;
  /** Its TCP ports. */
  readonly ports: readonly { readonly port: number; readonly name: string }[];
  readonly ipFamilies: readonly string[];
  readonly isExternalName: boolean;
}

/** An EndpointSlice of a Service. */
export interface SliceRecord {
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
  readonly family: 'IPV4' | 'IPV6';
  /** Its TCP ports. */
  readonly ports: readonly { readonly port: number; readonly name: string }[];
  /**
   * The addresses that are not terminating, one text for all: see {@link addressesOf}. Those that are not ready are among them: AWS checks them
   * itself.
   */
  readonly addresses: string;
}

/** The addresses of a slice. */
export function addressesOf({ addresses }: SliceRecord): readonly string[] {
  return addresses === '' ? [] : addresses.split(' ');
}

/** What the records of all kinds of one member have in common. */
export type Common = Pick<OneCopy, 'of'>;
const apart: Common = { of: (value) => value };

export function readExport(object: KubeObject, common: Common = apart): ExportRecord {
  const { metadata } = object;
  const annotations = textMap(metadata['annotations']);
  const spec = ServiceExportSpec.safeParse(object['spec'] ?? {});
  const issue = spec.success ? undefined : spec.error.issues[0];
  const federation = annotations[exportAnnotations.federation];
  return {
    namespace: common.of(metadata.namespace ?? ''),
    name: metadata.name,
    uid: metadata.uid ?? '',
    generation: typeof metadata['generation'] === 'number' ? metadata['generation'] : 0,
    service: annotations[exportAnnotations.serviceName]?.trim() || metadata.name,
    exportedPorts: common.of(spec.success ? (spec.data.exportedPorts ?? []) : []),
    portAnnotation: annotations[exportAnnotations.port],
    tagsAnnotation: annotations[exportAnnotations.tags],
    invalid: issue && `spec.${issue.path.map(String).join('.')}: ${issue.message}`,
    hasControllerFinalizer: Array.isArray(metadata['finalizers']) && metadata['finalizers'].includes(controllerFinalizer),
    isOver: typeof metadata['deletionTimestamp'] === 'string' || (federation !== undefined && federation !== latticeFederation),
    conditions: writtenConditions(object, common),
  };
}

interface RawPort {
  readonly name?: unknown;
  readonly port?: unknown;
  readonly protocol?: unknown;
}

export function readService(object: KubeObject, common: Common = apart): ServiceRecord {
  const spec = (object['spec'] ?? {}) as { ports?: unknown; ipFamilies?: unknown; type?: unknown };
  return {
    namespace: common.of(object.metadata.namespace ?? ''),
    name: object.metadata.name,
    ports: common.of(tcpPorts(spec.ports)),
    ipFamilies: common.of(Array.isArray(spec.ipFamilies) ? spec.ipFamilies.filter((f) => typeof f === 'string') : []),
    isExternalName: spec.type === 'ExternalName',
  };
}

interface RawEndpoint {
  readonly addresses?: unknown;
  readonly conditions?: { readonly terminating?: unknown } | null;
}

/** Whether two readings of a slice differ in nothing that a decision sees. */
export function sameSlice(a: SliceRecord, b: SliceRecord): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A slice of a Service; undefined for one of nothing, and for one of names instead of addresses. */
export function readSlice(object: KubeObject, common: Common = apart): SliceRecord | undefined {
  const service = textMap(object.metadata['labels'])['kubernetes.io/service-name'];
  const addressType = object['addressType'];
  if (!service || (addressType !== 'IPv4' && addressType !== 'IPv6')) return undefined;
  const endpoints = Array.isArray(object['endpoints']) ? (object['endpoints'] as RawEndpoint[]) : [];
  const addresses = new Set<string>();
  for (const endpoint of endpoints) {
    if (endpoint?.conditions?.terminating === true || !Array.isArray(endpoint?.addresses)) continue;
    // A space in one would make two of it; there is none in an address.
    for (const address of endpoint.addresses) if (typeof address === 'string' && !address.includes(' ')) addresses.add(address);
  }
  return {
    namespace: common.of(object.metadata.namespace ?? ''),
    name: object.metadata.name,
    service,
    family: addressType === 'IPv4' ? 'IPV4' : 'IPV6',
    ports: common.of(tcpPorts(object['ports'])),
    addresses: [...addresses].join(' '),
  };
}

/** A policy, whole: what is invalid about it is for the plan to say. */
export function readRawPolicy(object: KubeObject): RawPolicy {
  const { metadata } = object;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    generation: typeof metadata['generation'] === 'number' ? metadata['generation'] : 1,
    creationTimestamp: typeof metadata['creationTimestamp'] === 'string' ? metadata['creationTimestamp'] : '',
    spec: object['spec'],
  };
}

function tcpPorts(raw: unknown): readonly { readonly port: number; readonly name: string }[] {
  if (!Array.isArray(raw)) return [];
  return (raw as (RawPort | null)[]).flatMap((p) => {
    const isTcp = p?.protocol === undefined || p.protocol === null || p.protocol === 'TCP';
    if (!isTcp || typeof p?.port !== 'number') return [];
    return [{ port: p.port, name: typeof p.name === 'string' ? p.name : '' }];
  });
}

function textMap(raw: unknown): Readonly<Record<string, string>> {
  if (typeof raw !== 'object' || raw === null) return {};
  return Object.fromEntries(Object.entries(raw).filter((e): e is [string, string] => typeof e[1] === 'string'));
}
