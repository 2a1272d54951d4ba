import { hubGroup, hubPolicyOrigin } from '@hub/api';

/** A Lease as the replicas read it. */
export interface LeaseRecord {
  readonly name: string;
  readonly kind: 'replica' | 'cluster';
  /** The cluster that it is about, or the replica. */
  readonly subject: string;
  readonly holder: string;
  readonly transitions: number;
  /** Changes at each renewal; when it changed last is judged by the reader's own clock. */
  readonly renewTime: string;
  readonly resourceVersion: string;
}

export const leaseLabel = `${hubGroup}/lease`;
const subjectAnnotation = `${hubGroup}/lease-subject`;

/** Reads a Lease of the hub's; undefined for others. */
export function readLease(object: {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}): LeaseRecord | undefined {
  const labels = (object.metadata['labels'] ?? {}) as Record<string, unknown>;
  const annotations = (object.metadata['annotations'] ?? {}) as Record<string, unknown>;
  const spec = (object['spec'] ?? {}) as { holderIdentity?: unknown; leaseTransitions?: unknown; renewTime?: unknown };
  const kind = labels[leaseLabel];
  const subject = annotations[subjectAnnotation];
  if ((kind !== 'replica' && kind !== 'cluster') || typeof subject !== 'string') return undefined;
  return {
    name: object.metadata.name,
    kind,
    subject,
    holder: typeof spec.holderIdentity === 'string' ? spec.holderIdentity : '',
    transitions: typeof spec.leaseTransitions === 'number' ? spec.leaseTransitions : 0,
    renewTime: typeof spec.renewTime === 'string' ? spec.renewTime : '',
    resourceVersion: object.metadata.resourceVersion ?? '',
  };
}

/** The name of the Lease that a replica lives by. */
export function replicaLeaseName(replica: string): string {
  return `lattice-hub-replica-${replica}`;
}

/** The name of the Lease that a cluster is held by. */
export function clusterLeaseName(cluster: string): string {
  return cluster === hubPolicyOrigin ? 'lattice-hub-hub-cluster' : `lattice-hub-cluster-${cluster}`;
}

/** What a Lease is found by, besides its name. */
export interface LeaseMetadata {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

export function replicaLeaseMetadata(replica: string): LeaseMetadata {
  return { name: replicaLeaseName(replica), labels: { [leaseLabel]: 'replica' }, annotations: { [subjectAnnotation]: replica } };
}

export function clusterLeaseMetadata(cluster: string): LeaseMetadata {
  return { name: clusterLeaseName(cluster), labels: { [leaseLabel]: 'cluster' }, annotations: { [subjectAnnotation]: cluster } };
}
