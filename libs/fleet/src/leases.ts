import { hubGroup, hubPolicyOrigin } from '@hub/api';
import { KubeError, MicroTime, type HubApi } from '@hub/kube';
import { replicaFor } from '@hub/plan';
import type { KindStore } from './kind-store.js';

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

export interface LeaseOptions {
  readonly namespace: string;
  readonly replica: string;
  /** How long a replica's Lease lives without renewal, and how often it is renewed. */
  readonly durationMs: number;
  readonly renewMs: number;
  readonly nowMs: () => number;
}

/** A cluster that this replica holds. */
export interface Holding {
  /** The fencing number: raised at every acquisition. */
  readonly number: number;
  readonly acquiredAtMs: number;
  /** Whether the holder before did not let go by itself: then its last attempts may be under way still. */
  readonly fromDeadHolder: boolean;
}

/** What whoever holds clusters must hear. */
export interface LeaseHost {
  acquired(cluster: string, holding: Holding): void;
  /** The cluster should be let go: work on it ends, and then {@link Leases.release} is called. */
  shouldRelease(cluster: string): void;
  /** The Lease is gone without being let go: nothing may be written any more. */
  lost(cluster: string): void;
  failed(error: unknown): void;
}

/** A replica's Lease that was not renewed for so many of its durations is left over from one that died. */
const leftOverAfter = 40;
/** Left-over Leases are looked for once in so many durations. */
const sweepEvery = 4;
/** How often a renewal is tried before the next one is due. */
const renewTries = 3;
/** How soon a replica that starts asks again for its own Lease. */
const startAgainMs = 500;
/** What another try may find otherwise; the others are for a person to mend. */
const passing: readonly KubeError['kind'][] = ['timeout', 'unreachable', 'unavailable', 'throttled', 'conflict', 'alreadyExists'];
/** How many clusters are being taken at once. */
const acquiredAtOnce = 16;

/**
 * Who works on which cluster: a Lease for each replica, renewed, and one for each cluster, written only when its holder changes and valid while
 * its holder's Lease is (design 6). Expiry is judged by the local monotonic clock, so that no two clocks have to agree.
 */
export class Leases {
  private readonly holdings = new Map<string, Holding>();
  private readonly renewals = new Map<string, { readonly renewTime: string; readonly seenAtMs: number }>();
  private readonly busy = new Set<string>();
  /** Clusters that were let go of and whose Lease says otherwise still, with the number under which they were held. */
  private readonly owed = new Map<string, number>();
  /** The highest number under which each cluster was held here: it rises even where somebody deleted the Lease that it stood in. */
  private readonly highest = new Map<string, number>();
  /** Clusters held whose Lease was seen in the store, so that its absence there means something. */
  private readonly seen = new Set<string>();
  private validUntilMs = 0;
  /** When this replica began, or its own Lease lapsed while it held something: attempts that were made in its name before may be under way. */
  private anewSinceMs: number;
  private sweepAtMs = 0;
  private isLeaving = false;
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;
  private settling: Promise<unknown> = Promise.resolve();
  /** A rebalancing that has not begun: it will see whatever changes until it does. */
  private queued: Promise<void> | undefined;

  /**
   * @param store the hub's Leases, followed
   * @param clusters the clusters that there are to hold
   */
  constructor(
    private readonly api: HubApi,
    private readonly store: KindStore<LeaseRecord>,
    private readonly clusters: () => readonly string[],
    private readonly host: LeaseHost,
    private readonly options: LeaseOptions,
  ) {
    this.anewSinceMs = options.nowMs();
  }

  /**
   * Takes the replica's own Lease and begins to take its share of the clusters; what can't be taken now is taken with the next renewal.
   * @param timeoutMs for so long it tries to get its own Lease from a hub cluster that is slow, or away for a moment
   * @throws KubeError where the first Lease can't be had
   */
  async start(timeoutMs: number): Promise<void> {
    await this.takeOwn(this.options.nowMs() + timeoutMs);
    this.timer = setInterval(() => void this.tick(), this.options.renewMs).unref();
    // Whoever waits for a rebalancing tells of what went wrong; see balance.
    await this.balance().catch(() => undefined);
  }

  /** Lets go of the replica's Lease, so that the others take over at once. What it holds has to be released before. */
  async stop(): Promise<void> {
    this.isLeaving = true;
    clearInterval(this.timer);
    await this.settling.catch(() => undefined);
    // One more try: what is not given back the others take only when a Lease's time has passed.
    const owed = [...this.owed].map(([cluster, number]) =>
      this.giveBack(cluster, number).catch((error: unknown) => this.host.failed(error)),
    );
    await Promise.all(owed);
    await this.api.deleteLease(this.options.namespace, this.replicaLease()).catch((error: unknown) => this.host.failed(error));
    this.validUntilMs = 0;
  }

