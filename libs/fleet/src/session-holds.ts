import type { Hold } from '@hub/model';
import { holdReason, type KnownHold } from './hold-text.js';
import type { ListSuspicion } from './kind-store.js';
import type { WatchedSource } from './watched-source.js';

/**
 * What a person must look at before anything of a cluster is taken for gone: a kind that vanished or was emptied, a cluster that went back in time.
 * While something is held, the stores that it is about go on counting what is missing (design law 1d).
 */
export class SessionHolds {
  private readonly current = new Map<string, Hold>();
  /** Those that stood before this session. What they are about may have been lost with the one before. */
  private readonly fromBefore = new Set<Hold>();
  /** Every hold that there was in this session, the released ones too. */
  private readonly everHeld = new Set<string>();
  /** The UIDs of the CRDs behind what was listed: one that was made anew took everything with it when it went. */
  private readonly crds = new Map<WatchedSource, string>();
  /** The kinds that were gone with their CRD, and that a person has answered for; the CRD that takes its place may not have been seen yet. */
  private readonly answered = new Set<WatchedSource>();

  constructor(
    private readonly sources: readonly WatchedSource[],
    private readonly host: { readonly nowMs: () => number; readonly changed: () => void },
  ) {}

  /** What is held now. */
  all(): readonly Hold[] {
    return [...this.current.values()];
  }

  get areAny(): boolean {
    return this.current.size > 0;
  }

  /** Takes over holds that a session before this one has told of. What this one has known and released stays released. */
  recall(holds: readonly KnownHold[]): void {
    for (const known of holds) {
      if (this.everHeld.has(holdReason(known))) continue;
      const hold = { ...known, sinceMs: this.host.nowMs() };
      this.fromBefore.add(hold);
      this.hold(hold);
    }
  }

  /** What is known of a kind from before this process, where that came to be known only after the kind was listed. */
  recallKind(kind: string, resourceVersion: string, heldMoreThanThree: boolean, keys: readonly string[]): void {
    const source = this.sourceOf(kind);
    const suspicion = source?.store.recall(resourceVersion, heldMoreThanThree, keys);
    if (source && suspicion) this.suspect(source, suspicion);
  }

  /** Which CRD a kind had before this process. */
  recallCrd(kind: string, uid: string): void {
    const source = this.sourceOf(kind);
    if (source) this.takeCrd(source, this.crds.get(source) ?? uid, uid);
  }

  /** The UID of the CRD of a kind, as of its last LIST; undefined where it has none, or that may not be read. */
  crdOf(kind: string): string | undefined {
    const source = this.sourceOf(kind);
    return source && this.crds.get(source);
  }

  /** Which CRD a kind has by now: where it is another one than before, that took everything with it when it went. */
  noteCrd(source: WatchedSource, uid: string): void {
    const isAnswered = this.answered.delete(source) && hasNothingToLose(source);
    this.takeCrd(source, uid, isAnswered ? uid : this.crds.get(source));
  }

  /** A LIST looks as if what is missing in it were lost, and not deleted. */
  suspect(source: WatchedSource, suspicion: ListSuspicion): void {
    const sinceMs = this.host.nowMs();
    const since = new Date().toISOString();
    if (suspicion === 'wentBack') {
      const message = 'the resourceVersion went back: the cluster was restored from a backup';
      this.hold({ reason: 'ClusterRestored', since, sinceMs, message });
      return;
    }
    const kind = kindOf(source);
    this.hold({ reason: 'KindEmptied', kind, since, sinceMs, message: `the cluster had more than three of ${kind}, and a LIST has none` });
  }

  /** A kind is not served any more. @param sinceMs when it was asked, by the monotonic clock */
  vanished(source: WatchedSource, sinceMs = this.host.nowMs()): void {
    this.hold(vanishedHold(source, sinceMs, `${kindOf(source)} is not served any more: its CRD was deleted`));
  }

  /**
   * A kind that was gone and is whole again holds nothing back any more. A restored cluster has more to it than what is missing.
   * @returns whether anything ended by that
   */
  releaseWhole({ resource, store }: WatchedSource): boolean {
    const holds = [...this.current].filter(([, hold]) => hold.kind === resource.kind);
    if (holds.length === 0 || !store.isWhole(holds.some(([, hold]) => this.fromBefore.has(hold)))) return false;
    for (const [key] of holds) this.current.delete(key);
    if (![...this.current.values()].some((hold) => hold.kind === undefined)) store.release();
    return true;
  }

  /** A person has looked at what is held. */
  releaseAll(): void {
    for (const { reason, kind } of this.current.values()) {
      const source = reason === 'KindVanished' && kind && this.sourceOf(kind);
      if (source) this.answered.add(source);
    }
    this.current.clear();
    for (const { store } of this.sources) store.release();
  }

  private takeCrd(source: WatchedSource, now: string, before: string | undefined): void {
    this.crds.set(source, now);
    if (before === undefined || before === now) return;
    const hold = vanishedHold(source, this.host.nowMs(), `the CRD of ${kindOf(source)} was deleted and made anew`);
    // What there was is known from before this process alone.
    if (!source.store.wasListed) this.fromBefore.add(hold);
    this.hold(hold);
  }

  private hold(hold: Hold): void {
    for (const { resource, store } of this.sources) if (hold.kind === undefined || hold.kind === resource.kind) store.hold(hold.sinceMs);
    const key = holdReason(hold);
    this.everHeld.add(key);
    if (!this.current.has(key)) this.current.set(key, hold);
    this.host.changed();
  }

  private sourceOf(kind: string): WatchedSource | undefined {
    return this.sources.find(({ resource }) => resource.kind === kind);
  }
}

/** Whether nothing of a kind was there any more when its CRD was seen to be another one: what is missing was missing already. */
function hasNothingToLose({ store }: WatchedSource): boolean {
  return store.wasListed && store.presentCount === 0 && !store.pendingDeletions();
}

function kindOf({ resource }: WatchedSource): NonNullable<Hold['kind']> {
  return resource.kind as NonNullable<Hold['kind']>;
}

function vanishedHold(source: WatchedSource, sinceMs: number, message: string): Hold {
  return { reason: 'KindVanished', kind: kindOf(source), since: new Date().toISOString(), sinceMs, message };
}
