import {
  detachFinalizer,
  hubPolicyOrigin,
  kubeconfigLabel,
  memberAnnotations,
  MemberCluster,
  MemberClusterResource,
  MemberClusterSpec,
  MemberClusterStatus,
  MemberSnapshotResource,
  TargetGroupPolicyResource,
  type MemberSnapshotStatus,
  type Resource,
} from '@hub/api';
import type { KubeClient, KubeObject } from '@hub/kube';
import type { Hold, Policy } from '@hub/model';
import { ClusterSession, type SessionHost, type SessionOptions } from './cluster-session.js';
import { HubHolds } from './hub-holds.js';
import { KindStore } from './kind-store.js';
import type { WatchedSource } from './watched-source.js';
import { leaseLabel, readLease, type LeaseRecord } from './lease-record.js';
import type { MemberRecord } from './member.js';
import { policyStore, type PolicyRecord } from './member-objects.js';
import { readSnapshot, snapshotName, unpackedStatus, wordOfParts, type MemberWord, type SnapshotRecord } from './member-snapshot.js';

/** A Secret with a kubeconfig. */
export interface SecretRecord {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** A MemberCluster with the status that stands on it. */
export interface StoredMember {
  readonly record: MemberRecord;
  readonly status: MemberClusterStatus | undefined;
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  /** Why the object can't be read, where somebody wrote it past the CRD. */
  readonly invalid: string | undefined;
}

/** Hears what is different in the hub cluster. */
export interface HubClusterListener {
  memberChanged(name: string, before: StoredMember | undefined, after: StoredMember | undefined): void;
  snapshotChanged(member: string): void;
  policiesChanged(policies: readonly Policy[]): void;
  secretChanged(name: string): void;
  leasesChanged(): void;
}

const secretResource: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
const leaseResource: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true };

/** The hub's own cluster: what people ask for there, what the replicas share there, and its own policies. */
export class HubCluster {
  readonly members: KindStore<StoredMember>;
  readonly snapshots: KindStore<SnapshotRecord>;
  readonly policies: KindStore<PolicyRecord>;
  readonly secrets: KindStore<SecretRecord>;
  readonly leases: KindStore<LeaseRecord>;
  readonly session: ClusterSession;
  readonly holds: HubHolds;

  constructor(
    private readonly namespace: string,
    host: SessionHost,
    options: SessionOptions,
    listener: HubClusterListener,
  ) {
    const { confirmationMs } = options;
    this.members = new KindStore({
      read: readMember,
      checksDeletions: 'always',
      confirmationMs,
      onChange: ({ before, after }) => listener.memberChanged((after ?? before)?.record.name ?? '', before, after),
    });
    this.snapshots = new KindStore({
      read: readSnapshot,
      checksDeletions: 'whenEmptied',
      confirmationMs,
      onChange: ({ before, after }) => listener.snapshotChanged((after ?? before)?.member ?? ''),
    });
    this.policies = policyStore({ tier: 'hub' }, confirmationMs, (policies) => listener.policiesChanged(policies));
    this.secrets = new KindStore({
      read: readSecret,
      checksDeletions: 'never',
      confirmationMs,
      onChange: ({ before, after }) => {
        if (JSON.stringify(before) !== JSON.stringify(after)) listener.secretChanged((after ?? before)?.name ?? '');
      },
    });
    this.leases = new KindStore({ read: readLease, checksDeletions: 'never', confirmationMs, onChange: () => listener.leasesChanged() });
    this.session = new ClusterSession(this.sources(), host, options);
    this.holds = new HubHolds(this.session, (hold) => this.doubtedBy(hold));
  }

  /** The last word that was published of a member, with its place in the order of what was published. */
  wordOf(member: string): (MemberWord & { readonly sequence: number }) | undefined {
    const statuses: MemberSnapshotStatus[] = [];
    let part: MemberSnapshotStatus | undefined;
    do {
      const record = this.snapshots.get(snapshotName(member, statuses.length));
      part = record && unpackedStatus(record);
      if (part) statuses.push(part);
    } while (part && statuses.length < (statuses[0]?.parts ?? 0));
    return wordOfParts(statuses);
  }

  /** The resourceVersion of the first part of what was published of a member. */
  wordVersionOf(member: string): string | undefined {
    return this.snapshots.versionOf(snapshotName(member, 0));
  }