  /** Whether an attempt that may take so long can begin now: the number is current and the Lease outlives the attempt. */
  mayWrite(cluster: string, number: number, attemptMs: number): boolean {
    return this.holdings.get(cluster)?.number === number && this.options.nowMs() + attemptMs < this.validUntilMs;
  }

  holding(cluster: string): Holding | undefined {
    return this.holdings.get(cluster);
  }

  /** Whether this replica's own Lease is valid. */
  get isValid(): boolean {
    return this.options.nowMs() < this.validUntilMs;
  }

  /** The replicas that live, this one among them. */
  replicas(): readonly string[] {
    const live = new Set<string>(this.isLeaving ? [] : [this.options.replica]);
    for (const lease of this.store.records()) if (lease.kind === 'replica' && this.isLive(lease)) live.add(lease.subject);
    if (this.isLeaving) live.delete(this.options.replica);
    return [...live].toSorted();
  }

  /** Who holds a cluster now, by its Lease. */
  holderOf(cluster: string): string | undefined {
    const lease = this.store.get(`${this.options.namespace}/${clusterLease(cluster)}`);
    return lease?.holder || undefined;
  }

  /** The Leases or the clusters have changed: takes what is due and asks to let go of what is another's. */
  balance(): Promise<void> {
    this.queued ??= this.settling.then(() => {
      this.queued = undefined;
      return this.rebalance();
    });
    this.settling = this.queued.catch((error: unknown) => this.host.failed(error));
    return this.queued;
  }

  /** Gives a cluster back, once nothing is in flight for it any more. */
  async release(cluster: string): Promise<void> {
    const holding = this.holdings.get(cluster);
    if (!holding) return;
    this.holdings.delete(cluster);
    this.owed.set(cluster, holding.number);
    await this.giveBack(cluster, holding.number);
  }

  /** Takes away the Lease of a cluster that is no member any more. Where another replica that lives still holds it, that one does. */
  async forget(cluster: string): Promise<void> {
    this.holdings.delete(cluster);
    this.owed.delete(cluster);
    const { namespace, replica } = this.options;
    try {
      const lease = await this.api.getLease(namespace, clusterLease(cluster));
      const holder = lease?.spec?.holderIdentity ?? '';
      const isAnothers = holder !== '' && holder !== replica && this.isReplicaLive(holder);
      // A member of the same name may have come meanwhile, and somebody may have taken its Lease since.
      if (!lease || isAnothers || this.holdings.has(cluster) || this.clusters().includes(cluster)) return;
      await this.api.deleteLease(namespace, clusterLease(cluster), lease.metadata?.resourceVersion);
    } catch (error) {
      if (!isOvertaken(error)) this.host.failed(error);
    }
  }

  private async takeOwn(deadlineMs: number): Promise<void> {
    const { nowMs, renewMs } = this.options;
    for (;;) {
      try {
        await this.within(this.renew(), renewMs);
        return;
      } catch (error) {
        if (nowMs() >= deadlineMs || this.isLeaving || !passes(error)) throw error;
        this.host.failed(error);
        await new Promise((resolve) => setTimeout(resolve, startAgainMs));
      }
    }
  }

  private async tick(): Promise<void> {
    try {
      // One after the other: of two at once one would be refused.
      await (this.renewing ??= this.renewInTime().finally(() => (this.renewing = undefined)));
      await this.balance();
      await this.sweep();
    } catch (error) {
      this.host.failed(error);
    }
  }

