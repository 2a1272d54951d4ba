import type { KindStore } from './kind-store.js';
import { replicaLeaseName, type LeaseRecord } from './lease-record.js';
import type { LeaseOptions } from './own-lease.js';

/** A replica's Lease that was not renewed for so many of its durations is left over from one that died. */
const leftOverAfter = 40;

/** Which replicas live: those whose Lease was seen to be renewed within its duration, by the local monotonic clock (design 6). */
export class LiveReplicas {
  private readonly renewals = new Map<string, { readonly renewTime: string; readonly seenAtMs: number }>();
  private isLeaving = false;

  constructor(
    private readonly store: KindStore<LeaseRecord>,
    private readonly options: LeaseOptions,
  ) {}

  /** This replica is to be counted no more. */
  leave(): void {
    this.isLeaving = true;
  }

  /** The replicas that live and do not leave, this one among them. */
  all(): readonly string[] {
    const { replica } = this.options;
    const live = new Set<string>();
    for (const lease of this.store.records())
      if (lease.kind === 'replica' && lease.holder !== '' && this.isRenewed(lease)) live.add(lease.subject);
    if (this.isLeaving) live.delete(replica);
    else live.add(replica);
    return [...live].toSorted();
  }

  /** Whether a replica that stands in a cluster's Lease lives; this one does, also while it leaves. */
  has(replica: string): boolean {
    if (replica === this.options.replica) return true;
    const lease = this.store.get(`${this.options.namespace}/${replicaLeaseName(replica)}`);
    // One whose Lease was not seen may have come just now: it lives for as long as a Lease does.
    return this.isRenewed(lease ?? { subject: replica, renewTime: '' });
  }

  /** Leases of replicas that were seen unchanged for many durations. */
  leftOver(): readonly LeaseRecord[] {
    return [...this.store.records()].filter((lease) => this.isLeftOver(lease));
  }

  /** The Lease of a replica is gone. */
  forget(replica: string): void {
    this.renewals.delete(replica);
  }

  private isLeftOver(lease: LeaseRecord): boolean {
    const { replica, durationMs, nowMs } = this.options;
    if (lease.kind !== 'replica' || lease.subject === replica || lease.name !== replicaLeaseName(lease.subject)) return false;
    const seen = this.renewals.get(lease.subject);
    return seen?.renewTime === lease.renewTime && nowMs() - seen.seenAtMs >= leftOverAfter * durationMs;
  }

  private isRenewed(lease: Pick<LeaseRecord, 'subject' | 'renewTime'>): boolean {
    if (lease.subject === this.options.replica) return !this.isLeaving;
    const { nowMs, durationMs } = this.options;
    const seen = this.renewals.get(lease.subject);
    if (seen?.renewTime !== lease.renewTime) {
      this.renewals.set(lease.subject, { renewTime: lease.renewTime, seenAtMs: nowMs() });
      return true;
    }
    return nowMs() - seen.seenAtMs < durationMs;
  }
}