  /** What a person has written on the hub cluster's own snapshot, of what is held there. */
  get acknowledgement(): string | undefined {
    return this.snapshots.get(snapshotName(hubPolicyOrigin, 0))?.acknowledgement;
  }

  /** What a hold keeps from being taken for gone, as kind and name. */
  private doubtedBy({ kind }: Hold): readonly string[] {
    const { members, policies, snapshots } = this;
    const stores = { MemberCluster: members, MemberSnapshot: snapshots, TargetGroupPolicy: policies };
    return Object.entries(stores).flatMap(([name, store]) =>
      kind === undefined || kind === name ? Array.from(store.doubted(), (key) => `${name} ${key}`).toSorted() : [],
    );
  }

  /** A value of a kubeconfig Secret. */
  kubeconfig(name: string, key: string): string | undefined {
    const value = this.secrets.get(`${this.namespace}/${name}`)?.data[key];
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
  }

  /** A client of the hub cluster, while there is a connection. */
  get api(): KubeClient | undefined {
    return this.session.api;
  }

  private sources(): readonly WatchedSource[] {
    const { namespace } = this;
    return [
      { resource: MemberClusterResource, store: this.members, crd: 'memberclusters.lattice-hub.io' },
      { resource: MemberSnapshotResource, store: this.snapshots, crd: 'membersnapshots.lattice-hub.io' },
      { resource: TargetGroupPolicyResource, store: this.policies, crd: 'targetgrouppolicies.application-networking.k8s.aws' },
      { resource: secretResource, store: this.secrets, namespace, selector: `${kubeconfigLabel}=true` },
      { resource: leaseResource, store: this.leases, namespace, selector: leaseLabel },
    ];
  }
}

/** A MemberCluster as it was read. */
export function readMember(object: KubeObject): StoredMember {
  const { metadata } = object;
  const parsed = MemberCluster.safeParse(object);
  const finalizers = Array.isArray(metadata['finalizers']) ? (metadata['finalizers'] as unknown[]) : [];
  const annotations = (metadata['annotations'] ?? {}) as Record<string, unknown>;
  // What it was when it joined, and how far its policies reach, are read whatever else is wrong: other clusters go by them.
  const rawStatus = (object['status'] ?? {}) as { readonly identity?: unknown };
  const status = MemberClusterStatus.safeParse(rawStatus).data;
  const { uid, ...place } = MemberClusterStatus.shape.identity.safeParse(rawStatus.identity).data ?? {};
  const acknowledgement = annotations[memberAnnotations.acknowledge];
  const record: MemberRecord = {
    name: metadata.name,
    uid: metadata.uid ?? '',
    generation: typeof metadata['generation'] === 'number' ? metadata['generation'] : 0,
    createdAtMs: Date.parse(String(metadata['creationTimestamp'])) || 0,
    spec: parsed.data?.spec ?? { ...noSpec, policyScope: scopeOf(object) },
    joinedAs: uid === undefined ? undefined : ({ uid, ...place } as NonNullable<MemberRecord['joinedAs']>),
    isDetaching: typeof metadata['deletionTimestamp'] === 'string',
    hasFinalizer: finalizers.includes(detachFinalizer),
    acknowledgement: typeof acknowledgement === 'string' ? acknowledgement : undefined,
  };
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  const invalid = issue && `${issue.path.map(String).join('.')}: ${issue.message}`;
  return { record, status, conditions: status?.conditions ?? [], invalid };
}

/** How far the policies of a member reach whose spec can't be read as a whole. */
function scopeOf(object: KubeObject): MemberRecord['spec']['policyScope'] {
  const { policyScope } = (object['spec'] ?? {}) as { readonly policyScope?: unknown };
  return MemberClusterSpec.shape.policyScope.safeParse(policyScope).data ?? 'Ignore';
}

/** Stands for a spec that can't be read; the member is refused before anything of it is used. */
const noSpec: MemberRecord['spec'] = {
  kubeconfigSecretRef: { name: '', key: '' },
  aws: { accountId: '', region: '', vpcId: '', roleArn: '' },
  mode: 'Hub',
  policyScope: 'Ignore',
  paused: true,
  onDetach: 'Keep',
};

function readSecret(object: KubeObject): SecretRecord {
  const data = (object['data'] ?? {}) as Record<string, unknown>;
  return {
    name: object.metadata.name,
    data: Object.fromEntries(Object.entries(data).filter((e): e is [string, string] => typeof e[1] === 'string')),
  };
}