  /** Tries again at once while there is time: one call that is never answered is not to cost every cluster. */
  private async renewInTime(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.within(this.renew(), this.options.renewMs);
        return;
      } catch (error) {
        if (tries === renewTries || !this.isValid || this.isLeaving) throw error;
        this.host.failed(error);
      }
    }
  }

  /** Whatever it waits for, credentials too, must not keep the next one from being tried. */
  private async within(renewal: Promise<void>, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new KubeError('timeout', 'the Lease could not be renewed in time')), ms);
    });
    await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
  }

  /** Valid from before the request was sent: whatever the server's clock says, the Lease did not begin earlier. */
  private async renew(): Promise<void> {
    const { namespace, replica, durationMs, nowMs } = this.options;
    const beganMs = nowMs();
    this.noticeLapse();
    const name = this.replicaLease();
    const spec = { holderIdentity: replica, leaseDurationSeconds: Math.ceil(durationMs / 1000), renewTime: new MicroTime() };
    const existing = await this.api.getLease(namespace, name);
    if (!existing) {
      const metadata = { name, labels: { [leaseLabel]: 'replica' }, annotations: { [subjectAnnotation]: replica } };
      await this.api.createLease(namespace, { metadata, spec: { ...spec, acquireTime: new MicroTime() } });
    } else {
      await this.api.replaceLease(namespace, name, { ...existing, spec: { ...existing.spec, ...spec } });
    }
    // It may have lapsed while the request was under way.
    this.noticeLapse();
    // An earlier one that was given up may end later.
    this.validUntilMs = Math.max(this.validUntilMs, beganMs + durationMs);
  }

  /** A Lease that lapsed, by a pause or a partition: whatever was held may be another's, whether that can be seen yet or not. */
  private noticeLapse(): void {
    if (this.isValid) return;
    const clusters = [...this.holdings.keys()];
    if (clusters.length > 0) this.anewSinceMs = this.options.nowMs();
    this.holdings.clear();
    for (const cluster of clusters) this.host.lost(cluster);
  }

  private async rebalance(): Promise<void> {
    if (this.isLeaving) return;
    for (const cluster of this.holdings.keys()) this.noticeLoss(cluster);
    // What is taken without a Lease of one's own is another's to take at the same time.
    if (!this.isValid) return;
    const { replica } = this.options;
    const replicas = this.replicas();
    const clusters = new Set(this.clusters());
    this.oweWhatIsAnothers(clusters, replicas);
    for (const [cluster, number] of this.owed) await this.giveBack(cluster, number).catch((error: unknown) => this.host.failed(error));
    const mine: string[] = [];
    for (const cluster of clusters) {
      if (this.busy.has(cluster)) continue;
      const isMine = replicaFor(cluster, replicas) === replica;
      if (isMine && !this.holdings.has(cluster)) mine.push(cluster);
      if (!isMine && this.holdings.has(cluster)) this.host.shouldRelease(cluster);
    }
    // Not all at once: the renewal of the replica's own Lease would wait behind a thousand others, and lapse.
    const next = mine.values();
    await Promise.all(Array.from({ length: acquiredAtOnce }, () => this.acquireAll(next)));
    for (const cluster of this.holdings.keys()) if (!clusters.has(cluster)) this.host.shouldRelease(cluster);
  }

  /**
   * Clusters whose Leases name this replica, which does not hold them and which another one is to have: they were lost by a lapse, held by a process of
   * this name before, or the answer to their acquisition was lost. As long as this replica lives nobody else takes them. The last attempts of before
   * may arrive for as long as a Lease lasts.
   */
  private oweWhatIsAnothers(clusters: ReadonlySet<string>, replicas: readonly string[]): void {
    const { namespace, replica, durationMs, nowMs } = this.options;
    if (nowMs() - this.anewSinceMs < durationMs) return;
    for (const cluster of clusters) {
      const lease = this.store.get(`${namespace}/${clusterLease(cluster)}`);
      if (lease?.holder !== replica || this.holdings.has(cluster) || this.owed.has(cluster)) continue;
      if (replicaFor(cluster, replicas) !== replica) this.owed.set(cluster, lease.transitions);
    }
  }

  /** Somebody else stands in a Lease that this replica believes to hold. */
  private noticeLoss(cluster: string): void {
    const holding = this.holdings.get(cluster);
    const lease = this.store.get(`${this.options.namespace}/${clusterLease(cluster)}`);
    if (!holding) return;
    if (lease && lease.transitions >= holding.number) this.seen.add(cluster);
    // A Lease that is gone is anybody's to take; one that was made just now may not have been heard of.
    const isLost = lease ? lease.transitions > holding.number : this.seen.has(cluster);
    if (!isLost) return;
    this.holdings.delete(cluster);
    this.host.lost(cluster);
  }

  /**
   * Takes away what replicas that died have left: Leases of replicas that were seen unchanged for many durations, by the local clock. Whoever
   * renewed since has written another version, and keeps its Lease.
   */
  private async sweep(): Promise<void> {
    const { namespace, durationMs, nowMs } = this.options;
    if (this.isLeaving || !this.isValid || nowMs() < this.sweepAtMs) return;
    this.sweepAtMs = nowMs() + sweepEvery * durationMs;
    for (const lease of [...this.store.records()].filter((record) => this.isLeftOver(record))) {
      try {
        await this.api.deleteLease(namespace, lease.name, lease.resourceVersion);
        this.renewals.delete(lease.subject);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
      }
    }
  }

  private isLeftOver(lease: LeaseRecord): boolean {
    const { replica, durationMs, nowMs } = this.options;
    if (lease.kind !== 'replica' || lease.subject === replica || lease.name !== replicaLeaseName(lease.subject)) return false;
    const seen = this.renewals.get(lease.subject);
    return seen?.renewTime === lease.renewTime && nowMs() - seen.seenAtMs >= leftOverAfter * durationMs;
  }

  /** Tried again until it is done: nobody else takes a cluster whose Lease names a replica that lives. */
  private async giveBack(cluster: string, number: number): Promise<void> {
    if (this.busy.has(cluster)) return;
    const { namespace, replica } = this.options;
    this.busy.add(cluster);
    try {
      const lease = await this.api.getLease(namespace, clusterLease(cluster));
      if (lease?.spec?.holderIdentity === replica && lease.spec.leaseTransitions === number) {
        await this.api.replaceLease(namespace, clusterLease(cluster), { ...lease, spec: { ...lease.spec, holderIdentity: '' } });
      }
      this.owed.delete(cluster);
    } finally {
      this.busy.delete(cluster);
    }
  }

  private async acquireAll(clusters: Iterable<string>): Promise<void> {
    for (const cluster of clusters) if (this.isValid && !this.isLeaving && !this.busy.has(cluster)) await this.acquire(cluster);
  }

  private async acquire(cluster: string): Promise<void> {
    const { namespace, replica, nowMs } = this.options;
    const seen = this.store.get(`${namespace}/${clusterLease(cluster)}`);
    if (seen && seen.holder !== '' && seen.holder !== replica && this.isReplicaLive(seen.holder)) return;
    this.busy.add(cluster);
    try {
      const lease = await this.api.getLease(namespace, clusterLease(cluster));
      const holder = lease?.spec?.holderIdentity ?? '';
      if (holder !== '' && holder !== replica && this.isReplicaLive(holder)) return;
      const number = Math.max(lease?.spec?.leaseTransitions ?? 0, this.highest.get(cluster) ?? 0) + 1;
      const spec = { holderIdentity: replica, leaseTransitions: number, acquireTime: new MicroTime() };
      if (lease) await this.api.replaceLease(namespace, clusterLease(cluster), { ...lease, spec: { ...lease.spec, ...spec } });
      else await this.api.createLease(namespace, { metadata: clusterMetadata(cluster), spec });
      const holding = { number, acquiredAtMs: nowMs(), fromDeadHolder: holder !== '' };
      this.owed.delete(cluster);
      this.seen.delete(cluster);
      this.highest.set(cluster, number);
      this.holdings.set(cluster, holding);
      this.host.acquired(cluster, holding);
    } catch (error) {
      // Another replica was faster; its Lease will be seen.
      if (!isOvertaken(error)) throw error;
    } finally {
      this.busy.delete(cluster);
    }
  }

  private isReplicaLive(replica: string): boolean {
    if (replica === this.options.replica) return true;
    const lease = this.store.get(`${this.options.namespace}/${replicaLeaseName(replica)}`);
    // One whose Lease was not seen may have come just now: it lives for as long as a Lease does.
    return this.isLive(lease ?? { subject: replica, renewTime: '' });
  }

  /** A Lease lives while its renewTime was seen to change within its duration. */
  private isLive(lease: Pick<LeaseRecord, 'subject' | 'renewTime'>): boolean {
    if (lease.subject === this.options.replica) return !this.isLeaving;
    const { nowMs, durationMs } = this.options;
    const seen = this.renewals.get(lease.subject);
    if (seen?.renewTime !== lease.renewTime) {
      this.renewals.set(lease.subject, { renewTime: lease.renewTime, seenAtMs: nowMs() });
      return true;
    }
    return nowMs() - seen.seenAtMs < durationMs;
  }

  private replicaLease(): string {
    return replicaLeaseName(this.options.replica);
  }
}

function passes(error: unknown): boolean {
  return error instanceof KubeError && passing.includes(error.kind);
}

/** Somebody else wrote first. */
function isOvertaken(error: unknown): boolean {
  return error instanceof KubeError && (error.kind === 'conflict' || error.kind === 'alreadyExists');
}

function replicaLeaseName(replica: string): string {
  return `lattice-hub-replica-${replica}`;
}

function clusterLease(cluster: string): string {
  return cluster === hubPolicyOrigin ? 'lattice-hub-hub-cluster' : `lattice-hub-cluster-${cluster}`;
}

function clusterMetadata(cluster: string): { name: string; labels: Record<string, string>; annotations: Record<string, string> } {
  return { name: clusterLease(cluster), labels: { [leaseLabel]: 'cluster' }, annotations: { [subjectAnnotation]: cluster } };
}
