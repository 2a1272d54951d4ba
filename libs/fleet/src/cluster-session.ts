import { setTimeout as sleep } from 'node:timers/promises';
import type { Resource } from '@hub/api';
import {
  ApiConnection,
  KubeClient,
  KubeconfigError,
  KubeError,
  pathOf,
  Reflector,
  tooMany,
  type ApiEndpoint,
  type ConnectionOptions,
  type KubeObject,
  type ReflectorOptions,
  type ReflectorSink,
} from '@hub/kube';
import type { Hold, MemberState } from '@hub/model';
import { holdReason, type KnownHold } from './hold-text.js';
import type { KindStore, ListSuspicion } from './kind-store.js';

/** A store as a session feeds it; what its records are does not matter to it. */
type FollowedStore = Pick<
  KindStore<unknown>,
  | 'recall'
  | 'replaced'
  | 'changed'
  | 'pendingDeletions'
  | 'believeDeletions'
  | 'hold'
  | 'release'
  | 'wasListed'
  | 'wasServed'
  | 'awaitsConfirmation'
  | 'listsBetween'
  | 'newestMissingMs'
  | 'isWhole'
  | 'size'
>;

/** One kind of one cluster that is followed, and where it goes. */
export interface WatchedSource {
  readonly resource: Resource;
  readonly store: FollowedStore;
  /** The name of its CRD, where it has one. */
  readonly crd?: string;
  readonly selector?: string;
  readonly namespace?: string;
}

/** How a session with a cluster behaves. All times in ms. */
export interface SessionOptions {
  readonly connection: ConnectionOptions;
  readonly calls: { readonly callMs: number; readonly listMs: number };
  readonly reflector: Omit<ReflectorOptions, 'selector' | 'namespace'>;
  /** A cluster that was not reached for so long is Unreachable. */
  readonly unreachableAfterMs: number;
  readonly reconnect: { readonly firstMs: number; readonly mostMs: number };
  /** How long deletions must have stopped coming before they are believed, and how long where they leave nothing of the kind. */
  readonly settle: { readonly quietMs: number; readonly emptiedMs: number };
  /** How far two LISTs must be apart before what both lack is gone. */
  readonly confirmationMs: number;
}

/** What a session asks and tells. */
export interface SessionHost {
  /** How to reach the cluster now. @throws KubeconfigError, KubeError */
  endpoint(): Promise<ApiEndpoint>;
  /** The UID of the cluster that joined, where it is known. */
  expectedUid(): string | undefined;
  /** The state, a hold or something else that the conditions show is different. */
  changed(): void;
  /** A kind was read whole again: what was waiting for that can be looked at. */
  relisted(): void;
}

/** What keeps a cluster from being Synced. */
export interface SessionProblem {
  readonly reason: string;
  readonly message: string;
}

/** What a session knows of its API server. */
export interface SessionFacts {
  readonly state: MemberState;
  readonly uid: string | undefined;
  readonly version: string | undefined;
  readonly holds: readonly Hold[];
  /** When every kind was last seen whole, as wall-clock time. */
  readonly lastSyncAt: Date | undefined;
  readonly problem: SessionProblem | undefined;
  /** Kinds of which more events come than are taken in. */
  readonly throttledKinds: readonly string[];
}

/** Deletions that never stop coming are looked at after so many of the times that they should have stopped for. */
const restlessFactor = 5;
/** A session that lasted so long ended for a reason of its own, and is taken up again at once. */
const steadyMs = 20_000;

