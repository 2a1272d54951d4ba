import { KubeError, MicroTime, type HubApi } from '@hub/kube';
import { replicaFor } from '@hub/plan';
import type { KindStore } from './kind-store.js';
import { clusterLeaseMetadata, clusterLeaseName, type LeaseRecord } from './lease-record.js';
import { LiveReplicas } from './live-replicas.js';
import { OwnLease, type LeaseOptions } from './own-lease.js';

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

/** Left-over Leases are looked for once in so many durations. */
const sweepEvery = 4;
/** How many clusters are being taken at once. */
const acquiredAtOnce = 16;

/**
 * Who works on which cluster: a Lease for each replica, renewed, and one for each cluster, written only when its holder changes and valid while
 * its holder's Lease is (design 6). Expiry is judged by the local monotonic clock, so that no two clocks have to agree.
 */
export class Leases {
  private readonly holdings = new Map<string, Holding>();
  private readonly own: OwnLease;
  private readonly live: LiveReplicas;
  private hasCompany = false;
  private readonly busy = new Set<string>();
  /** Clusters that were let go of and whose Lease says otherwise still, with the number under which they were held. */
  private readonly owed = new Map<string, number>();
  /** The highest number under which each cluster was held here: it rises even where somebody deleted the Lease that it stood in. */
  private readonly highest = new Map<string, number>();
  /** Clusters held whose Lease was seen in the store, so that its absence there means something. */
  private readonly seen = new Set<string>();
  /** When this replica began, or its own Lease lapsed while it held something: attempts that were made in its name before may be under way. */
  private anewSinceMs: number;
  private sweepAtMs = 0;
  private isLeaving = false;
  private timer: NodeJS.Timeout | undefined;
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
    this.own = new OwnLease(api, options, { lapsed: () => this.noticeLapse(), failed: (error) => host.failed(error) });
    this.live = new LiveReplicas(store, options);
  }

  /**
   * Takes the replica's own Lease and begins to take its share of the clusters; what can't be taken now is taken with the next renewal.
   * @param timeoutMs for so long it tries to get its own Lease from a hub cluster that is slow, or away for a moment
   * @throws KubeError where the first Lease can't be had
   */
  async start(timeoutMs: number): Promise<void> {
    await this.own.take(timeoutMs);
    this.timer = setInterval(() => void this.tick(), this.options.renewMs).unref();
    // Whoever waits for a rebalancing tells of what went wrong; see balance.
    await this.balance().catch(() => undefined);
  }

  /**
   * Takes nothing more, and tells the others so: what is given back from now on they take at once, and don't wait until the last of it is. Where they
   * can't be told, they take it when the replica's Lease goes.
   */
  async beginToLeave(): Promise<void> {
    this.live.leave();
    await this.own.sayLeaving().catch((error: unknown) => this.host.failed(error));
  }

  /** Lets go of the replica's Lease, so that the others take over at once. What it holds has to be released before. */
  async stop(): Promise<void> {
    this.isLeaving = true;
    this.own.leave();
    this.live.leave();
    clearInterval(this.timer);
    await this.settling.catch(() => undefined);
    // One more try: what is not given back the others take only when a Lease's time has passed.
    const owed = [...this.owed].map(([cluster, number]) =>
      this.giveBack(cluster, number).catch((error: unknown) => this.host.failed(error)),
    );
    await Promise.all(owed);
    await this.own.giveUp().catch((error: unknown) => this.host.failed(error));
  }

  /** Whether an attempt that may take so long can begin now: the number is current and the Lease outlives the attempt. */
  mayWrite(cluster: string, number: number, attemptMs: number): boolean {
    return this.holdings.get(cluster)?.number === number && this.own.outlasts(attemptMs);
  }

  holding(cluster: string): Holding | undefined {
    return this.holdings.get(cluster);
  }

  /** Whether this replica's own Lease is valid. */
  get isValid(): boolean {
    return this.own.isValid;
  }

  /** The replicas that live and do not leave, this one among them. */
  replicas(): readonly string[] {
    return this.live.all();
  }

  /** Whether no other replica lived when the clusters were last shared out. */
  get isAlone(): boolean {
    return !this.hasCompany;
  }

  /** Who holds a cluster now, by its Lease. */
  holderOf(cluster: string): string | undefined {
    const lease = this.store.get(`${this.options.namespace}/${clusterLeaseName(cluster)}`);
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
      const lease = await this.api.getLease(namespace, clusterLeaseName(cluster));
      const holder = lease?.spec?.holderIdentity ?? '';
      const isAnothers = holder !== '' && holder !== replica && this.live.has(holder);
      // A member of the same name may have come meanwhile, and somebody may have taken its Lease since.
      if (!lease || isAnothers || this.holdings.has(cluster) || this.clusters().includes(cluster)) return;
      await this.api.deleteLease(namespace, clusterLeaseName(cluster), lease.metadata?.resourceVersion);
    } catch (error) {
      if (!isOvertaken(error)) this.host.failed(error);
    }
  }

  private async tick(): Promise<void> {
    try {
      await this.own.renew();
      await this.balance();
      await this.sweep();
    } catch (error) {
      this.host.failed(error);
    }
  }

  /** A Lease that lapsed, by a pause or a partition: whatever was held may be another's, whether that can be seen yet or not. */
  private noticeLapse(): void {
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
    this.hasCompany = replicas.length > 1;
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
      const lease = this.store.get(`${namespace}/${clusterLeaseName(cluster)}`);
      if (lease?.holder !== replica || this.holdings.has(cluster) || this.owed.has(cluster)) continue;
      if (replicaFor(cluster, replicas) !== replica) this.owed.set(cluster, lease.transitions);
    }
  }

  /** Somebody else stands in a Lease that this replica believes to hold. */
  private noticeLoss(cluster: string): void {
    const holding = this.holdings.get(cluster);
    const lease = this.store.get(`${this.options.namespace}/${clusterLeaseName(cluster)}`);
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
    for (const lease of this.live.leftOver()) {
      try {
        await this.api.deleteLease(namespace, lease.name, lease.resourceVersion);
        this.live.forget(lease.subject);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
      }
    }
  }

  /** Tried again until it is done: nobody else takes a cluster whose Lease names a replica that lives. */
  private async giveBack(cluster: string, number: number): Promise<void> {
    if (this.busy.has(cluster)) return;
    const { namespace, replica } = this.options;
    this.busy.add(cluster);
    try {
      const lease = await this.api.getLease(namespace, clusterLeaseName(cluster));
      if (lease?.spec?.holderIdentity === replica && lease.spec.leaseTransitions === number) {
        await this.api.replaceLease(namespace, clusterLeaseName(cluster), { ...lease, spec: { ...lease.spec, holderIdentity: '' } });
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
    const seen = this.store.get(`${namespace}/${clusterLeaseName(cluster)}`);
    if (seen && seen.holder !== '' && seen.holder !== replica && this.live.has(seen.holder)) return;
    this.busy.add(cluster);
    try {
      const lease = await this.api.getLease(namespace, clusterLeaseName(cluster));
      const holder = lease?.spec?.holderIdentity ?? '';
      if (holder !== '' && holder !== replica && this.live.has(holder)) return;
      const number = Math.max(lease?.spec?.leaseTransitions ?? 0, this.highest.get(cluster) ?? 0) + 1;
      const spec = { holderIdentity: replica, leaseTransitions: number, acquireTime: new MicroTime() };
      if (lease) await this.api.replaceLease(namespace, clusterLeaseName(cluster), { ...lease, spec: { ...lease.spec, ...spec } });
      else await this.api.createLease(namespace, { metadata: clusterLeaseMetadata(cluster), spec });
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
}

/** Somebody else wrote first. */
function isOvertaken(error: unknown): boolean {
  return error instanceof KubeError && (error.kind === 'conflict' || error.kind === 'alreadyExists');
}
