import type { KubeClient, KubeObject } from '@hub/kube';
import { askWhetherServed } from './served.js';
import type { WatchedSource } from './watched-source.js';

/** Deletions that never stop coming are looked at after so many of the times that they should have stopped for. */
const restlessFactor = 5;

export interface DeletionCheckOptions {
  /** How long deletions must have stopped coming before they are believed, and how long where they leave nothing of the kind; in ms. */
  readonly settle: { readonly quietMs: number; readonly emptiedMs: number };
  /** How long asking the cluster may take. */
  readonly callMs: number;
  readonly nowMs: () => number;
}

/** What the checks ask and tell. */
export interface DeletionCheckHost {
  /** A client of the cluster, while the kind is followed over its connection. */
  readonly clientFor: (source: WatchedSource) => KubeClient | undefined;
  /** The kind is not served any more, or by another CRD than before. */
  readonly vanished: (source: WatchedSource, sinceMs: number) => void;
}

/**
 * Whether deletions that a cluster told of are believed. A CRD that is deleted sends honest DELETED events for every instance. So deletions are
 * believed once they have stopped coming for a moment and the kind was seen to be served after that (law 1b). Where they never stop, the CRD is asked
 * now and then, which tells from the moment that it is being deleted.
 */
export class DeletionChecks {
  private readonly timers = new Map<WatchedSource, NodeJS.Timeout>();
  /** When the oldest was made of those that the cluster said to be deleted and that are not believed yet. */
  private readonly oldestDeleted = new Map<WatchedSource, string>();

  constructor(
    private readonly options: DeletionCheckOptions,
    private readonly host: DeletionCheckHost,
  ) {}

  /** The cluster said that an object was deleted. */
  note(source: WatchedSource, { metadata: { creationTimestamp: made } }: KubeObject): void {
    const known = this.oldestDeleted.get(source);
    if (typeof made === 'string' && (known === undefined || made < known)) this.oldestDeleted.set(source, made);
    this.plan(source);
  }

  /** Looks at what waits to be believed when its time has come. */
  plan(source: WatchedSource): void {
    const pending = source.store.pendingDeletions();
    clearTimeout(this.timers.get(source));
    if (!pending) {
      this.oldestDeleted.delete(source);
      return;
    }
    const settleMs = this.settleMs(pending.leavesNothing);
    const dueMs = Math.min(pending.newestMs + settleMs, pending.oldestMs + settleMs * restlessFactor) - this.options.nowMs();
    this.timers.set(source, setTimeout(() => void this.believe(source), Math.max(dueMs, 0)).unref());
  }

  /** The connection is over: what waits is looked at over the next one. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async believe(source: WatchedSource): Promise<void> {
    const { nowMs, settle } = this.options;
    const client = this.host.clientFor(source);
    const pending = source.store.pendingDeletions();
    if (!client || !pending) return;
    const beganMs = nowMs();
    const isQuiet = beganMs >= pending.newestMs + this.settleMs(pending.leavesNothing);
    try {
      const oldestDeleted = this.oldestDeleted.get(source) ?? '';
      const { isServed, by, since } = await askWhetherServed(source, client, AbortSignal.timeout(this.options.callMs));
      // Nothing is older than its CRD, unless that is another one by now, and took everything with it when it went.
      if (!isServed || (oldestDeleted !== '' && since > oldestDeleted)) {
        this.oldestDeleted.delete(source);
        this.host.vanished(source, beganMs);
        return;
      }
      if (isQuiet || by === 'crd') {
        source.store.believeDeletions(beganMs);
        if (!source.store.pendingDeletions()) this.oldestDeleted.delete(source);
        this.plan(source);
        return;
      }
    } catch {
      // Whoever can't be asked has not answered: it is asked again.
    }
    this.timers.set(source, setTimeout(() => void this.believe(source), settle.emptiedMs).unref());
  }

  private settleMs(leavesNothing: boolean): number {
    const { quietMs, emptiedMs } = this.options.settle;
    return leavesNothing ? emptiedMs : quietMs;
  }
}