/** What keeps a cluster from being read, where it is not the network or the server: it has a reason of its own. */
export class MemberProblem extends Error {
  override readonly name = 'MemberProblem';

  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The hub's dealings with one cluster: one connection at a time, over which the cluster's identity is checked and all kinds are read whole and
 * followed. It never gives up, and it never takes silence for an answer: its state is Synced only while all of that holds.
 */
export class ClusterSession {
  private readonly following = new Set<WatchedSource>();
  private readonly lost = new Map<WatchedSource, KubeError>();
  private readonly throttled = new Set<WatchedSource>();
  private readonly holds = new Map<string, Hold>();
  /** Those that stood before this session. What they are about may have been lost with the one before. */
  private readonly holdsFromBefore = new Set<Hold>();
  /** Every hold that there was in this session, the released ones too. */
  private readonly everHeld = new Set<string>();
  private readonly checks = new Map<WatchedSource, NodeJS.Timeout>();
  /** When the oldest was made of those that the cluster said to be deleted and that are not believed yet. */
  private readonly oldestDeleted = new Map<WatchedSource, string>();
  private readonly reflectors = new Set<Reflector>();
  /** The UIDs of the CRDs behind what was listed: one that was made anew took everything with it when it went. */
  private readonly crds = new Map<WatchedSource, string>();
  private client: KubeClient | undefined;
  private connection: ApiConnection | undefined;
  private identity: { readonly uid: string; readonly version: string } | undefined;
  private problem: Error | undefined;
  private wasSynced = false;
  private lastSyncAt: Date | undefined;
  private lastContactMs: number;
  private confirmTimer: NodeJS.Timeout | undefined;
  private unreachableTimer: NodeJS.Timeout | undefined;
  private wake = new AbortController();

  constructor(
    private readonly sources: readonly WatchedSource[],
    private readonly host: SessionHost,
    private readonly options: SessionOptions,
    holds: readonly KnownHold[] = [],
  ) {
    this.lastContactMs = this.nowMs();
    this.recallHolds(holds);
  }

  /** Takes over holds that a session before this one has told of. What this one has known and released stays released. */
  recallHolds(holds: readonly KnownHold[]): void {
    for (const known of holds) {
      if (this.everHeld.has(holdReason(known))) continue;
      const hold = { ...known, sinceMs: this.nowMs() };
      this.holdsFromBefore.add(hold);
      this.hold(hold);
    }
  }

  /** The UID of the CRD of a kind, as of its last LIST; undefined where it has none, or that may not be read. */
  crdOf(kind: string): string | undefined {
    for (const [source, uid] of this.crds) if (source.resource.kind === kind) return uid;
    return undefined;
  }

  /** Which CRD a kind had before this process. */
  recallCrd(kind: string, uid: string): void {
    const source = this.sources.find(({ resource }) => resource.kind === kind);
    if (source) this.noteCrd(source, this.crds.get(source) ?? uid, uid);
  }

  /** What is known of a kind from before this process, where that came to be known only after the kind was listed. */
  recallKind(kind: string, resourceVersion: string, heldMoreThanThree: boolean, keys: readonly string[]): void {
    const source = this.sources.find(({ resource }) => resource.kind === kind);
    const suspicion = source?.store.recall(resourceVersion, heldMoreThanThree, keys);
    if (source && suspicion) this.holdFor(source, suspicion);
  }

  /** Runs until the signal says stop; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const beganMs = this.nowMs();
      try {
        await this.connectAndFollow(signal);
      } catch (error) {
        this.problem = error instanceof Error ? error : new Error(String(error));
      }
      this.end();
      failures = this.nowMs() - beganMs > steadyMs ? 1 : failures + 1;
      await this.pause(failures, signal);
    }
    clearTimeout(this.unreachableTimer);
  }

  /** Connects anew at once: the way to the cluster has changed. */
  reconnect(): void {
    this.connection?.close(new KubeError('unreachable', 'the kubeconfig has changed'));
    this.wake.abort();
  }

  facts(): SessionFacts {
    return {
      state: this.state(),
      uid: this.identity?.uid,
      version: this.identity?.version,
      holds: [...this.holds.values()],
      lastSyncAt: this.lastSyncAt,
      problem: this.describeProblem(),
      throttledKinds: Array.from(this.throttled, ({ resource }) => resource.kind),
    };
  }

  /** A client of the cluster, while there is a connection. */
  get api(): KubeClient | undefined {
    return this.client;
  }

  /** Every kind was read whole at least once, so that what the stores say is the cluster's own word. */
  get wasReadWhole(): boolean {
    return this.sources.every((source) => source.store.wasListed);
  }

  /**
   * Whether a kind is served and not about to go, asked of the cluster now.
   * @throws KubeError where that can't be told
   */
  async serves(kind: string): Promise<boolean> {
    const source = this.sources.find(({ resource }) => resource.kind === kind);
    if (!source || !this.client) throw new KubeError('unreachable', 'there is no connection');
    return (await this.askWhetherServed(source, this.client)).isServed;
  }

  /** A person has looked at what is held: the ordinary rules apply again. */
  acknowledge(): void {
    this.holds.clear();
    for (const source of this.sources) {
      source.store.release();
      this.checkDeletions(source);
    }
    this.confirmAbsences();
    this.host.changed();
  }

  /** Reads anew, once enough time has passed since something was first found missing, so that its absence is confirmed or not (law 1c). */
  confirmAbsences(): void {
    if (this.confirmTimer) return;
    const since = this.sources.map(({ store }) => Math.max(store.listsBetween?.firstMs ?? 0, store.newestMissingMs ?? 0));
    const dueMs = Math.max(...since) + this.options.confirmationMs - this.nowMs();
    const relist = () => {
      this.confirmTimer = undefined;
      for (const reflector of this.reflectors) reflector.relist();
    };
    this.confirmTimer = setTimeout(relist, Math.max(dueMs, 50) + 20).unref();
  }

  // --- one connection -------------------------------------------------------------------------------------------------------------------

  private async connectAndFollow(signal: AbortSignal): Promise<void> {
    const endpoint = await this.host.endpoint();
    const connection = await ApiConnection.open(endpoint, this.options.connection, signal);
    this.connection = connection;
    const over = new AbortController();
    void connection.closed.then((why) => over.abort(why));
    const stop = AbortSignal.any([signal, over.signal]);
    try {
      const client = new KubeClient(connection, this.options.calls);
      await this.identify(client, stop);
      this.client = client;
      this.host.changed();
      await Promise.all(this.sources.map((source) => this.follow(source, client, stop)));
      throw (over.signal.reason as Error | undefined) ?? new KubeError('unreachable', 'the session was stopped');
    } catch (error) {
      throw over.signal.aborted ? over.signal.reason : error;
    } finally {
      connection.close();
    }
  }

  /** The same cluster as the one that joined, or nothing is believed (law 1b). */
  private async identify(client: KubeClient, signal: AbortSignal): Promise<void> {
    const uid = await uidOf(client, signal);
    const version = (await client.get('/version', signal)) as unknown as { gitVersion?: unknown };
    this.lastContactMs = this.nowMs();
    const expected = this.host.expectedUid();
    if (expected !== undefined && expected !== uid) {
      throw new MemberProblem(
        'IdentityChanged',
        'another cluster answers at this address than the one that joined: detach the member and add it again',
      );
    }
    // Not before: whoever asks who this is must not hear of a cluster that only answers in its place.
    this.identity = { uid, version: typeof version.gitVersion === 'string' ? version.gitVersion.slice(0, 128) : 'unknown' };
    this.problem = undefined;
  }

  private async follow(source: WatchedSource, client: KubeClient, signal: AbortSignal): Promise<void> {
    const { selector, namespace } = source;
    const scope = { ...(selector !== undefined && { selector }), ...(namespace !== undefined && { namespace }) };
    const { reflector: options } = this.options;
    let isFirst = true;
    const listing = async <T>(list: () => Promise<T>): Promise<T> => {
      const listed = await (options.listing ? options.listing(list) : list());
      if (!isFirst) await this.isTheSame(client, signal);
      isFirst = false;
      await this.lookAtCrd(source, client);
      return listed;
    };
    const reflector = new Reflector(client, source.resource, this.sink(source), { ...options, ...scope, listing });
    this.reflectors.add(reflector);
    await reflector.run(signal);
  }

  /**
   * A connection may lead to another cluster after a while, behind a proxy or where it is of many sockets: then what was listed is not believed.
   * @throws KubeError where it is another one, or can't be asked
   */
  private async isTheSame(client: KubeClient, signal: AbortSignal): Promise<void> {
    const uid = await uidOf(client, signal);
    if (uid === this.identity?.uid) return;
    const changed = new KubeError('unreachable', 'another cluster answers over this connection than the one that it began with');
    this.connection?.close(changed);
    throw changed;
  }

  /**
   * Whether the kind is still of the CRD that it was of. Read after the LIST that it is about, which is not believed where it can't be read.
   * @throws KubeError
   */
  private async lookAtCrd(source: WatchedSource, client: KubeClient): Promise<void> {
    if (source.crd === undefined) return;
    const crd = await readCrd(source.crd, client, AbortSignal.timeout(this.options.calls.callMs));
    if (crd !== 'unreadable' && crd.uid !== undefined) this.noteCrd(source, crd.uid, this.crds.get(source));
  }

  private noteCrd(source: WatchedSource, now: string, before: string | undefined): void {
    this.crds.set(source, now);
    if (before === undefined || before === now) return;
    const hold = { ...vanished(source, this.nowMs()), message: `the CRD of ${source.resource.kind} was deleted and made anew` };
    // What there was is known from before this process alone.
    if (!source.store.wasListed) this.holdsFromBefore.add(hold);
    this.hold(hold);
  }

  private sink(source: WatchedSource): ReflectorSink {
    const { store } = source;
    return {
      replaced: (objects, resourceVersion, beganMs) => {
        const suspicion = store.replaced(objects, resourceVersion, beganMs);
        if (suspicion) this.holdFor(source, suspicion);
        else this.releaseWhole(source);
        if (store.awaitsConfirmation) this.confirmAbsences();
        // What is missing is part of what a person must look at.
        if (this.holds.size > 0) this.host.changed();
        this.host.relisted();
      },
      changed: (type, object) => {
        const { limits } = this.options.reflector;
        if (type === 'ADDED' && store.size >= limits.objects) throw tooMany(source.resource, limits);
        store.changed(type, object, this.nowMs());
        if (type === 'DELETED') {
          this.noteDeleted(source, object);
          this.checkDeletions(source);
        }
        if (type !== 'MODIFIED' && this.holds.size > 0) this.host.changed();
        // What comes back one by one, after a LIST that lacked it, is whole again with the last of them.
        else if (this.following.has(source)) this.releaseWhole(source);
      },
      following: () => this.isFollowing(source),
      throttled: (isThrottled) => {
        if (isThrottled) this.throttled.add(source);
        else this.throttled.delete(source);
        this.host.changed();
      },
      lost: (error) => {
        if (error.details.status !== undefined) this.lastContactMs = this.nowMs();
        if (error.kind === 'notServed' && store.wasServed) this.hold(vanished(source, this.nowMs()));
        this.lost.set(source, error);
        this.following.delete(source);
        this.host.changed();
      },
    };
  }

  private isFollowing(source: WatchedSource): void {
    this.lastContactMs = this.nowMs();
    const isNews = !this.following.has(source);
    this.lost.delete(source);
    this.following.add(source);
    if (isNews && this.state() === 'Synced') {
      this.wasSynced = true;
      this.lastSyncAt = new Date();
    }
    this.checkDeletions(source);
    if (isNews) this.host.changed();
  }

  private end(): void {
    if (this.client) this.lastContactMs = this.nowMs();
    for (const timer of this.checks.values()) clearTimeout(timer);
    this.checks.clear();
    clearTimeout(this.confirmTimer);
    this.confirmTimer = undefined;
    this.following.clear();
    this.lost.clear();
    this.throttled.clear();
    this.reflectors.clear();
    this.client = undefined;
    this.connection = undefined;
    this.host.changed();
  }

  private async pause(failures: number, signal: AbortSignal): Promise<void> {
    // Unreachable comes by time alone, and whoever shows the state must hear of it.
    clearTimeout(this.unreachableTimer);
    const dueMs = this.lastContactMs + this.options.unreachableAfterMs - this.nowMs();
    if (dueMs > 0) this.unreachableTimer = setTimeout(() => this.host.changed(), dueMs + 10).unref();
    const { firstMs, mostMs } = this.options.reconnect;
    const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 16));
    this.wake = new AbortController();
    const stop = AbortSignal.any([signal, this.wake.signal]);
    await sleep(full / 2 + this.options.reflector.random() * (full / 2), undefined, { signal: stop }).catch(() => undefined);
  }

  private state(): MemberState {
    if (this.client && this.following.size === this.sources.length) return 'Synced';
    if (!this.client && this.nowMs() - this.lastContactMs >= this.options.unreachableAfterMs) return 'Unreachable';
    return this.wasSynced ? 'Stale' : 'Connecting';
  }

  private describeProblem(): SessionProblem | undefined {
    const { problem } = this;
    if (problem instanceof MemberProblem) return { reason: problem.reason, message: problem.message };
    if (problem instanceof KubeconfigError) return { reason: 'KubeconfigRefused', message: problem.message };
    if (problem instanceof KubeError) return { reason: reasonOf(problem), message: problem.message };
    if (problem) return { reason: 'Failed', message: problem.message };
    const [first] = this.lost;
    if (!first) return undefined;
    const [source, error] = first;
    const { kind } = source.resource;
    if (error.kind === 'notServed')
      return { reason: reasonOf(error), message: `${kind} is not served: lattice-hub crds --member prints the CRD that is missing` };
    return { reason: reasonOf(error), message: `${kind}: ${error.message}` };
  }

  // --- what a person must look at -------------------------------------------------------------------------------------------------------

  private holdFor(source: WatchedSource, suspicion: ListSuspicion): void {
    const sinceMs = this.nowMs();
    const since = new Date().toISOString();
    const { kind } = source.resource;
    if (suspicion === 'wentBack') {
      this.hold({
        reason: 'ClusterRestored',
        since,
        sinceMs,
        message: 'the resourceVersion went back: the cluster was restored from a backup',
      });
      return;
    }
    this.hold({
      reason: 'KindEmptied',
      kind: kind as NonNullable<Hold['kind']>,
      since,
      sinceMs,
      message: `the cluster had more than three of ${kind}, and a LIST has none`,
    });
  }

  /** A kind that was gone and is whole again holds nothing back any more. A restored cluster has more to it than what is missing. */
  private releaseWhole(source: WatchedSource): void {
    const { resource, store } = source;
    const holds = [...this.holds].filter(([, hold]) => hold.kind === resource.kind);
    if (holds.length === 0 || !store.isWhole(holds.some(([, hold]) => this.holdsFromBefore.has(hold)))) return;
    for (const [key] of holds) this.holds.delete(key);
    if (![...this.holds.values()].some((hold) => hold.kind === undefined)) store.release();
    this.checkDeletions(source);
    this.host.changed();
  }

  private hold(hold: Hold): void {
    for (const { resource, store } of this.sources) if (hold.kind === undefined || hold.kind === resource.kind) store.hold(hold.sinceMs);
    const key = holdReason(hold);
    this.everHeld.add(key);
    if (!this.holds.has(key)) this.holds.set(key, hold);
    this.host.changed();
  }

  // --- deletions that the cluster told of -----------------------------------------------------------------------------------------------

  /**
   * A CRD that is deleted sends honest DELETED events for every instance. So deletions are believed once they have stopped coming for a moment
   * and the kind was seen to be served after that (law 1b). Where they never stop, the CRD is asked now and then, which tells from the
   * moment that it is being deleted.
   */
  private checkDeletions(source: WatchedSource): void {
    const pending = source.store.pendingDeletions();
    clearTimeout(this.checks.get(source));
    if (!pending) {
      this.oldestDeleted.delete(source);
      return;
    }
    const settleMs = this.settleMs(pending.leavesNothing);
    const dueMs = Math.min(pending.newestMs + settleMs, pending.oldestMs + settleMs * restlessFactor) - this.nowMs();
    this.checks.set(source, setTimeout(() => void this.believeDeletions(source), Math.max(dueMs, 0)).unref());
  }

  private noteDeleted(source: WatchedSource, { metadata: { creationTimestamp: made } }: KubeObject): void {
    const known = this.oldestDeleted.get(source);
    if (typeof made === 'string' && (known === undefined || made < known)) this.oldestDeleted.set(source, made);
  }

  private settleMs(leavesNothing: boolean): number {
    const { quietMs, emptiedMs } = this.options.settle;
    return leavesNothing ? emptiedMs : quietMs;
  }

  private async believeDeletions(source: WatchedSource): Promise<void> {
    const { client } = this;
    const pending = source.store.pendingDeletions();
    if (!client || !pending || !this.following.has(source)) return;
    const beganMs = this.nowMs();
    const isQuiet = beganMs >= pending.newestMs + this.settleMs(pending.leavesNothing);
    try {
      const oldestDeleted = this.oldestDeleted.get(source) ?? '';
      const { isServed, by, since } = await this.askWhetherServed(source, client);
      // Nothing is older than its CRD, unless that is another one by now, and took everything with it when it went.
      if (!isServed || (oldestDeleted !== '' && since > oldestDeleted)) {
        this.oldestDeleted.delete(source);
        this.hold(vanished(source, beganMs));
        return;
      }
      if (isQuiet || by === 'crd') {
        source.store.believeDeletions(beganMs);
        if (!source.store.pendingDeletions()) this.oldestDeleted.delete(source);
        this.checkDeletions(source);
        return;
      }
    } catch {
      // Whoever can't be asked has not answered: it is asked again.
    }
    this.checks.set(source, setTimeout(() => void this.believeDeletions(source), this.options.settle.emptiedMs).unref());
  }

  private async askWhetherServed(
    source: WatchedSource,
    client: KubeClient,
  ): Promise<{ readonly isServed: boolean; readonly by: 'crd' | 'list'; readonly since: string }> {
    const signal = AbortSignal.timeout(this.options.calls.callMs);
    const crd = source.crd === undefined ? 'unreadable' : await readCrd(source.crd, client, signal);
    if (crd !== 'unreadable') return { ...crd, by: 'crd' };
    const { namespace, resource } = source;
    try {
      await client.listPage(resource, { limit: 1, continueToken: undefined, ...(namespace !== undefined && { namespace }) }, signal);
      return { isServed: true, by: 'list', since: '' };
    } catch (error) {
      if (error instanceof KubeError && error.kind === 'notServed') return { isServed: false, by: 'list', since: '' };
      throw error;
    }
  }

  private nowMs(): number {
    return this.options.reflector.nowMs();
  }
}

/** Which cluster it is that answers. @throws KubeError */
async function uidOf(client: KubeClient, signal: AbortSignal): Promise<string> {
  const { uid } = (await client.get('/api/v1/namespaces/kube-system', signal)).metadata;
  if (!uid) throw new KubeError('malformed', 'namespace kube-system has no UID');
  return uid;
}

const crdResource: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/**
 * The CRD itself tells best, from the moment that it is being deleted, and since when it is there. Without the right to read it, a LIST of the kind
 * must do.
 */
async function readCrd(
  name: string,
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly isServed: boolean; readonly since: string; readonly uid?: string | undefined } | 'unreadable'> {
  try {
    const { metadata } = await client.get(pathOf(crdResource, undefined, name), signal);
    const { deletionTimestamp, creationTimestamp: since, uid } = metadata;
    return { isServed: deletionTimestamp === undefined, since: typeof since === 'string' ? since : '', uid };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'notFound') return { isServed: false, since: '' };
    if (error.kind === 'forbidden' || error.kind === 'notServed') return 'unreadable';
    throw error;
  }
}

function vanished(source: WatchedSource, sinceMs: number): Hold {
  const { kind } = source.resource;
  return {
    reason: 'KindVanished',
    kind: kind as NonNullable<Hold['kind']>,
    since: new Date().toISOString(),
    sinceMs,
    message: `${kind} is not served any more: its CRD was deleted`,
  };
}

/** The reason of a condition for what went wrong. */
function reasonOf(error: KubeError): string {
  const reasons: Partial<Record<KubeError['kind'], string>> = {
    addressRefused: 'AddressRefused',
    tls: 'TlsFailed',
    unauthorized: 'Unauthorized',
    forbidden: 'Forbidden',
    notServed: 'KindNotServed',
    timeout: 'NoAnswer',
    unreachable: 'ConnectionFailed',
    throttled: 'Throttled',
    unavailable: 'ServerError',
    malformed: 'MalformedAnswer',
    excessive: 'TooMany',
  };
  return reasons[error.kind] ?? 'Failed';
}
